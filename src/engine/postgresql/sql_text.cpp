#include "sql_text.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "turntable/error.hpp"

namespace turntable::postgresql {

std::string numbered(char letter, std::size_t n) {
    return fmt::format("tt${}{}", letter, n);
}

std::string unquoted(std::string_view identifier) {
    if (identifier.size() < 2 || identifier.front() != '"') {
        return std::string{identifier};
    }
    std::string out;
    for (std::size_t i = 1; i + 1 < identifier.size(); ++i) {
        out += identifier[i];
        i += identifier[i] == '"' ? 1 : 0;
    }
    return out;
}

std::vector<std::string> prefixed(std::string_view prefix, std::vector<std::string> names) {
    for (std::string& name : names) {
        name.insert(0, prefix);
    }
    return names;
}

std::vector<std::string> numbered_list(std::string_view prefix, char letter, std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t n = 0; n < count; ++n) {
        names.push_back(std::string{prefix} + numbered(letter, n));
    }
    return names;
}

std::string keys_equal(const Detail& detail, Side side, const std::vector<std::string>& left,
                       const std::vector<std::string>& right) {
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        const std::string& equal = side == Side::source ? key.source_equal : key.target_equal;
        terms.push_back(fmt::format("{} {} {}", left.at(i), equal, right.at(i)));
    }
    return joined(terms, " AND ");
}

namespace {

const std::string& less_of(const KeyDetail& key, Side side) {
    return side == Side::source ? key.source_less : key.target_less;
}
const std::string& equal_of(const KeyDetail& key, Side side) {
    return side == Side::source ? key.source_equal : key.target_equal;
}

bool one_operator(const Detail& detail, Side side) {
    return std::ranges::all_of(detail.key, [&](const KeyDetail& key) {
        return less_of(key, side) == less_of(detail.key.front(), side);
    });
}

// left < right in the order of the key. A row comparison can use the index; it needs one operator for all
// columns.
std::string key_less(const Detail& detail, Side side, const std::vector<std::string>& left,
                     const std::vector<std::string>& right) {
    if (left.size() == 1 || one_operator(detail, side)) {
        const std::string& less = less_of(detail.key.front(), side);
        return left.size() == 1
                   ? fmt::format("{} {} {}", left[0], less, right[0])
                   : fmt::format("ROW({}) {} ROW({})", joined(left, ", "), less, joined(right, ", "));
    }
    std::string out;
    for (std::size_t i = left.size(); i-- > 0;) {
        const std::string less = fmt::format("{} {} {}", left[i], less_of(detail.key[i], side), right[i]);
        out = out.empty() ? less
                          : fmt::format("({} OR ({} {} {} AND {}))", less, left[i],
                                        equal_of(detail.key[i], side), right[i], out);
    }
    return out;
}

// left >= right. The planner negates a single < by itself, but no row comparison.
std::string key_not_less(const Detail& detail, Side side, const std::vector<std::string>& left,
                         const std::vector<std::string>& right) {
    if (left.size() > 1 && one_operator(detail, side) &&
        less_of(detail.key.front(), side) == "OPERATOR(pg_catalog.<)") {
        return fmt::format("ROW({}) OPERATOR(pg_catalog.>=) ROW({})", joined(left, ", "),
                           joined(right, ", "));
    }
    return "NOT (" + key_less(detail, side, left, right) + ")";
}

std::vector<std::string> bound_values(const Detail& detail, Side side, const std::string& bound,
                                      std::vector<Value>& arguments) {
    const KeyText values = decoded(bound);
    check(values.size() == detail.key.size(), "a bound has a value per key column");
    std::vector<std::string> placeholders;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        arguments.emplace_back(values[i]);
        placeholders.push_back(fmt::format("${}::{}", arguments.size(),
                                           side == Side::source ? key.source_type : key.target_type));
    }
    return placeholders;
}

} // namespace

std::string key_range(const Detail& detail, Side side, const std::vector<std::string>& columns,
                      const std::string& lower, const std::string& upper, std::vector<Value>& arguments) {
    std::vector<std::string> terms;
    if (!lower.empty()) {
        terms.push_back(key_not_less(detail, side, columns, bound_values(detail, side, lower, arguments)));
    }
    if (!upper.empty()) {
        terms.push_back(key_less(detail, side, columns, bound_values(detail, side, upper, arguments)));
    }
    return joined(terms, " AND ");
}

std::string order_by_key(const Detail& detail, const std::vector<std::string>& columns) {
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        terms.push_back(columns.at(i) + " USING " + detail.key[i].source_less);
    }
    return joined(terms, ", ");
}

std::string keys_from(const Detail& detail, Side side, std::size_t first) {
    std::vector<std::string> arrays;
    std::vector<std::string> names;
    std::vector<std::string> typed;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        const bool source = side == Side::source;
        arrays.push_back(fmt::format("pg_catalog.unnest(${}::text[])", first + i));
        names.push_back(numbered('a', i));
        typed.push_back(fmt::format(
            "(u.{}::{}){} AS {}", numbered('a', i), source ? key.source_type : key.target_type,
            source ? key.source_collation : key.target_collation, source ? key.source : key.target));
    }
    return fmt::format("(SELECT {} FROM ROWS FROM ({}) AS u({}))", joined(typed, ", "), joined(arrays, ", "),
                       joined(names, ", "));
}

std::string mapped(const Blueprint& blueprint, const Detail& detail, std::size_t column) {
    const MappedColumn& mapping = blueprint.columns.at(column);
    const ColumnDetail& target = detail.columns.at(column);
    return mapping.identity
               ? mapping.forward_sql
               : fmt::format("CAST(({}) AS {}){}", mapping.forward_sql, target.type, target.collation);
}

std::vector<std::string> mapped_columns(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (blueprint.columns[i].compared) {
            out.push_back(mapped(blueprint, detail, i) + " AS " + numbered('c', i));
        }
    }
    return out;
}

std::vector<std::string> mapped_key(const Detail& detail) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        out.push_back(key.source + " AS " + numbered('k', i));
        out.push_back(fmt::format("CAST(({}) AS {}){} AS {}", key.forward_sql, key.target_type,
                                  key.target_collation, numbered('f', i)));
    }
    return out;
}

std::string images_differ(const std::vector<Pair>& pairs) {
    std::vector<std::string> terms;
    std::vector<std::string> left;
    std::vector<std::string> right;
    for (const Pair& pair : pairs) {
        if (pair.image.empty() || pair.image.find("COLLATE") != std::string::npos) {
            terms.push_back(
                fmt::format("({}){} IS DISTINCT FROM ({}){}", pair.left, pair.image, pair.right, pair.image));
        } else {
            left.push_back(pair.left);
            right.push_back(pair.right);
        }
    }
    if (!left.empty()) {
        terms.push_back(fmt::format("ROW({})::record OPERATOR(pg_catalog.*<>) ROW({})::record",
                                    joined(left, ", "), joined(right, ", ")));
    }
    return terms.empty() ? "false" : "(" + joined(terms, " OR ") + ")";
}

std::vector<Pair> compared_pairs(const Blueprint& blueprint, const Detail& detail, ShadowColumns shadow) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (blueprint.columns[i].compared) {
            const ColumnDetail& column = detail.columns[i];
            pairs.push_back({"s." + numbered('c', i),
                             "t." + (shadow == ShadowColumns::named ? column.target : numbered('d', i)),
                             column.image});
        }
    }
    return pairs;
}

} // namespace turntable::postgresql
