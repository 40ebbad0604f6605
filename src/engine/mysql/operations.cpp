#include "operations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "column_rest.hpp"
#include "conversion_sql.hpp"
#include "keep.hpp"
#include "quote.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

std::string list_of(const std::vector<std::string>& columns) {
    std::string out;
    for (const std::string& column : columns) {
        std::string name = column;
        std::string order;
        if (name.starts_with('(')) { // an expression
            out += (out.empty() ? "" : ", ") + name;
            continue;
        }
        if (name.ends_with(" desc")) {
            name.resize(name.size() - 5);
            order = " DESC";
        }
        out += (out.empty() ? "" : ", ") + quote_name(name) + order;
    }
    return out;
}

const Column& known_column(const Table& table, const std::string& name) {
    const Column* const column = table.column(name);
    if (column == nullptr) {
        throw Error{ErrorKind::usage, "unknown_column", "'" + table.name + "' has no column '" + name + "'"};
    }
    return *column;
}

// MariaDB shows every default as an expression; MySQL shows the value of a constant one.
std::string default_clause(const Column& column, const std::optional<std::string>& default_sql,
                           ServerKind kind) {
    if (default_sql) {
        return " DEFAULT " + *default_sql;
    }
    if (!column.default_text) {
        return "";
    }
    if (kind == ServerKind::mariadb || column.default_text->starts_with("CURRENT_TIMESTAMP")) {
        return " DEFAULT " + *column.default_text;
    }
    if (column.extra.find("DEFAULT_GENERATED") != std::string::npos) {
        return " DEFAULT (" + *column.default_text + ")";
    }
    return " DEFAULT " + quote_text(*column.default_text);
}

std::string comment_clause(const Column& column) {
    return column.comment.empty() ? "" : " COMMENT " + quote_text(column.comment);
}

std::string redefined(const Table& table, const Column& column, const std::string& type, bool nullable,
                      const std::optional<std::string>& default_sql, ServerKind kind) {
    const ColumnRest rest = rest_of(table, column);
    return fmt::format("MODIFY COLUMN {} {}{}{}{}{}{}", quote_name(column.name), type,
                       nullable ? " NULL" : " NOT NULL", default_clause(column, default_sql, kind),
                       rest.attributes, comment_clause(column), rest.check);
}

std::string own_type(const Column& column) {
    return with_charset_of(column, column.type);
}

Error not_supported(const std::string& what) {
    return Error{ErrorKind::refused, "operation_not_supported",
                 what + " is not supported by this version on MySQL and "
                        "MariaDB"};
}

struct Compile {
    const Table& table;
    ServerKind kind;

    std::string operator()(const AddColumn& op) const {
        return fmt::format("ADD COLUMN {} {}{}{}", quote_name(op.column), native_type(op.type),
                           op.nullable ? " NULL" : " NOT NULL",
                           op.default_sql ? " DEFAULT " + *op.default_sql : "");
    }
    std::string operator()(const DropColumn& op) const { return "DROP COLUMN " + quote_name(op.column); }
    std::string operator()(const RenameColumn& op) const {
        return fmt::format("RENAME COLUMN {} TO {}", quote_name(op.column), quote_name(op.to));
    }
    std::string operator()(const ChangeColumn& op) const {
        if (op.convert) {
            return {};
        }
        const Column& column = known_column(table, op.column);
        return redefined(table, column, with_charset_of(column, native_type(op.type)),
                         op.nullable.value_or(column.nullable), op.default_sql, kind);
    }
    std::string operator()(const SetNotNull& op) const {
        if (op.fill_sql) {
            return {}; // conversions_of() makes a conversion of it
        }
        const Column& column = known_column(table, op.column);
        return redefined(table, column, own_type(column), false, op.default_sql, kind);
    }
    std::string operator()(const DropNotNull& op) const {
        const Column& column = known_column(table, op.column);
        return redefined(table, column, own_type(column), true, std::nullopt, kind);
    }
    std::string operator()(const SetDefault& op) const {
        return fmt::format("ALTER COLUMN {} SET DEFAULT {}", quote_name(op.column), op.default_sql);
    }
    std::string operator()(const DropDefault& op) const {
        return fmt::format("ALTER COLUMN {} DROP DEFAULT", quote_name(op.column));
    }
    std::string operator()(const AddCheck& op) const {
        return fmt::format("ADD CONSTRAINT {} CHECK ({})", quote_name(op.name), op.expression);
    }
    std::string operator()(const AddUnique& op) const {
        return fmt::format("ADD UNIQUE INDEX {} ({})", quote_name(op.name), list_of(op.columns));
    }
    std::string operator()(const AddForeignKey& op) const { return "ADD " + foreign_key_text(op); }
    std::string operator()(const DropConstraint& op) const {
        const bool is_key = op.foreign_key || std::ranges::any_of(table.outgoing, [&](const ForeignKey& key) {
                                return same_name(key.name, op.name);
                            });
        if (is_key) {
            return "DROP FOREIGN KEY " + quote_name(op.name);
        }
        return (table.index(op.name) != nullptr ? "DROP INDEX " : "DROP CONSTRAINT ") + quote_name(op.name);
    }
    std::string operator()(const AddIndex& op) const {
        if (op.where) {
            throw not_supported("a partial index");
        }
        if (kind == ServerKind::mariadb &&
            std::ranges::any_of(op.columns, [](const auto& column) { return column.starts_with('('); })) {
            throw not_supported("an index over an expression");
        }
        return fmt::format("ADD {}INDEX {} ({})", op.unique ? "UNIQUE " : "", quote_name(op.name),
                           list_of(op.columns));
    }
    std::string operator()(const DropIndex& op) const { return "DROP INDEX " + quote_name(op.name); }
    std::string operator()(const SetPrimaryKey& op) const {
        return fmt::format("{}ADD PRIMARY KEY ({})",
                           table.index("PRIMARY") != nullptr ? "DROP PRIMARY KEY, " : "",
                           list_of(op.columns));
    }
    std::string operator()(const DropPrimaryKey&) const { return "DROP PRIMARY KEY"; }
};

} // namespace

