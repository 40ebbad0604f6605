// The catalogue in the words of operations, and every object of the database as a text.
#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "catalog.hpp"
#include "definer.hpp"
#include "quote.hpp"
#include "schema.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// MariaDB gives a default as an expression; MySQL gives the value of a constant one, and marks the others.
std::optional<std::string> default_of(const Column& column, bool mariadb) {
    if (!column.default_text) {
        return std::nullopt;
    }
    if (mariadb || column.extra.find("DEFAULT_GENERATED") != std::string::npos) {
        const bool function = column.default_text->starts_with("CURRENT_TIMESTAMP") || mariadb;
        return function ? *column.default_text : "(" + *column.default_text + ")";
    }
    return quote_text(*column.default_text);
}

// The word after `what`, up to a blank; "" if it is not there.
std::string word_after(const std::string& text, std::string_view what) {
    const auto at = text.rfind(what);
    if (at == std::string::npos) {
        return {};
    }
    const auto from = at + what.size();
    return text.substr(from, text.find_first_of(" \n", from) - from);
}

void remove(std::string& line, const std::string& part) {
    if (const auto at = line.find(part + " "); at != std::string::npos) {
        line.erase(at, part.size());
    }
}

// The lines of SHOW CREATE TABLE in an order of their own: that of the columns does not count.
std::string sorted_lines(const std::string& text) {
    // MySQL shows the table's own character set at a column whose definition was once written out in full.
    const std::string charset = " CHARACTER SET " + word_after(text, " CHARSET=");
    const std::string collation = " COLLATE " + word_after(text, " COLLATE=");
    std::vector<std::string> lines;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        std::string line{rest.substr(0, end)};
        if (line.ends_with(',')) {
            line.pop_back();
        }
        remove(line, charset);
        remove(line, collation);
        lines.push_back(std::move(line));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::ranges::sort(lines);
    std::string out;
    for (const std::string& line : lines) {
        out += line + "\n";
    }
    return out;
}

// What a key has that says nothing is called RESTRICT by MariaDB and NO ACTION by MySQL.
std::string action(const std::string& rule, bool mariadb) {
    return rule == (mariadb ? "RESTRICT" : "NO ACTION") ? "" : lower(rule);
}

void add_foreign_keys(Session& session, const Table& table, bool mariadb, TableDescription& out) {
    for (const ForeignKey& key : table.outgoing) {
        AddForeignKey add;
        add.name = key.name;
        add.references = {key.referenced_schema == table.schema ? "" : key.referenced_schema,
                          key.referenced_table};
        add.on_delete = action(key.on_delete, mariadb);
        add.on_update = action(key.on_update, mariadb);
        for (const auto& row :
             session
                 .run("SELECT COLUMN_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
                      "WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_NAME = ? ORDER BY "
                      "ORDINAL_POSITION",
                      {table.schema, table.name, key.name})
                 .rows) {
            add.columns.push_back(row[0].value_or(""));
            add.referenced_columns.push_back(row[1].value_or(""));
        }
        out.constraints.push_back({key.name, add});
    }
}

void add_checks(Session& session, const Table& table, bool mariadb, TableDescription& out) {
    const std::string tables = mariadb ? "c.TABLE_NAME = ?" : "t.TABLE_NAME = ?";
    const std::string sql =
        "SELECT DISTINCT c.CONSTRAINT_NAME, c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS c JOIN "
        "information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND "
        "t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK' WHERE c.CONSTRAINT_SCHEMA = ? "
        "AND " +
        tables + " ORDER BY 1";
    for (const auto& row : session.run(sql, {table.schema, table.name}).rows) {
        const std::string name = row[0].value_or("");
        // MySQL shows a text in it as _utf8mb4\'x\', which cannot be said again.
        if (row[1].value_or("").find('\\') == std::string::npos) {
            out.constraints.push_back({name, AddCheck{name, row[1].value_or("")}});
        }
    }
}

void add_indexes(const Table& table, TableDescription& out) {
    for (const Index& index : table.indexes) {
        std::vector<std::string> columns;
        bool plain = index.type == "BTREE";
        for (const IndexPart& part : index.parts) {
            plain = plain && !part.column.empty() && !part.prefix;
            columns.push_back(part.column + (part.descending ? " desc" : ""));
        }
        if (index.primary()) {
            out.primary_key = columns;
        } else if (plain) {
            out.indexes.push_back({index.name, columns, index.unique, std::nullopt});
        }
    }
}

void add_routines(Session& session, std::vector<SchemaObject>& out) {
    for (const auto& row :
         session
             .run("SELECT ROUTINE_TYPE, ROUTINE_NAME, ROUTINE_DEFINITION, DTD_IDENTIFIER FROM "
                  "information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1, 2")
             .rows) {
        out.push_back({lower(row[0].value_or("")), row[1].value_or(""),
                       row[2].value_or("") + "\n" + row[3].value_or("")});
    }
    for (const auto& row :
         session
             .run("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, "
                  "ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND "
                  "TRIGGER_NAME NOT LIKE '\\_turntable\\_%' ORDER BY 1")
             .rows) {
        out.push_back({"trigger", row[0].value_or(""),
                       fmt::format("{} {} {}\n{}", row[2].value_or(""), row[3].value_or(""),
                                   row[1].value_or(""), row[4].value_or(""))});
    }
}

} // namespace

std::optional<TableDescription> MysqlSchema::describe(Session& session, const TableName& name) const {
    const std::string schema = name.schema.empty() ? current_schema(session) : name.schema;
    if (!table_exists(session, schema, name.name)) {
        return std::nullopt;
    }
    const Table table = read_table(session, schema, name.name);
    const bool mariadb = server_version(session).kind == ServerKind::mariadb;
    TableDescription out;
    for (const Column& column : table.columns) {
        std::string type = column.type;
        if (!column.collation.empty() && column.collation != table.collation) {
            type += " CHARACTER SET " + column.charset + " COLLATE " + column.collation;
        }
        out.columns.push_back({column.name, type, column.nullable, default_of(column, mariadb),
                               !column.generated() && !column.auto_increment()});
    }
    add_indexes(table, out);
    add_foreign_keys(session, table, mariadb, out);
    add_checks(session, table, mariadb, out);
    return out;
}

std::vector<SchemaObject> MysqlSchema::objects(Session& session) const {
    const std::string schema = current_schema(session);
    std::vector<SchemaObject> out;
    for (const auto& row :
         session
             .run("SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND "
                  "TABLE_NAME NOT LIKE '\\_turntable\\_%' AND TABLE_NAME <> 'turntable_current' ORDER BY 1",
                  {schema})
             .rows) {
        const bool view = row[1] == "VIEW";
        const std::string text = create_text(session, schema, row[0].value_or(""));
        out.push_back({view ? "view" : "table", row[0].value_or(""),
                       view ? without_definer(text) : sorted_lines(text)});
    }
    add_routines(session, out);
    return out;
}

} // namespace turntable::mysql
