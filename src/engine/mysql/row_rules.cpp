#include "row_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "create_text.hpp"
#include "mapping.hpp"
#include "quote.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/error.hpp"
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

bool has_length(const Column& column) {
    return column.data_type == "char" || column.data_type == "varchar";
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
        detail.row_rules.push_back({"not_null", from.name, name + " IS NULL", "NULL"});
    }
    if (const auto range = range_of(to); range && from.type != to.type) {
        detail.row_rules.push_back(
            {"range", from.name, fmt::format("({} < {} OR {} > {})", name, range->first, name, range->second),
             name});
    }
    if (has_length(to) && !from.charset.empty() &&
        (length_of(from) == 0 || length_of(to) < length_of(from))) {
        detail.row_rules.push_back(
            {"length", from.name, fmt::format("CHAR_LENGTH({}) > {}", name, length_of(to)), name});
    }
    if (!from.charset.empty() && !to.charset.empty() && from.charset != to.charset &&
        !to.charset.starts_with("utf8mb4")) {
        detail.row_rules.push_back(
            {"charset", from.name,
             fmt::format("CAST(CONVERT(CONVERT({0} USING {1}) USING utf8mb4) AS BINARY) <> "
                         "CAST(CONVERT({0} USING utf8mb4) AS BINARY)",
                         name, to.charset),
             name});
    }
}

// "`a`", "`b`(10)", "(lower(`c`))" of "UNIQUE KEY `u` (`a`,`b`(10) DESC,(lower(`c`)))".
std::vector<std::string> parts_of(const std::string& definition) {
    std::vector<std::string> parts;
    int depth = 0;
    char quote = 0;
    for (const char c : definition.substr(definition.find(" (") + 1)) {
        if (quote != 0 || c == '`' || c == '\'') {
            quote = quote == 0 ? c : quote == c ? char{0} : quote;
        } else if (c == ')' && --depth == 0) {
            break;
        } else if (c == '(' && depth++ == 0) {
            parts.emplace_back();
            continue;
        } else if (c == ',' && depth == 1) {
            parts.emplace_back();
            continue;
        }
        parts.back() += c;
    }
    for (std::string& part : parts) {
        part.resize(part.ends_with(" DESC") ? part.size() - std::string_view{" DESC"}.size() : part.size());
    }
    return parts;
}

// A part of a unique index over the source's columns; nullopt: an added column, which its default fills.
std::optional<std::string> value_of_part(const IndexPart& part, const std::string& text, const Table& target,
                                         const Blueprint& blueprint) {
    if (part.column.empty()) {
        if (text.find(" array)") != std::string::npos) {
            return std::nullopt; // a multi-valued index: no expression gives its values
        }
        const OverSource expression = over_source(text, blueprint);
        return expression.by_default ? std::nullopt : std::optional{expression.text};
    }
    const auto mapped = std::ranges::find_if(
        blueprint.columns, [&](const MappedColumn& m) { return same_name(m.target, part.column); });
    if (mapped == blueprint.columns.end() || mapped->forward_sql == "DEFAULT") {
        return std::nullopt;
    }
    const Column& to = *target.column(part.column);
    const std::string value = to.charset.empty() ? mapped->forward_sql
                                                 : fmt::format("(CONVERT({} USING {}) COLLATE {})",
                                                               mapped->forward_sql, to.charset, to.collation);
    return part.prefix ? fmt::format("LEFT({}, {})", value, *part.prefix) : value;
}

// A unique index of the source over as much of some of these columns, or less, whose values stay as they are.
bool unique_already(const Table& source, const Index& index, const Blueprint& blueprint) {
    const auto implied_by = [&](const IndexPart& old) {
        return !old.column.empty() && std::ranges::any_of(index.parts, [&](const IndexPart& part) {
            const auto mapped = std::ranges::find_if(
                blueprint.columns, [&](const MappedColumn& m) { return same_name(m.target, part.column); });
            const bool same = mapped != blueprint.columns.end() && mapped->source && mapped->identity &&
                              same_name(*mapped->source, old.column);
            return same && (!part.prefix || (old.prefix && *old.prefix <= *part.prefix));
        });
    };
    return std::ranges::any_of(source.indexes, [&](const Index& old) {
        return old.unique && std::ranges::all_of(old.parts, implied_by);
    });
}

