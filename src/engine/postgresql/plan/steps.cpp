#include "plan/steps.hpp"

#include <fmt/core.h>

#include "conversion_sql.hpp"
#include "plan/quoting.hpp"
#include "plan/sql_tokens.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

Step clause_step(const std::string& text) {
    Step step;
    step.clauses = parse_clauses(text);
    return step;
}

void refuse_long_name(const std::string& name) {
    if (name.size() > name_bytes_max) {
        throw Error{ErrorKind::usage, "name_too_long",
                    fmt::format("the name {} is longer than {} bytes", name, name_bytes_max)};
    }
}

std::string default_clause(const std::optional<std::string>& sql) {
    return sql ? " DEFAULT " + *sql : "";
}

// A column name, or an expression in parentheses, perhaps with a direction behind it.
std::string index_column(const std::string& text) {
    for (const std::string_view direction : {" desc", " DESC", " asc", " ASC"}) {
        if (text.ends_with(direction)) {
            return index_column(text.substr(0, text.size() - direction.size())) + std::string{direction};
        }
    }
    return text.starts_with('(') ? text : quoted(text);
}

std::string index_tail(const AddIndex& operation) {
    std::vector<std::string> columns;
    for (const std::string& column : operation.columns) {
        columns.push_back(index_column(column));
    }
    std::string tail = " (" + joined(columns, ", ") + ")";
    if (operation.where) {
        tail += " WHERE " + *operation.where;
    }
    const std::string about = fmt::format("the index {}", operation.name);
    const std::string sql = "CREATE INDEX i ON t" + tail;
    for (const Token& token : tokens_of(sql, about)) {
        if (token.code == ';' || token.code == token_sql_comment || token.code == token_c_comment) {
            throw Error{ErrorKind::usage, "bad_sql", about + " must be one definition, without comments"};
        }
    }
    (void)parse_tree_of(sql, about);
    return tail;
}

struct Lowered {
    const std::string& primary_key;

