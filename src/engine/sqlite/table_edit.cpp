#include "table_edit.hpp"

#include <algorithm>

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

using Kind = ColumnConstraint::Kind;

// Replaces the bytes of a token range; an empty range inserts after the token before it.
std::string spliced(const CreateTable& table, TokenRange range, const std::string& replacement) {
    const Tokens& tokens = *table.tokens;
    const std::size_t begin = range.empty() ? tokens.at(range.begin - 1).end : tokens.at(range.begin).begin;
    const std::size_t end = range.empty() ? begin : tokens.at(range.end - 1).end;
    return tokens.text().substr(0, begin) + replacement + tokens.text().substr(end);
}

// Columns and table constraints in the order of the text.
std::vector<TokenRange> items(const CreateTable& table) {
    std::vector<TokenRange> out;
    for (const ColumnDefinition& column : table.columns) {
        out.push_back(column.tokens);
    }
    for (const TableConstraint& constraint : table.constraints) {
        out.push_back(constraint.tokens);
    }
    return out;
}

std::string without_item(const CreateTable& table, TokenRange item) {
    const std::vector<TokenRange> all = items(table);
    check(all.size() > 1, "a table keeps at least one column");
    const auto at = std::find_if(all.begin(), all.end(), [&](TokenRange r) { return r.begin == item.begin; });
    check(at != all.end(), "an item of this table");
    const Tokens& tokens = *table.tokens;
    const std::size_t begin =
        at == all.begin() ? tokens.at(at->begin).begin : tokens.at((at - 1)->end - 1).end;
    const std::size_t end = at == all.begin() ? tokens.at((at + 1)->begin).begin : tokens.at(at->end - 1).end;
    return tokens.text().substr(0, begin) + tokens.text().substr(end);
}

const ColumnDefinition& need_column(const CreateTable& table, const std::string& column) {
    const ColumnDefinition* const found = table.find(column);
    if (found == nullptr) {
        throw Error{ErrorKind::usage, "unknown_column", "table " + table.name + " has no column " + column};
    }
    return *found;
}

// Removes constraints of one kind from a column; the text as it is if there is none.
std::string without_kind(const std::string& text, const std::string& column, Kind kind) {
    const CreateTable table = CreateTable::parse(text);
    const ColumnConstraint* const constraint = need_column(table, column).find(kind);
    return constraint == nullptr ? text : without_kind(spliced(table, constraint->tokens, ""), column, kind);
}

std::string with_clause(const std::string& text, const std::string& column, const std::string& clause) {
    const CreateTable table = CreateTable::parse(text);
    const ColumnDefinition& definition = need_column(table, column);
    return spliced(table, {definition.type_tokens.end, definition.type_tokens.end}, " " + clause);
}

const TableConstraint* find_kind(const CreateTable& table, TableConstraint::Kind kind) {
    const auto at = std::find_if(table.constraints.begin(), table.constraints.end(),
                                 [&](const TableConstraint& c) { return c.kind == kind; });
    return at == table.constraints.end() ? nullptr : &*at;
}

} // namespace

std::string with_table_name(const std::string& text, const std::string& name) {
    const CreateTable table = CreateTable::parse(text);
    return spliced(table, {table.name_token, table.name_token + 1}, identifier(name));
}

std::string without_foreign_keys(const std::string& text) {
    const CreateTable table = CreateTable::parse(text);
    if (const TableConstraint* const foreign = find_kind(table, TableConstraint::Kind::foreign_key)) {
        return without_foreign_keys(without_item(table, foreign->tokens));
    }
    for (const ColumnDefinition& column : table.columns) {
        if (const ColumnConstraint* const references = column.find(Kind::references)) {
            return without_foreign_keys(spliced(table, references->tokens, ""));
        }
    }
    return text;
}

std::string with_comment(const std::string& text, const std::string& comment) {
    const CreateTable table = CreateTable::parse(text);
    return spliced(table, {table.open, table.open + 1}, "(/* " + comment + " */");
}

