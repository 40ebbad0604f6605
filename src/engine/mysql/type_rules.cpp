#include "type_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "column_rest.hpp"
#include "conversion_words.hpp"
#include "create_text.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

using conversion::TypeKind;

bool is_number(const conversion::ColumnType& type) {
    return type.kind == TypeKind::integer || type.kind == TypeKind::decimal ||
           type.kind == TypeKind::float4 || type.kind == TypeKind::float8;
}

// The value as a decimal.
std::string decimal_of(const conversion::ColumnType& from, const std::string& name) {
    return from.kind == TypeKind::integer || from.kind == TypeKind::decimal
               ? name
               : fmt::format("CAST({} AS DECIMAL(65,30))", name);
}

class TypeRules {
  public:
    TypeRules(const Column& from, const Column& to, std::vector<RowRule>& rules)
        : from_(conversion::column_type(from.type)),
          to_(conversion::column_type(to.type)),
          column_(from.name),
          name_(quote_name(from.name)),
          target_(to),
          rules_(rules) {}

    void find() {
        // What becomes of a text as a number or a date is a conversion's business: the plan refuses it.
        if (is_number(from_)) {
            exact_numbers();
        }
        if (to_.base == "enum" && (from_.kind == TypeKind::text || from_.base == "enum")) {
            // IN compares by the collation, as the server does when it looks for the value.
            add("enum", fmt::format("CAST({} AS CHAR) NOT IN {}", name_,
                                    target_.type.substr(target_.type.find('('))));
        }
    }

  private:
    // What the server rounds without an error, and what it refuses in the middle of the copy.
    void exact_numbers() {
        if (to_.kind != TypeKind::integer && to_.kind != TypeKind::decimal) {
            return;
        }
        const int places = to_.kind == TypeKind::decimal ? to_.places : 0;
        const std::string value = decimal_of(from_, name_);
        if (from_.kind != TypeKind::integer && (from_.kind != TypeKind::decimal || from_.places > places)) {
            add("precision", fmt::format("{0} <> ROUND({0}, {1})", value, places));
        }
        if (to_.kind == TypeKind::decimal) {
            add("range",
                fmt::format("ABS(ROUND({0}, {1})) >= 1e{2}{3}", value, places, to_.length - to_.places,
                            to_.is_unsigned ? fmt::format(" OR {} < 0", value) : ""));
        }
    }
    void add(const std::string& rule, const std::string& broken) {
        rules_.push_back({rule, column_, "(" + broken + ")", name_});
    }

    conversion::ColumnType from_, to_;
    std::string column_, name_;
    const Column& target_;
    std::vector<RowRule>& rules_;
};

// A CHECK of the table, or, on MariaDB, of a column.
struct Check {
    std::string name, expression;
    bool operator==(const Check& other) const { return expression == other.expression; }
};

// Those that rows must keep; MySQL shows what it does not enforce in a comment at the end.
std::vector<Check> enforced_checks(const Table& table) {
    std::vector<Check> found;
    for (const NamedLine& line : check_lines(table.create_text)) {
        if (!line.definition.ends_with(" NOT ENFORCED */")) {
            const auto open = line.definition.find('(');
            found.push_back({line.name, line.definition.substr(open, line.definition.rfind(')') - open + 1)});
        }
    }
    for (const Column& column : table.columns) {
        if (const std::string check = own_check(table, column); !check.empty()) {
            found.push_back({column.name, check.substr(check.find('('))});
        }
    }
    return found;
}

} // namespace

void find_type_rules(const Column& from, const Column& to, std::vector<RowRule>& rules) {
    if (from.type != to.type) {
        TypeRules{from, to, rules}.find();
    }
}

OverSource over_source(std::string_view text, const Blueprint& blueprint) {
    OverSource out;
    while (!text.empty()) {
        const auto quote = text.find_first_of("`'");
        out.text += text.substr(0, quote);
        if (quote == std::string_view::npos) {
            break;
        }
        const char mark = text[quote];
        auto end = text.find(mark, quote + 1);
        while (mark == '\'' && end != std::string_view::npos && text[end - 1] == '\\') {
            end = text.find(mark, end + 1);
        }
        const std::string_view token =
            text.substr(quote, end == std::string_view::npos ? end : end - quote + 1);
        const auto mapped = std::ranges::find_if(blueprint.columns, [&](const MappedColumn& column) {
            return same_name(quote_name(column.target), token);
        });
        if (mark == '`' && mapped != blueprint.columns.end()) {
            out.text += "(" + mapped->forward_sql + ")";
            out.by_default = out.by_default || mapped->forward_sql == "DEFAULT";
            if (std::ranges::find(out.values, mapped->forward_sql) == out.values.end()) {
                out.values.push_back(mapped->forward_sql);
            }
        } else {
            out.text += token;
        }
        text.remove_prefix(quote + token.size());
    }
    return out;
}

bool adds_check(const Table& source, const Table& target) {
    const std::vector<Check> kept = enforced_checks(source);
    return std::ranges::any_of(enforced_checks(target), [&](const Check& check) {
        return std::ranges::find(kept, check) == kept.end();
    });
}

void find_check_rules(const Table& source, const Table& target, const Blueprint& blueprint,
                      std::vector<RowRule>& rules) {
    const std::vector<Check> kept = enforced_checks(source);
    for (const Check& check : enforced_checks(target)) {
        if (std::ranges::find(kept, check) != kept.end()) {
            continue; // the rows kept it already
        }
        const OverSource rule = over_source(check.expression, blueprint);
        if (!rule.by_default) {
            rules.push_back({"check", check.name, "NOT " + rule.text,
                             fmt::format("CONCAT_WS(', ', {})", fmt::join(rule.values, ", "))});
        }
    }
}

} // namespace turntable::mysql
