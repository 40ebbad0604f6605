#include "plan/orphans.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "plan/key.hpp"
#include "plan/quoting.hpp"

namespace turntable::postgresql {

TableRule orphan_rule(const ForeignKey& key, const std::vector<std::string>& values,
                      const std::string& row_key, const std::string& table, const std::string& parent) {
    std::vector<std::string> named;
    std::vector<std::string> names;
    std::vector<std::string> not_null;
    std::vector<std::string> null;
    std::vector<std::string> equal;
    for (std::size_t i = 0; i < values.size(); ++i) {
        named.push_back(fmt::format("({}) AS f{}", values[i], i + 1));
        names.push_back(fmt::format("f{}", i + 1));
        not_null.push_back(fmt::format("s.f{} IS NOT NULL", i + 1));
        null.push_back(fmt::format("s.f{} IS NULL", i + 1));
        equal.push_back(fmt::format("p.{} = s.f{}", quoted(key.referenced_columns[i]), i + 1));
    }
    const bool full = key.rest.find("MATCH FULL") != std::string::npos; // all of them NULL, or none
    const std::string orphans = fmt::format(
        "FROM (SELECT {} AS row_key, {} FROM {}) AS s WHERE ({} AND NOT EXISTS (SELECT FROM {} AS p "
        "WHERE {})){}",
        row_key, joined(named, ", "), table, joined(not_null, " AND "), parent, joined(equal, " AND "),
        full ? fmt::format(" OR (({}) AND NOT ({}))", joined(null, " OR "), joined(null, " AND ")) : "");
    return {"foreign_key", key.name, "SELECT count(*) " + orphans,
            fmt::format("SELECT row_key, concat_ws(', ', {}) {}", joined(names, ", "), orphans)};
}

std::vector<TableRule> orphan_rules_of_way_back(const Rehearsal& rehearsal, const std::string& old_table) {
    std::vector<TableRule> out;
    const Table& source = rehearsal.source;
    for (const ForeignKey& key : source.foreign_keys) {
        const auto& kept = rehearsal.after.foreign_keys;
        const bool held = std::any_of(kept.begin(), kept.end(), [&](const ForeignKey& now) {
            return now.validated && same_reference(rehearsal, key, now);
        });
        if (held || !key.validated || key.rest.ends_with(" NOT ENFORCED")) {
            continue;
        }
        std::vector<std::string> values;
        for (const Attnum attnum : key.columns) {
            values.push_back(quoted(source.find_column(attnum)->name));
        }
        const bool itself = key.referenced == source.oid;
        out.push_back(
            orphan_rule(key, values, shown_row_key(source), old_table,
                        itself ? old_table : qualified(key.referenced_schema, key.referenced_name)));
    }
    return out;
}

std::string cast_source(const Rehearsal& rehearsal, Attnum attnum) {
    for (std::size_t i = 0; i < rehearsal.after.columns.size(); ++i) {
        const ColumnOrigin& origin = rehearsal.origins[i];
        if (rehearsal.after.columns[i].attnum == attnum && !origin.conversion && origin.inverse_sql) {
            return origin.source.value_or("");
        }
    }
    return "";
}

bool same_reference(const Rehearsal& rehearsal, const ForeignKey& of_source, const ForeignKey& of_new) {
    std::vector<std::string> now;
    std::vector<std::string> before;
    for (const Attnum attnum : of_new.columns) {
        now.push_back(cast_source(rehearsal, attnum));
    }
    for (const Attnum attnum : of_source.columns) {
        before.push_back(rehearsal.source.find_column(attnum)->name);
    }
    return of_source.referenced_schema == of_new.referenced_schema &&
           of_source.referenced_name == of_new.referenced_name &&
           of_source.referenced_columns == of_new.referenced_columns && now == before;
}

} // namespace turntable::postgresql