// The source has the very index, and no value of its columns changes.
bool kept_as_it_is(const IndexLine& line, const Table& source, const Blueprint& blueprint) {
    const auto lines = index_lines(source.create_text);
    const bool there =
        std::ranges::any_of(lines, [&](const IndexLine& old) { return old.definition == line.definition; });
    return there && std::ranges::all_of(blueprint.columns, [&](const MappedColumn& mapped) {
               return line.definition.find(quote_name(mapped.target)) == std::string::npos ||
                      (mapped.identity && mapped.source && same_name(*mapped.source, mapped.target));
           });
}

// Unique indexes of the target that the source has not; conversions change values, so theirs count as new,
// too.
void find_unique_rules(const Table& source, const Table& target, const Blueprint& blueprint, Detail& detail) {
    const std::vector<IndexLine> lines = index_lines(target.create_text);
    for (const Index& index : target.indexes) {
        if (!index.unique || unique_already(source, index, blueprint)) {
            continue;
        }
        const auto line =
            std::ranges::find_if(lines, [&](const IndexLine& l) { return l.name == index.name; });
        if (line != lines.end() && kept_as_it_is(*line, source, blueprint)) {
            continue;
        }
        const std::vector<std::string> texts =
            line == lines.end() ? std::vector<std::string>{} : parts_of(line->definition);
        UniqueRule rule{index.name, {}};
        for (std::size_t i = 0; i < index.parts.size(); ++i) {
            const auto value =
                value_of_part(index.parts[i], i < texts.size() ? texts[i] : "", target, blueprint);
            if (!value) {
                rule.expressions.clear();
                break;
            }
            rule.expressions.push_back(*value);
        }
        if (!rule.expressions.empty()) {
            detail.unique_rules.push_back(std::move(rule));
        }
    }
}

// An expression of the user's may give what the type is too short for.
void rules_of_using(const ConversionPlan& plan, const Column& to, Detail& detail) {
    if (plan.asked.rule == "using" && has_length(to)) {
        detail.row_rules.push_back({"length", plan.source_column,
                                    fmt::format("CHAR_LENGTH({}) > {}", plan.forward_sql, length_of(to)),
                                    quote_name(plan.source_column)});
    }
}

// A converted column that must not be NULL: the rows that a policy or a fill leaves NULL. Those that the
// conversion stops at are findings of its own.
void rules_of_conversion(const ConversionPlan& plan, const Column& to, Detail& detail) {
    rules_of_using(plan, to, detail);
    if (to.nullable) {
        return;
    }
    std::string broken = fmt::format("({}) IS NULL", plan.forward_sql);
    if (const std::string stopping = stopping_rows(plan); !stopping.empty()) {
        broken = fmt::format("CASE WHEN {} THEN FALSE ELSE {} END", stopping, broken);
    }
    detail.row_rules.push_back({"not_null", plan.source_column, broken, quote_name(plan.source_column)});
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

void find_native_rules(const Table& source, const Table& target, const std::vector<TracedColumn>& traced,
                       Blueprint& blueprint, Detail& detail) {
    Blueprint mapped = blueprint;
    Detail found;
    try {
        map_columns(source, target, traced, mapped, found);
    } catch (const Error& error) {
        blueprint.notes.push_back(std::string{"the rows are not probed beforehand, the server itself refuses "
                                              "those that do not fit: "} +
                                  error.what());
        return;
    }
    find_row_rules(source, target, mapped, found);
    detail.row_rules = std::move(found.row_rules);
    detail.unique_rules = std::move(found.unique_rules);
    if (!detail.row_rules.empty() || !detail.unique_rules.empty()) {
        identify_rows(source, blueprint, detail);
    }
    if (detail.row_rules.empty()) {
        blueprint.key.clear(); // duplicates are counted at once: no range of rows is read
    }
}

} // namespace turntable::mysql
