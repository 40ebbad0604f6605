#include "catalog.hpp"

#include <algorithm>
#include <cctype>

#include "create_text.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

std::string lowered(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::int64_t integer(const Cell& cell) {
    return cell ? std::stoll(*cell) : 0;
}

std::vector<Column> read_columns(Session& session, const Table& table) {
    const ResultSet result =
        session.run("SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, "
                    "IS_NULLABLE, COLUMN_DEFAULT, "
                    "EXTRA, GENERATION_EXPRESSION, COLUMN_COMMENT FROM information_schema.COLUMNS "
                    "WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION",
                    {table.schema, table.name});
    std::vector<Column> columns;
    for (const auto& row : result.rows) {
        Column& column = columns.emplace_back();
        column.name = row[0].value_or("");
        column.type = row[1].value_or("");
        column.data_type = lowered(row[2].value_or(""));
        column.charset = row[3].value_or("");
        column.collation = row[4].value_or("");
        column.nullable = row[5] == "YES";
        column.default_text = row[6] == "NULL" ? Cell{} : row[6];
        column.extra = row[7].value_or("");
        column.generation = row[8].value_or("");
        column.comment = row[9].value_or("");
    }
    return columns;
}

std::vector<Index> read_indexes(Session& session, const Table& table) {
    const ResultSet result =
        session.run("SELECT INDEX_NAME, NON_UNIQUE, INDEX_TYPE, COLUMN_NAME, SUB_PART, COLLATION FROM "
                    "information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? "
                    "ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX",
                    {table.schema, table.name});
    std::vector<Index> indexes;
    for (const auto& row : result.rows) {
        if (indexes.empty() || indexes.back().name != row[0].value_or("")) {
            indexes.push_back({row[0].value_or(""), row[1] == "0", row[2].value_or(""), {}});
        }
        IndexPart part{row[3].value_or(""), std::nullopt, row[5] == "D"};
        if (row[4]) {
            part.prefix = integer(row[4]);
        }
        indexes.back().parts.push_back(part);
    }
    return indexes;
}

std::vector<ForeignKey> read_foreign_keys(Session& session, const std::string& where,
                                          const std::string& schema, const std::string& name) {
    const ResultSet result = session.run(
        "SELECT r.CONSTRAINT_NAME, r.CONSTRAINT_SCHEMA, r.TABLE_NAME, k.REFERENCED_TABLE_SCHEMA, "
        "r.REFERENCED_TABLE_NAME, r.UPDATE_RULE, r.DELETE_RULE, k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME, "
        "k.ORDINAL_POSITION FROM information_schema.REFERENTIAL_CONSTRAINTS r "
        "JOIN information_schema.KEY_COLUMN_USAGE k ON k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND "
        "k.CONSTRAINT_NAME = r.CONSTRAINT_NAME AND k.TABLE_NAME = r.TABLE_NAME "
        "WHERE " +
            where + " ORDER BY 2, 3, 1, k.ORDINAL_POSITION",
        {schema, name});
    std::vector<ForeignKey> keys;
    for (const auto& row : result.rows) {
        if (row[9] == "1") {
            keys.push_back({row[0].value_or(""),
                            row[1].value_or(""),
                            row[2].value_or(""),
                            row[3].value_or(""),
                            row[4].value_or(""),
                            row[5].value_or(""),
                            row[6].value_or(""),
                            {},
                            {}});
        }
        keys.back().columns.push_back(row[7].value_or(""));
        keys.back().referenced_columns.push_back(row[8].value_or(""));
    }
    return keys;
}

void read_head(Session& session, Table& table) {
    const ResultSet result = session.run(
        "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, TABLE_COMMENT, CREATE_OPTIONS, TABLE_ROWS, "
        "DATA_LENGTH, INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
        {table.schema, table.name});
    if (result.rows.empty()) {
        throw Error{ErrorKind::usage, "unknown_table",
                    "there is no table '" + table.name + "' in the database '" + table.schema + "'"};
    }
    const auto& row = result.rows[0];
    table.name = row[0].value_or("");
    table.kind = row[1].value_or("");
    table.engine = row[2].value_or("");
    table.collation = row[3].value_or("");
    table.comment = row[4].value_or("");
    table.create_options = row[5].value_or("");
    table.rows = integer(row[6]);
    table.data_bytes = integer(row[7]);
    table.index_bytes = integer(row[8]);
    table.partitioned = lowered(table.create_options).find("partitioned") != std::string::npos;
}

} // namespace

