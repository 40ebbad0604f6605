// Tables as migrations make and read them.
#include "turntable/schema.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "catalog.hpp"
#include "conversion_sql.hpp"
#include "create_table.hpp"
#include "dump.hpp"
#include "names.hpp"
#include "parts.hpp"
#include "schema_text.hpp"
#include "table_edit.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
        out.push_back(identifier(name));
    }
    return joined(out, ", ");
}

std::string named(const std::string& name, const std::string& constraint) {
    return name.empty() ? constraint : "CONSTRAINT " + identifier(name) + " " + constraint;
}

std::string column_text(const NewColumn& column) {
    std::string text = identifier(column.name);
    if (column.identity) {
        return text + " INTEGER PRIMARY KEY AUTOINCREMENT";
    }
    const std::string type = native_type(column.type);
    text += type.empty() ? "" : " " + type;
    text += column.nullable ? "" : " NOT NULL";
    text += column.default_sql ? " DEFAULT " + default_text(*column.default_sql) : "";
    return text;
}

std::string foreign_key_text(const AddForeignKey& key) {
    if (!key.references.schema.empty()) {
        throw Error{ErrorKind::refused, "other_schema",
                    "a foreign key of SQLite cannot refer to another file"};
    }
    std::string text =
        "FOREIGN KEY (" + quoted_list(key.columns) + ") REFERENCES " + identifier(key.references.name);
    text += key.referenced_columns.empty() ? "" : " (" + quoted_list(key.referenced_columns) + ")";
    text += key.on_delete.empty() ? "" : " ON DELETE " + key.on_delete;
    text += key.on_update.empty() ? "" : " ON UPDATE " + key.on_update;
    return named(key.name, text);
}

std::vector<std::string> definitions_of(const NewTable& table) {
    std::vector<std::string> parts;
    bool numbered = false;
    for (const NewColumn& column : table.columns) {
        parts.push_back(column_text(column));
        numbered = numbered || column.identity;
    }
    if (!numbered && !table.primary_key.empty()) {
        parts.push_back("PRIMARY KEY (" + quoted_list(table.primary_key) + ")");
    }
    for (const AddUnique& unique : table.uniques) {
        parts.push_back(named(unique.name, "UNIQUE (" + quoted_list(unique.columns) + ")"));
    }
    for (const AddCheck& rule : table.checks) {
        parts.push_back(named(rule.name, "CHECK (" + rule.expression + ")"));
    }
    for (const AddForeignKey& key : table.foreign_keys) {
        parts.push_back(foreign_key_text(key));
    }
    return parts;
}

std::string indexed_columns(const std::vector<std::string>& columns) {
    std::vector<std::string> out;
    for (const std::string& column : columns) {
        const bool descending = column.ends_with(" desc") && !column.starts_with('(');
        const std::string name = descending ? column.substr(0, column.size() - 5) : column;
        out.push_back((name.starts_with('(') ? name : identifier(name)) + (descending ? " DESC" : ""));
    }
    return joined(out, ", ");
}

std::string index_text(const std::string& table, const AddIndex& index) {
    return fmt::format("CREATE {}INDEX {} ON {} ({}){}", index.unique ? "UNIQUE " : "",
                       identifier(index.name), identifier(table), indexed_columns(index.columns),
                       index.where ? " WHERE " + *index.where : "");
}

// What follows the closing parenthesis of CREATE INDEX's columns, if it is a WHERE.
std::optional<std::string> predicate_of(const Index& index) {
    if (!index.partial || !index.sql) {
        return std::nullopt;
    }
    const std::string text = lower(*index.sql);
    const auto at = text.rfind(" where ");
    return at == std::string::npos ? std::nullopt : std::optional{index.sql->substr(at + 7)};
}

std::optional<AddIndex> again(const Index& index) {
    AddIndex add{index.name, {}, index.unique, predicate_of(index)};
    for (const IndexColumn& column : index.columns) {
        if (!column.name || column.collation != "BINARY") {
            return std::nullopt;
        }
        add.columns.push_back(*column.name + (column.descending ? " desc" : ""));
    }
    return index.origin == "c" ? std::optional{add} : std::nullopt;
}

// CHECK ( … ): what is inside.
std::string inside_parentheses(const std::string& text) {
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    return open == std::string::npos || close < open ? text : text.substr(open + 1, close - open - 1);
}

class SqliteSchema final : public SchemaDialect {
  public:
    [[nodiscard]] bool transactional() const override { return true; }
    [[nodiscard]] bool commits_implicitly(std::string_view) const override { return false; }
    // A long wait queues nobody behind it, and is still bounded.
    [[nodiscard]] std::vector<std::string> user_settings(Millis, std::optional<Millis>) const override {
        return {};
    }
    [[nodiscard]] std::string integrity_query() const override {
        return "SELECT \"table\" || ', row ' || coalesce(rowid, '?') || ', has no parent in ' || parent "
               "FROM pragma_foreign_key_check LIMIT 10";
    }
    [[nodiscard]] std::string quoted(std::string_view name) const override { return identifier(name); }
    [[nodiscard]] std::string quoted(const TableName& name) const override { return identifier(name.name); }
    [[nodiscard]] std::string current_view() const override { return "turntable_current"; }

    [[nodiscard]] std::vector<Statement> create_table(const NewTable& table) const override {
        std::vector<Statement> out;
        out.push_back({fmt::format("CREATE TABLE {} (\n    {}\n)", identifier(table.name.name),
                                   joined(definitions_of(table), ",\n    ")),
                       {},
                       "create the table",
                       Blocks::nobody});
        for (const AddIndex& index : table.indexes) {
            out.push_back({index_text(table.name.name, index), {}, "its index", Blocks::nobody});
        }
        return out;
    }

