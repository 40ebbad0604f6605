#include "verify_sql.hpp"

#include <fmt/format.h>

#include "casts.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

std::string map_alias(std::size_t part) {
    return "_tt_m" + std::to_string(part);
}

// A value as a person reads it; binary strings in hex.
std::string shown(Image image, const std::string& value) {
    return image == Image::plain || image == Image::real ? "CAST(" + value + " AS CHAR)" : value;
}

} // namespace

std::string VerifySql::joined(const std::string& from_condition) const {
    std::string selected, join;
    for (std::size_t i = 0; i < route_.from_key.size(); ++i) {
        KeyPart part = route_.from_key[i];
        selected += fmt::format("{}src.{} AS _tt_s{}, {} AS {}", i == 0 ? "" : ", ", quote_name(part.column),
                                i, mapped_key_sql(route_, i, "src." + quote_name(part.column)), map_alias(i));
        join += fmt::format("{}dst.{} = m.{}", i == 0 ? "" : " AND ", quote_name(route_.to_key[i].column),
                            map_alias(i));
    }
    for (std::size_t i = 0; i < route_.columns.size(); ++i) {
        if (route_.columns[i].compared) {
            selected += fmt::format(", {} AS {}", route_.columns[i].from_image, image_alias(i));
        }
    }
    return fmt::format(
        "FROM (SELECT {} FROM {} AS src FORCE INDEX ({}) WHERE {}) AS m LEFT JOIN {} AS dst ON {}", selected,
        quote_name(route_.from), quote_name(detail_.source_key_index), from_condition, quote_name(route_.to),
        join);
}

std::string VerifySql::compare(const std::string& from_condition) const {
    std::string sums;
    for (const ConversionPlan& plan : blueprint_.conversions) {
        if (plan.conserves_sum) {
            sums += ", SUM(dst." + quote_name(plan.target_column) + ")";
        }
    }
    return fmt::format("SELECT COUNT(*), COALESCE(SUM(dst.{0} IS NULL OR NOT ({1})), 0){2} {3}",
                       quote_name(route_.to_key[0].column), same_row(route_), sums, joined(from_condition));
}

std::string VerifySql::count_to(const std::string& to_condition) const {
    return fmt::format("SELECT COUNT(*) FROM {} AS dst WHERE {}", quote_name(route_.to), to_condition);
}

std::string VerifySql::source_sums(const std::string& from_condition) const {
    std::string selected;
    for (const ConversionPlan& plan : blueprint_.conversions) {
        if (plan.conserves_sum) {
            const std::string replaced =
                plan.is_replaced.empty() ? "0" : fmt::format("SUM({})", plan.is_replaced);
            selected += fmt::format("{}{}, {}, {}", selected.empty() ? "" : ", ", plan.sum_source_sql,
                                    plan.sum_error_sql, replaced);
        }
    }
    return fmt::format("SELECT {} FROM {} AS src FORCE INDEX ({}) WHERE {}", selected,
                       quote_name(route_.from), quote_name(detail_.source_key_index), from_condition);
}

std::string VerifySql::list_differences(const std::string& from_condition, int limit) const {
    std::vector<KeyPart> key = route_.from_key;
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i].column = "_tt_s" + std::to_string(i);
    }
    const std::string absent = "dst." + quote_name(route_.to_key[0].column) + " IS NULL";
    std::string selected = key_texts_sql(key, "m") + ", " + absent;
    for (std::size_t i = 0; i < route_.columns.size(); ++i) {
        const RouteColumn& column = route_.columns[i];
        if (column.compared) {
            const std::string mapped = "m." + image_alias(i), have = "dst." + quote_name(column.to);
            selected += fmt::format(", {}, {}, {}", same_image(column.image, mapped, have),
                                    shown(column.image, mapped), shown(column.image, have));
        }
    }
    return fmt::format("SELECT {} {} WHERE {} OR NOT ({}) LIMIT {}", selected, joined(from_condition), absent,
                       same_row(route_), limit);
}

std::string VerifySql::list_extra(const std::string& to_condition, int limit) const {
    std::string same;
    for (std::size_t i = 0; i < route_.from_key.size(); ++i) {
        same += fmt::format(" AND dst.{} = {}", quote_name(route_.to_key[i].column),
                            mapped_key_sql(route_, i, "src." + quote_name(route_.from_key[i].column)));
    }
    return fmt::format(
        "SELECT {} FROM {} AS dst WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS src WHERE TRUE{}) LIMIT {}",
        key_texts_sql(route_.to_key, to_alias), quote_name(route_.to), to_condition, quote_name(route_.from),
        same, limit);
}

std::string VerifySql::pending(const std::string& log_condition) const {
    return fmt::format("SELECT DISTINCT {} FROM {} AS lg WHERE {}", key_texts_sql(route_.from_key, log_alias),
                       quote_name(route_.log), log_condition);
}

std::string VerifySql::to_keys(const std::vector<KeyTexts>& keys) const {
    if (!route_.spellings_matter) {
        std::vector<KeyPart> key = route_.from_key;
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i].column = route_.to_key[i].column;
        }
        return key_in(key, keys, to_alias);
    }
    std::string out = "FALSE";
    for (const KeyTexts& texts : keys) {
        std::string all = "TRUE";
        for (std::size_t i = 0; i < texts.size(); ++i) {
            all += fmt::format(" AND dst.{} = {}", quote_name(route_.to_key[i].column),
                               mapped_key_sql(route_, i, key_literal(route_.from_key[i], texts[i])));
        }
        out += " OR (" + all + ")";
    }
    return "(" + out + ")";
}

} // namespace turntable::mysql
