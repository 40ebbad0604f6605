#include "schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/core.h>

#include "catalog.hpp"
#include "conversion_sql.hpp"
#include "operations.hpp"
#include "quote.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string out;
    for (const std::string& part : parts) {
        out += (out.empty() ? "" : std::string{between}) + part;
    }
    return out;
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
        out.push_back(quote_name(name));
    }
    return joined(out, ", ");
}

std::string named(const std::string& name, const std::string& constraint) {
    return name.empty() ? constraint : "CONSTRAINT " + quote_name(name) + " " + constraint;
}

std::string indexed_columns(const std::vector<std::string>& columns) {
    std::vector<std::string> out;
    for (const std::string& column : columns) {
        const bool descending = column.ends_with(" desc") && !column.starts_with('(');
        const std::string name = descending ? column.substr(0, column.size() - 5) : column;
        out.push_back((name.starts_with('(') ? name : quote_name(name)) + (descending ? " DESC" : ""));
    }
    return joined(out, ", ");
}

std::string column_text(const NewColumn& column) {
    return fmt::format("{} {}{}{}{}", quote_name(column.name), native_type(column.type),
                       column.nullable ? " NULL" : " NOT NULL",
                       column.default_sql ? " DEFAULT " + *column.default_sql : "",
                       column.identity ? " AUTO_INCREMENT" : "");
}

std::string index_text(const AddIndex& index) {
    if (index.where) {
        throw Error{ErrorKind::refused, "operation_not_supported",
                    "a partial index (" + index.name + ") is not supported by MySQL and MariaDB"};
    }
    return fmt::format("{}INDEX {} ({})", index.unique ? "UNIQUE " : "", quote_name(index.name),
                       indexed_columns(index.columns));
}

std::string lowered_words(std::string_view sql, std::size_t count) {
    std::string out;
    std::size_t words = 0;
    for (const char c : sql) {
        if (std::isspace(static_cast<unsigned char>(c)) == 0) {
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!out.empty() && out.back() != ' ') {
            if (++words == count) {
                break;
            }
            out += ' ';
        }
    }
    return out;
}

// Everything that changes rows and nothing else; a statement that is not known here is taken for one that
// commits.
constexpr std::array row_statements{"insert", "update", "delete", "replace", "select",
                                    "with",   "set",    "do",     "table",   "values"};

} // namespace

bool MysqlSchema::commits_implicitly(std::string_view sql) const {
    const std::string first = lowered_words(sql, 1);
    const std::string word = first.substr(0, first.find_first_of("( ;"));
    return std::ranges::find(row_statements, word) == row_statements.end();
}

std::vector<std::string> MysqlSchema::user_settings(Millis lock_timeout,
                                                    std::optional<Millis> statement_timeout) const {
    // Whole seconds are the finest the server has; its own statement timeout is for SELECT only on MySQL, so
    // a limit is kept by the runner.
    static_cast<void>(statement_timeout);
    const auto seconds = std::max<std::int64_t>(1, (lock_timeout.count() + 999) / 1000);
    return {
        fmt::format("SET SESSION lock_wait_timeout = {}, innodb_lock_wait_timeout = {}", seconds, seconds)};
}

std::string MysqlSchema::quoted(std::string_view name) const {
    return quote_name(name);
}

std::string MysqlSchema::quoted(const TableName& name) const {
    return name.schema.empty() ? quote_name(name.name)
                               : quote_name(name.schema) + "." + quote_name(name.name);
}

std::vector<Statement> MysqlSchema::create_table(const NewTable& table) const {
    std::vector<std::string> parts;
    for (const NewColumn& column : table.columns) {
        parts.push_back(column_text(column));
    }
    if (!table.primary_key.empty()) {
        parts.push_back("PRIMARY KEY (" + quoted_list(table.primary_key) + ")");
    }
    for (const AddUnique& unique : table.uniques) {
        parts.push_back(
            fmt::format("UNIQUE INDEX {} ({})", quote_name(unique.name), quoted_list(unique.columns)));
    }
    for (const AddIndex& index : table.indexes) {
        parts.push_back(index_text(index));
    }
    for (const AddCheck& rule : table.checks) {
        parts.push_back(named(rule.name, "CHECK (" + rule.expression + ")"));
    }
    for (const AddForeignKey& key : table.foreign_keys) {
        parts.push_back(foreign_key_text(key));
    }
    return {{fmt::format("CREATE TABLE {} (\n    {}\n) ENGINE=InnoDB", quoted(table.name),
                         joined(parts, ",\n    ")),
             {},
             "create the table",
             Blocks::nobody}};
}

Statement MysqlSchema::rename_table(const TableName& table, const std::string& to) const {
    return {fmt::format("ALTER TABLE {} RENAME TO {}", quoted(table), quoted(TableName{table.schema, to})),
            {},
            "rename the table; foreign keys follow, views do not",
            Blocks::everyone_briefly};
}

// Names of foreign keys and checks belong to the database, not to the table. A table that has some keeps them
// and they keep their names: it can only be brought back, not made a second time, until it is gone.
SetAside MysqlSchema::set_aside(Session& session, const TableName& name, const std::string& new_name) const {
    const Table table = read_table(session, name.schema, name.name);
    for (const ForeignKey& key : table.inbound) {
        if (!same_name(key.table, table.name)) {
            throw Error{ErrorKind::refused, "table_in_use",
                        fmt::format("table {} cannot go: the foreign key {} of {} refers to it", table.name,
                                    key.name, key.table)}
                .next("drop that foreign key first");
        }
    }
    SetAside out;
    out.away = {rename_table(name, new_name)};
    out.back = {rename_table(TableName{name.schema, new_name}, table.name)};
    out.gone = {"DROP TABLE " + quoted(TableName{name.schema, new_name}),
                {},
                "drop the table that was set aside",
                Blocks::nobody};
    return out;
}

} // namespace turntable::mysql