    std::vector<Step> operator()(const AddColumn& operation) const {
        refuse_long_name(operation.column);
        return {clause_step(fmt::format("ADD COLUMN {} {}{}{}", quoted(operation.column),
                                        native_type(operation.type), operation.nullable ? "" : " NOT NULL",
                                        default_clause(operation.default_sql)))};
    }
    std::vector<Step> operator()(const DropColumn& operation) const {
        return {clause_step("DROP COLUMN " + quoted(operation.column))};
    }
    std::vector<Step> operator()(const RenameColumn& operation) const {
        refuse_long_name(operation.to);
        return {clause_step(
            fmt::format("RENAME COLUMN {} TO {}", quoted(operation.column), quoted(operation.to)))};
    }
    std::vector<Step> operator()(const ChangeColumn& operation) const {
        std::vector<Step> steps;
        const std::string alter = "ALTER COLUMN " + quoted(operation.column);
        if (operation.convert) {
            Step step;
            step.conversion = operation.convert;
            step.conversion->column = operation.column;
            if (!step.conversion->type && !operation.type.empty()) {
                step.conversion->type = operation.type;
            }
            steps.push_back(std::move(step));
        } else if (!operation.type.empty()) {
            steps.push_back(clause_step(alter + " TYPE " + native_type(operation.type)));
        }
        const std::string now = operation.convert && operation.convert->into
                                    ? "ALTER COLUMN " + quoted(*operation.convert->into)
                                    : alter;
        if (operation.default_sql) {
            steps.push_back(clause_step(now + " SET DEFAULT " + *operation.default_sql));
        }
        if (operation.nullable) {
            steps.push_back(clause_step(now + (*operation.nullable ? " DROP NOT NULL" : " SET NOT NULL")));
        }
        return steps;
    }
    std::vector<Step> operator()(const SetNotNull& operation) const {
        const std::string alter = "ALTER COLUMN " + quoted(operation.column);
        Step step = clause_step(alter + " SET NOT NULL");
        if (operation.fill_sql) {
            step.fill = Fill{operation.column, *operation.fill_sql};
        }
        std::vector<Step> steps{std::move(step)};
        if (operation.default_sql) {
            steps.push_back(clause_step(alter + " SET DEFAULT " + *operation.default_sql));
        }
        return steps;
    }
    std::vector<Step> operator()(const DropNotNull& operation) const {
        return {clause_step("ALTER COLUMN " + quoted(operation.column) + " DROP NOT NULL")};
    }
    std::vector<Step> operator()(const SetDefault& operation) const {
        return {clause_step(
            fmt::format("ALTER COLUMN {} SET DEFAULT {}", quoted(operation.column), operation.default_sql))};
    }
    std::vector<Step> operator()(const DropDefault& operation) const {
        return {clause_step("ALTER COLUMN " + quoted(operation.column) + " DROP DEFAULT")};
    }
    std::vector<Step> operator()(const AddCheck& operation) const {
        refuse_long_name(operation.name);
        return {clause_step(
            fmt::format("ADD CONSTRAINT {} CHECK ({})", quoted(operation.name), operation.expression))};
    }
    std::vector<Step> operator()(const AddUnique& operation) const {
        refuse_long_name(operation.name);
        return {clause_step(fmt::format("ADD CONSTRAINT {} UNIQUE ({})", quoted(operation.name),
                                        quoted_list(operation.columns)))};
    }
    std::vector<Step> operator()(const AddForeignKey& operation) const {
        refuse_long_name(operation.name);
        const std::string table = operation.references.schema.empty()
                                      ? quoted(operation.references.name)
                                      : qualified(operation.references.schema, operation.references.name);
        const std::string columns = operation.referenced_columns.empty()
                                        ? ""
                                        : " (" + quoted_list(operation.referenced_columns) + ")";
        const auto action = [](const char* event, const std::string& words) {
            return words.empty() ? "" : fmt::format(" ON {} {}", event, words);
        };
        return {clause_step(
            fmt::format("ADD {}FOREIGN KEY ({}) REFERENCES {}{}{}{}",
                        operation.name.empty() ? "" : "CONSTRAINT " + quoted(operation.name) + " ",
                        quoted_list(operation.columns), table, columns, action("DELETE", operation.on_delete),
                        action("UPDATE", operation.on_update)))};
    }
    std::vector<Step> operator()(const DropConstraint& operation) const {
        return {clause_step("DROP CONSTRAINT " + quoted(operation.name))};
    }
    std::vector<Step> operator()(const AddIndex& operation) const {
        refuse_long_name(operation.name);
        Step step;
        step.index =
            IndexChange{IndexChange::Kind::create, operation.name, operation.unique, index_tail(operation)};
        return {step};
    }
    std::vector<Step> operator()(const DropIndex& operation) const {
        Step step;
        step.index = IndexChange{IndexChange::Kind::drop, operation.name, false, ""};
        return {step};
    }
    std::vector<Step> operator()(const SetPrimaryKey& operation) const {
        const std::string columns = quoted_list(operation.columns);
        if (!primary_key.empty()) {
            return {clause_step(fmt::format("DROP CONSTRAINT {0}, ADD CONSTRAINT {0} PRIMARY KEY ({1})",
                                            quoted(primary_key), columns))};
        }
        return {clause_step("ADD PRIMARY KEY (" + columns + ")")};
    }
    std::vector<Step> operator()(const DropPrimaryKey&) const {
        if (primary_key.empty()) {
            throw Error{ErrorKind::usage, "unknown_constraint", "the table has no primary key"};
        }
        return {clause_step("DROP CONSTRAINT " + quoted(primary_key))};
    }
};

} // namespace

std::vector<Step> steps_of(const ChangeRequest& request, const std::string& primary_key) {
    std::vector<Step> steps;
    for (const Conversion& conversion : request.conversions) {
        Step step;
        step.conversion = conversion;
        steps.push_back(std::move(step));
    }
    for (const std::string& clause : request.alter_clauses) {
        steps.push_back(clause_step(clause));
    }
    for (const Operation& operation : request.operations) {
        for (Step& step : std::visit(Lowered{primary_key}, operation)) {
            steps.push_back(std::move(step));
        }
    }
    if (steps.empty()) {
        throw Error{ErrorKind::usage, "nothing_asked", "no change is asked for"}.next(
            "give --alter, --convert or --change");
    }
    return steps;
}

} // namespace turntable::postgresql
