#include "plan/read_table.hpp"

#include <charconv>

#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "plan/read_parts.hpp"

namespace turntable::postgresql {
namespace {

// relname … and the options as "name='value'", those of the TOAST table with their prefix.
constexpr const char* table_sql = R"(
SELECT c.relname, n.nspname, pg_get_userbyid(c.relowner), coalesce(t.spcname, ''), c.relreplident, c.relrowsecurity,
       c.relforcerowsecurity,
       (SELECT coalesce(jsonb_agg(o ORDER BY part, n), '[]') FROM (
          SELECT 1 AS part, n, split_part(x, '=', 1) || '=' || quote_literal(substr(x, strpos(x, '=') + 1)) AS o
            FROM unnest(c.reloptions) WITH ORDINALITY AS u(x, n)
          UNION ALL
          SELECT 2, n, 'toast.' || split_part(x, '=', 1) || '=' || quote_literal(substr(x, strpos(x, '=') + 1))
            FROM pg_class AS toast, unnest(toast.reloptions) WITH ORDINALITY AS u(x, n)
           WHERE toast.oid = c.reltoastrelid) AS all_options)
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_tablespace AS t ON t.oid = c.reltablespace
 WHERE c.oid = $1::oid)";

} // namespace

const std::string& Row::text(std::size_t n) const {
    static const std::string empty;
    const Cell& cell = cells_.at(n);
    return cell ? *cell : empty;
}

std::int64_t Row::integer(std::size_t n) const {
    const std::string& value = text(n);
    std::int64_t number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    check(parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size(), "an integer was expected");
    return number;
}

char Row::letter(std::size_t n) const {
    return text(n).empty() ? '\0' : text(n).front();
}

std::vector<Attnum> numbers(std::string_view text) {
    std::vector<Attnum> out;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        Attnum value = 0;
        const auto parsed = std::from_chars(at, end, value);
        if (parsed.ec == std::errc{}) {
            out.push_back(value);
            at = parsed.ptr;
        } else {
            ++at;
        }
    }
    return out;
}

Template split_at_table(const std::string& definition, const std::string& before, const Table& table,
                        const std::string& subject) {
    // The server quotes only where needed; both spellings of the name are possible.
    for (const std::string& schema : {table.schema, quoted(table.schema)}) {
        for (const std::string& name : {table.name, quoted(table.name)}) {
            const std::string start = before + schema + "." + name;
            if (definition.starts_with(start) &&
                (definition.size() == start.size() || definition[start.size()] == ' ')) {
                return {before, definition.substr(start.size())};
            }
        }
    }
    throw Error{ErrorKind::refused, "definition_not_understood",
                fmt::format("the definition of {} of {}.{} is not understood: {}", subject, table.schema,
                            table.name, definition)};
}

Table read_table(Session& session, Oid oid, const std::vector<std::string>& ours,
                 const std::vector<StandIn>& stand_ins) {
    Table table;
    table.oid = oid;
    const ResultSet found = session.run(table_sql, {oid});
    check(found.rows.size() == 1, "the table is gone from the catalogue");
    const Row row{found.rows.front()};
    table.name = row.text(0);
    table.schema = row.text(1);
    table.owner = row.text(2);
    table.tablespace = row.text(3);
    table.replica_identity = row.letter(4);
    table.row_security = row.truth(5);
    table.force_row_security = row.truth(6);
    table.options = strings_of_json(row.text(7));
    read_columns(session, table);
    read_indexes(session, table);
    read_constraints(session, table, stand_ins);
    read_triggers(session, table, ours);
    read_statistics(session, table);
    read_attachments(session, table);
    return table;
}

std::string Table::sql() const {
    return qualified(schema, name);
}

const Column* Table::find_column(const std::string& column) const {
    for (const Column& candidate : columns) {
        if (candidate.name == column) {
            return &candidate;
        }
    }
    return nullptr;
}

const Column* Table::find_column(Attnum attnum) const {
    for (const Column& candidate : columns) {
        if (candidate.attnum == attnum) {
            return &candidate;
        }
    }
    return nullptr;
}

} // namespace turntable::postgresql