bool Column::auto_increment() const {
    return lowered(extra).find("auto_increment") != std::string::npos;
}

bool Column::is_unsigned() const {
    return lowered(type).find("unsigned") != std::string::npos;
}

const Column* Table::column(std::string_view column_name) const {
    const auto found =
        std::ranges::find_if(columns, [&](const Column& c) { return same_name(c.name, column_name); });
    return found == columns.end() ? nullptr : &*found;
}

const Index* Table::index(std::string_view index_name) const {
    const auto found =
        std::ranges::find_if(indexes, [&](const Index& i) { return same_name(i.name, index_name); });
    return found == indexes.end() ? nullptr : &*found;
}

bool Table::has_auto_increment() const {
    return std::ranges::any_of(columns, [](const Column& c) { return c.auto_increment(); });
}

bool same_name(std::string_view a, std::string_view b) {
    return lowered(a) == lowered(b);
}

std::string current_schema(Session& session) {
    return session.run("SELECT DATABASE()").only().value_or("");
}

bool table_exists(Session& session, const std::string& schema, const std::string& name) {
    return session
               .run(
                   "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                   {schema, name})
               .only_integer() > 0;
}

std::string create_text(Session& session, const std::string& schema, const std::string& name) {
    const ResultSet result = session.run("SHOW CREATE TABLE " + quote_name(schema) + "." + quote_name(name));
    check(result.rows.size() == 1 && result.rows[0].size() >= 2, "SHOW CREATE TABLE gives one row");
    return without_auto_increment(result.rows[0][1].value_or(""));
}

std::vector<ForeignKey> foreign_keys_from(Session& session, const std::string& schema,
                                          const std::string& name) {
    return read_foreign_keys(session, "r.CONSTRAINT_SCHEMA = ? AND r.TABLE_NAME = ?", schema, name);
}

std::vector<ForeignKey> foreign_keys_to(Session& session, const std::string& schema,
                                        const std::string& name) {
    return read_foreign_keys(session, "k.REFERENCED_TABLE_SCHEMA = ? AND r.REFERENCED_TABLE_NAME = ?", schema,
                             name);
}

Table read_table(Session& session, const std::string& schema, const std::string& name) {
    Table table;
    table.schema = schema.empty() ? current_schema(session) : schema;
    table.name = name;
    read_head(session, table);
    table.columns = read_columns(session, table);
    table.indexes = read_indexes(session, table);
    table.outgoing = foreign_keys_from(session, table.schema, table.name);
    table.inbound = foreign_keys_to(session, table.schema, table.name);
    const ResultSet triggers = session.run("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE "
                                           "EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY 1",
                                           {table.schema, table.name});
    for (const auto& row : triggers.rows) {
        table.triggers.push_back(row[0].value_or(""));
    }
    if (table.kind != "VIEW" && table.kind != "SYSTEM VIEW") {
        table.create_text = create_text(session, table.schema, table.name);
    }
    return table;
}

std::int64_t auto_increment_position(Session& session, const std::string& schema, const std::string& name) {
    const ResultSet result = session.run("SHOW CREATE TABLE " + quote_name(schema) + "." + quote_name(name));
    return auto_increment_of(result.rows.at(0).at(1).value_or(""));
}

std::string trigger_texts(Session& session, const std::string& schema, const std::string& name) {
    const ResultSet result = session.run(
        "SELECT TRIGGER_NAME, EVENT_MANIPULATION, ACTION_TIMING, CREATED, ACTION_STATEMENT FROM "
        "information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY 1",
        {schema, name});
    std::string out;
    for (const auto& row : result.rows) {
        for (const Cell& cell : row) {
            out += cell.value_or("") + "|";
        }
        out += "\n";
    }
    return out;
}

} // namespace turntable::mysql
