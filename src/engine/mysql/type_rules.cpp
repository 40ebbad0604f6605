#include "type_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "conversion_words.hpp"
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
            add("range", fmt::format("ABS(ROUND({}, {})) >= 1e{}", value, places, to_.length - to_.places));
            if (to_.is_unsigned) {
                add("range", fmt::format("{} < 0", value));
            }
        }
    }
    void add(const std::string& rule, const std::string& broken) {
        rules_.push_back({rule, column_, "(" + broken + ")"});
    }

    conversion::ColumnType from_, to_;
    std::string column_, name_;
    const Column& target_;
    std::vector<RowRule>& rules_;
};

// `text` with each backquoted name of a column of the target replaced by what it is mapped from.
std::string over_source(std::string_view text, const Blueprint& blueprint) {
    std::string out;
    while (!text.empty()) {
        const auto quote = text.find_first_of("`'");
        out += text.substr(0, quote);
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
        out += mark == '`' && mapped != blueprint.columns.end() ? "(" + mapped->forward_sql + ")"
                                                                : std::string{token};
        text.remove_prefix(quote + token.size());
    }
    return out;
}

} // namespace

void find_type_rules(const Column& from, const Column& to, std::vector<RowRule>& rules) {
    if (from.type != to.type) {
        TypeRules{from, to, rules}.find();
    }
}

void find_check_rules(const Table& source, const Table& target, const Blueprint& blueprint,
                      std::vector<RowRule>& rules) {
    constexpr std::string_view head = "  CONSTRAINT `";
    constexpr std::string_view word = "` CHECK (";
    std::string_view rest = target.create_text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto at = line.find(word);
        const auto end = line.rfind(')');
        if (!line.starts_with(head) || at == std::string_view::npos || end == std::string_view::npos) {
            continue;
        }
        const std::string_view expression = line.substr(at + word.size() - 1, end - at - word.size() + 2);
        if (source.create_text.find(expression) != std::string::npos) {
            continue; // the rows kept it already
        }
        const std::string name{line.substr(head.size(), at - head.size())};
        rules.push_back({"check", name, "NOT " + over_source(expression, blueprint)});
    }
}

} // namespace turntable::mysql