std::string with_column(const std::string& text, const std::string& definition) {
    const CreateTable table = CreateTable::parse(text);
    const std::size_t after = table.columns.back().tokens.end;
    return spliced(table, {after, after}, ", " + definition);
}

std::string without_column(const std::string& text, const std::string& column) {
    const CreateTable table = CreateTable::parse(text);
    const ColumnDefinition& definition = need_column(table, column);
    if (table.columns.size() == 1) {
        throw Error{ErrorKind::refused, "last_column", "column " + column + " is the only one of its table"};
    }
    return without_item(table, definition.tokens);
}

std::string with_column_replaced(const std::string& text, const std::string& column,
                                 const std::string& definition) {
    const CreateTable table = CreateTable::parse(text);
    return spliced(table, need_column(table, column).tokens, definition);
}

std::string with_type(const std::string& text, const std::string& column, const std::string& type) {
    const CreateTable table = CreateTable::parse(text);
    const TokenRange range = need_column(table, column).type_tokens;
    return spliced(table, range, range.empty() ? " " + type : type);
}

std::string with_not_null(const std::string& text, const std::string& column) {
    const CreateTable table = CreateTable::parse(without_kind(text, column, Kind::null));
    return need_column(table, column).find(Kind::not_null) != nullptr
               ? table.tokens->text()
               : with_clause(table.tokens->text(), column, "NOT NULL");
}

std::string without_not_null(const std::string& text, const std::string& column) {
    return without_kind(text, column, Kind::not_null);
}

std::string with_default(const std::string& text, const std::string& column, const std::string& value) {
    return with_clause(without_default(text, column), column, "DEFAULT " + default_text(value));
}

std::string with_collation(const std::string& text, const std::string& column, const std::string& collation) {
    const std::string plain = without_kind(text, column, Kind::collate);
    return collation == "BINARY" ? plain : with_clause(plain, column, "COLLATE " + collation);
}

std::string default_text(const std::string& expression) {
    const Tokens tokens{expression};
    const bool sign = tokens.is(0, "-") || tokens.is(0, "+");
    const bool literal = tokens.size() == (sign ? 2 : 1);
    const bool wrapped = tokens.is(0, "(") && tokens.after_parenthesis(0) == tokens.size();
    return literal || wrapped ? expression : "(" + expression + ")";
}

std::string without_default(const std::string& text, const std::string& column) {
    return without_kind(text, column, Kind::default_value);
}

std::string with_constraint(const std::string& text, const std::string& constraint) {
    const CreateTable table = CreateTable::parse(text);
    const std::size_t after = items(table).back().end;
    return spliced(table, {after, after}, ", " + constraint);
}

std::string without_constraint(const std::string& text, const std::string& name) {
    const CreateTable table = CreateTable::parse(text);
    for (const TableConstraint& constraint : table.constraints) {
        if (same_name(constraint.name, name)) {
            return without_item(table, constraint.tokens);
        }
    }
    for (const ColumnDefinition& column : table.columns) {
        for (const ColumnConstraint& constraint : column.constraints) {
            if (same_name(constraint.name, name)) {
                return spliced(table, constraint.tokens, "");
            }
        }
    }
    throw Error{ErrorKind::usage, "unknown_constraint", "table " + table.name + " has no constraint " + name};
}

std::string without_primary_key(const std::string& text) {
    std::string bare = text;
    const CreateTable table = CreateTable::parse(text);
    if (const TableConstraint* const key = find_kind(table, TableConstraint::Kind::primary_key)) {
        bare = without_item(table, key->tokens);
    }
    for (const ColumnDefinition& column : table.columns) {
        bare = without_kind(bare, column.name, Kind::primary_key);
    }
    return bare;
}

std::string with_primary_key(const std::string& text, const std::vector<std::string>& columns) {
    const std::string bare = without_primary_key(text);
    std::vector<std::string> names;
    std::transform(columns.begin(), columns.end(), std::back_inserter(names),
                   [](const auto& c) { return identifier(c); });
    return with_constraint(bare, "PRIMARY KEY (" + joined(names, ", ") + ")");
}

} // namespace turntable::sqlite