    [[nodiscard]] Statement rename_table(const TableName& table, const std::string& to) const override {
        return {fmt::format("ALTER TABLE {} RENAME TO {}", identifier(table.name), identifier(to)),
                {},
                "rename the table; views, triggers and foreign keys follow",
                Blocks::everyone_briefly};
    }

    [[nodiscard]] SetAside set_aside(Session& session, const TableName& name,
                                     const std::string& new_name) const override;
    [[nodiscard]] std::optional<TableDescription> describe(Session& session,
                                                           const TableName& name) const override;

    [[nodiscard]] std::vector<SchemaObject> objects(Session& session) const override {
        std::vector<SchemaObject> out;
        for (const Object& object : read_objects(query_of(session))) {
            if (object.name != "turntable_current" && !object.name.starts_with("_turntable_")) {
                out.push_back({object.type, object.name, normal_text(object)});
            }
        }
        return out;
    }

    [[nodiscard]] std::vector<SchemaPart> dump(Session& session) const override {
        return dump_parts(query_of(session));
    }
};

// Names of indexes and triggers belong to the file, not to the table: they go, and come back by their texts.
SetAside SqliteSchema::set_aside(Session& session, const TableName& name, const std::string& new_name) const {
    const Query query = query_of(session);
    const std::optional<Table> table = read_table(query, name.name);
    if (!table) {
        throw Error{ErrorKind::usage, "unknown_table", "there is no table " + name.name};
    }
    for (const Object& object : read_objects(query)) {
        const bool own = same_name(object.table, table->name);
        if (!own && lower(object.sql).find(lower(table->name)) != std::string::npos) {
            throw Error{
                ErrorKind::refused, "table_in_use",
                fmt::format("table {} cannot go: {} {} speaks of it", table->name, object.type, object.name)}
                .next("drop or change what depends on it first");
        }
    }
    SetAside out;
    for (const Index& index : table->indexes) {
        if (index.sql) {
            out.away.push_back({"DROP INDEX " + identifier(index.name), {}, "its name becomes free", {}});
        }
    }
    for (const Object& trigger : table->triggers) {
        out.away.push_back({"DROP TRIGGER " + identifier(trigger.name), {}, "its name becomes free", {}});
    }
    out.away.push_back(rename_table(name, new_name));
    out.back.push_back(rename_table({"", new_name}, table->name));
    for (const Index& index : table->indexes) {
        if (index.sql) {
            out.back.push_back({*index.sql, {}, "its index", Blocks::writers});
        }
    }
    for (const Object& trigger : table->triggers) {
        out.back.push_back({trigger.sql, {}, "its trigger", Blocks::nobody});
    }
    out.gone = {"DROP TABLE " + identifier(new_name), {}, "drop the table that was set aside", {}};
    return out;
}

void describe_columns(const Table& table, TableDescription& out) {
    std::vector<std::pair<int, std::string>> key;
    for (const Column& column : table.columns) {
        out.columns.push_back({column.name, column.type, !column.not_null, column.default_sql,
                               column.generated == Generated::no &&
                                   !(table.rowid_column && *table.rowid_column == column.name)});
        if (column.key_position > 0) {
            key.emplace_back(column.key_position, column.name);
        }
    }
    std::ranges::sort(key);
    for (auto& [position, name] : key) {
        out.primary_key.push_back(std::move(name));
    }
}

// The foreign key over these columns, as SQLite's own list has it.
AddForeignKey foreign_key_of(const Query& query, const Table& table, const TableConstraint& constraint) {
    AddForeignKey key;
    std::string id;
    for (const auto& row : query("SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM "
                                 "pragma_foreign_key_list(?) ORDER BY id, seq",
                                 {table.name})
                               .rows) {
        if (row[0].value_or("") != id) {
            if (key.columns == constraint.columns) {
                break;
            }
            id = row[0].value_or("");
            key = {constraint.name, {}, {"", row[1].value_or("")}, {}, {}, {}};
            key.on_update = row[4] == "NO ACTION" ? "" : lower(row[4].value_or(""));
            key.on_delete = row[5] == "NO ACTION" ? "" : lower(row[5].value_or(""));
        }
        key.columns.push_back(row[2].value_or(""));
        if (row[3]) {
            key.referenced_columns.push_back(*row[3]);
        }
    }
    return key;
}

void describe_constraints(const Query& query, const Table& table, TableDescription& out) {
    const CreateTable parsed = CreateTable::parse(table.sql);
    for (const TableConstraint& constraint : parsed.constraints) {
        const std::string& name = constraint.name;
        switch (constraint.kind) {
        case TableConstraint::Kind::unique:
            out.constraints.push_back({name, AddUnique{name, constraint.columns}});
            break;
        case TableConstraint::Kind::check:
            out.constraints.push_back(
                {name, AddCheck{name, inside_parentheses(parsed.tokens->slice(constraint.tokens))}});
            break;
        case TableConstraint::Kind::foreign_key:
            out.constraints.push_back({name, foreign_key_of(query, table, constraint)});
            break;
        case TableConstraint::Kind::primary_key:
            break;
        }
    }
}

std::optional<TableDescription> SqliteSchema::describe(Session& session, const TableName& name) const {
    const Query query = query_of(session);
    const std::optional<Table> table = read_table(query, name.name);
    if (!table) {
        return std::nullopt;
    }
    TableDescription out;
    describe_columns(*table, out);
    for (const Index& index : table->indexes) {
        if (auto add = again(index)) {
            out.indexes.push_back(*std::move(add));
        }
    }
    describe_constraints(query, *table, out);
    return out;
}

} // namespace

std::unique_ptr<SchemaDialect> make_schema_dialect() {
    return std::make_unique<SqliteSchema>();
}

} // namespace turntable::sqlite
