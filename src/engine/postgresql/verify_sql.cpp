#include "verify_sql.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

// A cast between integers, or between strings under one collation, keeps the order; nothing else is assumed
// to.
bool plain_cast(const KeyDetail& key) {
    std::string bare;
    std::ranges::copy_if(key.forward_sql, std::back_inserter(bare),
                         [](char c) { return c != '(' && c != ')' && c != ' '; });
    std::string target = key.target_type;
    std::erase_if(target, [](char c) { return c == '(' || c == ')' || c == ' '; });
    return bare == key.source || bare == key.source + "::" + target ||
           bare == "CAST" + key.source + "AS" + target;
}

bool in_family(const std::string& type, const std::vector<std::string_view>& family) {
    return std::ranges::any_of(family, [&](std::string_view member) { return type.starts_with(member); });
}

bool keeps_order(const KeyDetail& key) {
    if (!plain_cast(key) || key.source_collation != key.target_collation) {
        return false;
    }
    const std::vector<std::string_view> integers{"smallint", "integer", "bigint"};
    const std::vector<std::string_view> strings{"text", "character varying"};
    return key.source_type == key.target_type ||
           (in_family(key.source_type, integers) && in_family(key.target_type, integers)) ||
           (in_family(key.source_type, strings) && in_family(key.target_type, strings));
}

std::string where(const std::string& predicate) {
    return predicate.empty() ? "" : " WHERE " + predicate;
}

// The source's rows as mapped, and under its own name each column whose sum is conserved: the aggregates of a
// conversion name it bare, and nothing else in the join has a name of the user's.
std::string source_side(const Blueprint& blueprint, const Detail& detail, const RowSet& rows) {
    std::vector<std::string> columns = mapped_key(detail);
    for (const std::string& column : mapped_columns(blueprint, detail)) {
        columns.push_back(column);
    }
    std::set<std::string> summed;
    for (const ConversionPlan& conversion : blueprint.conversions) {
        if (conversion.conserves_sum && summed.insert(conversion.source_column).second) {
            columns.push_back(quoted(conversion.source_column));
        }
    }
    return fmt::format("(SELECT {} FROM {} AS s{}) AS s", joined(columns, ", "), detail.names.source,
                       where(rows.source_where));
}

std::string shadow_side(const Detail& detail, const RowSet& rows) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        columns.push_back("t." + detail.key[i].target + " AS " + numbered('e', i));
    }
    for (std::size_t i = 0; i < detail.columns.size(); ++i) {
        columns.push_back("t." + detail.columns[i].target + " AS " + numbered('d', i));
    }
    return fmt::format("(SELECT {} FROM {} AS t{}) AS t", joined(columns, ", "), detail.names.shadow,
                       where(rows.target_where));
}

std::string full_join(const Blueprint& blueprint, const Detail& detail, const RowSet& rows) {
    return fmt::format("{} FULL JOIN {} ON {}", source_side(blueprint, detail, rows),
                       shadow_side(detail, rows),
                       keys_equal(detail, Side::target, numbered_list("s.", 'f', detail.key.size()),
                                  numbered_list("t.", 'e', detail.key.size())));
}

std::string row_differs(const Blueprint& blueprint, const Detail& detail) {
    return fmt::format("s.{} IS NULL OR t.{} IS NULL OR {}", numbered('f', 0), numbered('e', 0),
                       images_differ(compared_pairs(blueprint, detail, ShadowColumns::numbered)));
}

std::string shadow_column(const Blueprint& blueprint, const std::string& target) {
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (blueprint.columns[i].target == target) {
            return "t." + numbered('d', i);
        }
    }
    check(false, "a conversion's target is a column of the shadow");
    return {};
}

} // namespace

bool key_order_kept(const Detail& detail) {
    return std::ranges::all_of(detail.key, keeps_order);
}

std::string count_and_sum(const Blueprint& blueprint, const Detail& detail, const RowSet& rows) {
    std::vector<std::string> columns{
        fmt::format("count(s.{})", numbered('f', 0)), fmt::format("count(t.{})", numbered('e', 0)),
        fmt::format("count(*) FILTER (WHERE {})", row_differs(blueprint, detail))};
    for (const ConversionPlan& conversion : blueprint.conversions) {
        if (conversion.conserves_sum) {
            columns.push_back(conversion.sum_source_sql);
            columns.push_back(fmt::format("sum({})", shadow_column(blueprint, conversion.target_column)));
            columns.push_back(conversion.sum_error_sql);
            columns.push_back(conversion.is_replaced.empty()
                                  ? "0"
                                  : fmt::format("count(*) FILTER (WHERE {})", conversion.is_replaced));
        }
    }
    return fmt::format("SELECT {} FROM {}", joined(columns, ", "), full_join(blueprint, detail, rows));
}

std::string differing_rows(const Blueprint& blueprint, const Detail& detail, const RowSet& rows,
                           int rows_max) {
    std::vector<std::string> columns = numbered_list("s.", 'k', detail.key.size());
    for (const std::string& key : numbered_list("t.", 'e', detail.key.size())) {
        columns.push_back(key);
    }
    for (const Pair& pair : compared_pairs(blueprint, detail, ShadowColumns::numbered)) {
        columns.push_back(pair.left);
        columns.push_back(pair.right);
        columns.push_back(images_differ({pair}));
    }
    return fmt::format("SELECT {} FROM {} WHERE {} LIMIT {}", joined(columns, ", "),
                       full_join(blueprint, detail, rows), row_differs(blueprint, detail), rows_max);
}

std::string source_in_keys(const Detail& detail, Membership membership, std::size_t first) {
    return fmt::format("{}EXISTS (SELECT FROM {} AS q WHERE {})",
                       membership == Membership::without ? "NOT " : "",
                       keys_from(detail, Side::source, first),
                       keys_equal(detail, Side::source, prefixed("q.", source_names(detail)),
                                  prefixed("s.", source_names(detail))));
}

std::string target_in_keys(const Detail& detail, Membership membership, std::size_t first) {
    std::vector<std::string> images;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        images.push_back(fmt::format("CAST(({}) AS {}){} AS {}", key.forward_sql, key.target_type,
                                     key.target_collation, numbered('f', i)));
    }
    return fmt::format("{}EXISTS (SELECT FROM (SELECT {} FROM {} AS q) AS d WHERE {})",
                       membership == Membership::without ? "NOT " : "", joined(images, ", "),
                       keys_from(detail, Side::source, first),
                       keys_equal(detail, Side::target, numbered_list("d.", 'f', detail.key.size()),
                                  prefixed("t.", target_names(detail))));
}

} // namespace turntable::postgresql
