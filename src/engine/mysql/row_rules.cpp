#include "row_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "quote.hpp"
#include "turntable/conversion_classes.hpp"
#include "type_rules.hpp"

namespace turntable::mysql {
namespace {

// The number in "varchar(10)"; 0 without one.
std::int64_t length_of(const Column& column) {
    const auto open = column.type.find('(');
    std::int64_t length = 0;
    if (open != std::string::npos) {
        std::from_chars(column.type.data() + open + 1, column.type.data() + column.type.size(), length);
    }
    return length;
}

// Lowest and highest value of an integer type, as literals.
std::optional<std::pair<std::string, std::string>> range_of(const Column& column) {
    static const std::map<std::string, int, std::less<>> bits{
        {"tinyint", 8}, {"smallint", 16}, {"mediumint", 24}, {"int", 32}, {"bigint", 64}};
    const auto found = bits.find(column.data_type);
    if (found == bits.end()) {
        return std::nullopt;
    }
    const auto power = static_cast<unsigned>(found->second - (column.is_unsigned() ? 0 : 1));
    const std::uint64_t high = power == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << power) - 1;
    return std::pair{column.is_unsigned() ? "0" : fmt::format("(-{} - 1)", high), std::to_string(high)};
}

void rules_of_column(const Column& from, const Column& to, Detail& detail) {
    const std::string name = quote_name(from.name);
    if (from.nullable && !to.nullable) {
        detail.row_rules.push_back({"not_null", from.name, name + " IS NULL"});
    }
    if (const auto range = range_of(to); range && from.type != to.type) {
        detail.row_rules.push_back(
            {"range", from.name,
             fmt::format("({} < {} OR {} > {})", name, range->first, name, range->second)});
    }
    const bool sized = to.data_type == "char" || to.data_type == "varchar";
    if (sized && !from.charset.empty() && (length_of(from) == 0 || length_of(to) < length_of(from))) {
        detail.row_rules.push_back(
            {"length", from.name, fmt::format("CHAR_LENGTH({}) > {}", name, length_of(to))});
    }
    if (!from.charset.empty() && !to.charset.empty() && from.charset != to.charset &&
        !to.charset.starts_with("utf8mb4")) {
        detail.row_rules.push_back(
            {"charset", from.name,
             fmt::format("CAST(CONVERT(CONVERT({0} USING {1}) USING utf8mb4) AS BINARY) <> "
                         "CAST(CONVERT({0} USING utf8mb4) AS BINARY)",
                         name, to.charset)});
    }
}

// Unique indexes of the target whose columns had no unique index before; conversions change values, so theirs
// count as new, too.
void find_unique_rules(const Table& source, const Table& target, const Blueprint& blueprint, Detail& detail) {
    for (const Index& index : target.indexes) {
        UniqueRule rule{index.name, {}};
        std::vector<std::string> sources;
        for (const IndexPart& part : index.parts) {
            const auto mapped = std::ranges::find_if(
                blueprint.columns, [&](const MappedColumn& m) { return same_name(m.target, part.column); });
            if (!index.unique || part.column.empty() || part.prefix || mapped == blueprint.columns.end() ||
                !mapped->source) {
                rule.expressions.clear();
                break;
            }
            const Column& to = *target.column(part.column);
            rule.expressions.push_back(to.charset.empty()
                                           ? mapped->forward_sql
                                           : fmt::format("(CONVERT({} USING {}) COLLATE {})",
                                                         mapped->forward_sql, to.charset, to.collation));
            sources.push_back(mapped->identity ? *mapped->source : "");
        }
        const bool known = std::ranges::any_of(source.indexes, [&](const Index& old) {
            return old.unique && old.parts.size() == sources.size() &&
                   std::ranges::all_of(old.parts, [&](const IndexPart& part) {
                       return !part.prefix && std::ranges::any_of(sources, [&](const std::string& name) {
                           return same_name(name, part.column);
                       });
                   });
        });
        if (!rule.expressions.empty() && !known) {
            detail.unique_rules.push_back(std::move(rule));
        }
    }
}

// A converted column that must not be NULL: the rows that a policy or a fill leaves NULL. Those that the
// conversion stops at are findings of its own.
void rules_of_conversion(const ConversionPlan& plan, const Column& to, Detail& detail) {
    if (to.nullable) {
        return;
    }
    std::string broken = fmt::format("({}) IS NULL", plan.forward_sql);
    if (const std::string stopping = stopping_rows(plan); !stopping.empty()) {
        broken = fmt::format("CASE WHEN {} THEN FALSE ELSE {} END", stopping, broken);
    }
    detail.row_rules.push_back({"not_null", plan.source_column, broken});
}

} // namespace

void find_row_rules(const Table& source, const Table& target, const Blueprint& blueprint, Detail& detail) {
    for (const MappedColumn& mapped : blueprint.columns) {
        const bool plain = mapped.source && mapped.forward_sql == quote_name(*mapped.source);
        if (plain) {
            const Column& from = *source.column(*mapped.source);
            rules_of_column(from, *target.column(mapped.target), detail);
            find_type_rules(from, *target.column(mapped.target), detail.row_rules);
        }
    }
    for (const ConversionPlan& plan : blueprint.conversions) {
        rules_of_conversion(plan, *target.column(plan.target_column), detail);
    }
    find_check_rules(source, target, blueprint, detail.row_rules);
    find_unique_rules(source, target, blueprint, detail);
}

} // namespace turntable::mysql
