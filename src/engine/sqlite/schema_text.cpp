#include "schema_text.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "create_table.hpp"
#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

bool is_plain(const std::string& name) {
    return std::ranges::all_of(
        name, [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_'; });
}

std::string normal_tokens(const Tokens& tokens, TokenRange range) {
    std::string out;
    for (std::size_t i = range.begin; i < range.end; ++i) {
        std::string text{tokens.raw(i)};
        if (tokens.at(i).kind == Token::Kind::word) {
            text = lower(text);
        } else if (tokens.at(i).kind == Token::Kind::quoted_name) {
            const std::string name = tokens.name(i);
            text = is_plain(name) ? name : identifier(name);
        }
        out += (out.empty() ? "" : " ") + text;
    }
    return out;
}

std::string normal_column(const Tokens& tokens, const ColumnDefinition& column) {
    std::vector<std::string> constraints;
    for (const ColumnConstraint& constraint : column.constraints) {
        constraints.push_back(normal_tokens(tokens, constraint.tokens));
    }
    std::ranges::sort(constraints);
    return (is_plain(column.name) ? column.name : identifier(column.name)) + " " + lower(column.type) + " " +
           joined(constraints, " ");
}

std::string normal_table(const std::string& sql) {
    const CreateTable table = CreateTable::parse(sql);
    std::vector<std::string> parts;
    for (const ColumnDefinition& column : table.columns) {
        parts.push_back(normal_column(*table.tokens, column));
    }
    for (const TableConstraint& constraint : table.constraints) {
        parts.push_back(normal_tokens(*table.tokens, constraint.tokens));
    }
    std::ranges::sort(parts);
    return joined(parts, "\n") + (table.strict ? "\nstrict" : "") +
           (table.without_rowid ? "\nwithout rowid" : "");
}

} // namespace

std::string normal_text(const Object& object) {
    try {
        if (object.type == "table") {
            return normal_table(object.sql);
        }
        const Tokens tokens{object.sql};
        return normal_tokens(tokens, {0, tokens.size()});
    } catch (const Error&) {
        return object.sql; // a virtual table, or what another program wrote: as it is
    }
}

} // namespace turntable::sqlite