std::string foreign_key_text(const AddForeignKey& key) {
    if (key.referenced_columns.empty()) {
        throw Error{ErrorKind::usage, "referenced_columns",
                    "a foreign key names its referenced_columns: MySQL and MariaDB need them"};
    }
    const TableName& parent = key.references;
    return fmt::format("{}FOREIGN KEY ({}) REFERENCES {}{} ({}){}{}",
                       key.name.empty() ? "" : "CONSTRAINT " + quote_name(key.name) + " ",
                       list_of(key.columns), parent.schema.empty() ? "" : quote_name(parent.schema) + ".",
                       quote_name(parent.name), list_of(key.referenced_columns),
                       key.on_delete.empty() ? "" : " ON DELETE " + key.on_delete,
                       key.on_update.empty() ? "" : " ON UPDATE " + key.on_update);
}

std::vector<std::string> operation_clauses(const Table& table, const std::vector<Operation>& operations,
                                           ServerKind kind) {
    std::vector<std::string> lists;
    for (const Operation& operation : operations) {
        if (std::string clause = std::visit(Compile{table, kind}, operation); !clause.empty()) {
            lists.push_back(std::move(clause));
        }
    }
    return lists;
}

std::vector<Conversion> conversions_of(const ChangeRequest& request) {
    std::vector<Conversion> conversions = request.conversions;
    for (const Operation& operation : request.operations) {
        if (const auto* change = std::get_if<ChangeColumn>(&operation);
            change != nullptr && change->convert) {
            Conversion conversion = *change->convert;
            conversion.column = change->column;
            if (!conversion.type && !change->type.empty()) {
                conversion.type = change->type;
            }
            conversions.push_back(std::move(conversion));
        }
        if (const auto* set = std::get_if<SetNotNull>(&operation); set != nullptr && set->fill_sql) {
            Conversion& fill = conversions.emplace_back();
            fill.column = set->column;
            fill.rule = "fill";
            fill.expr = set->fill_sql;
            if (set->default_sql) {
                fill.extra["default"] = *set->default_sql;
            }
        }
    }
    return conversions;
}

std::string conversion_clause(const Table& table, const Column& column, const ConversionPlan& plan,
                              const std::string& default_sql, ServerKind kind) {
    if (plan.asked.rule == "fill") {
        const auto value = plan.asked.extra.find("default");
        return redefined(table, column, own_type(column), false,
                         value == plan.asked.extra.end() ? std::nullopt : std::optional{value->second}, kind);
    }
    if (plan.asked.keep) {
        return kept_clause(column, plan, kind);
    }
    const ColumnRest rest = rest_of(table, column);
    if (!rest.check.empty() && !same_name(plan.target_column, column.name)) {
        throw Error{
            ErrorKind::refused, "column_check",
            fmt::format("column {} of {} has a CHECK of its own, which would be lost under the name {}",
                        column.name, table.name, plan.target_column)}
            .next("drop the CHECK first, and add one about the new column afterwards");
    }
    return fmt::format("CHANGE COLUMN {} {} {}{}{}{}{}{}", quote_name(column.name),
                       quote_name(plan.target_column), plan.target_type,
                       column.nullable ? " NULL" : " NOT NULL", default_sql, rest.attributes,
                       comment_clause(column), rest.check);
}

} // namespace turntable::mysql
