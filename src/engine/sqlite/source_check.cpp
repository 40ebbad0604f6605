#include "source_check.hpp"

#include <algorithm>
#include <set>

#include "capture_state.hpp"
#include "names.hpp"

namespace turntable::sqlite {
namespace {

using Names = std::vector<NamedSql>;

// Everything that belongs to a table in the catalogue: its own text, indexes, triggers.
Names belongings(Session& session, const std::string& table) {
    Names out;
    for (const auto& row :
         session
             .run("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND "
                  "lower(tbl_name) = lower(?)",
                  {table})
             .rows) {
        out.push_back({row[0].value_or(""), row[1].value_or("")});
    }
    return out;
}

void add(Names& names, const std::string& type, const Names& objects) {
    for (const NamedSql& object : objects) {
        names.push_back({type + " " + object.name, object.sql});
    }
}

Names names_of(const std::vector<Parked>& indexes) {
    Names out;
    for (const Parked& index : indexes) {
        out.push_back({index.name, index.sql});
    }
    return out;
}

// What is missing, new or different, by name; empty if nothing is.
std::string differences(Names expected, Names found) {
    const auto by_name = [](const NamedSql& a, const NamedSql& b) { return a.name < b.name; };
    std::sort(expected.begin(), expected.end(), by_name);
    std::sort(found.begin(), found.end(), by_name);
    std::set<std::string> names;
    for (const NamedSql& one : expected) {
        if (std::find(found.begin(), found.end(), one) == found.end()) {
            names.insert(one.name);
        }
    }
    for (const NamedSql& one : found) {
        if (std::find(expected.begin(), expected.end(), one) == expected.end()) {
            names.insert(one.name);
        }
    }
    return joined({names.begin(), names.end()}, ", ");
}

Names without(Names names, const Names& removed) {
    std::erase_if(names, [&](const NamedSql& name) {
        return std::any_of(removed.begin(), removed.end(),
                           [&](const NamedSql& one) { return name.name == "trigger " + one.name; });
    });
    return names;
}

std::string not_as_planned(Session& session, const Names& tables) {
    std::vector<std::string> out;
    for (const NamedSql& table : tables) {
        if (object_sql(query_of(session), "table", table.name) != table.sql) {
            out.push_back(table.name);
        }
    }
    return joined(out, ", ");
}

} // namespace

DriftReport source_drift(Session& session, const Blueprint& blueprint, const Detail& detail) {
    Names expected{{"table " + blueprint.source.name, detail.source.sql}};
    add(expected, "index", names_of(detail.source_indexes));
    add(expected, "trigger", detail.triggers);
    const Names found = without(belongings(session, blueprint.source.name), detail.capture);
    if (const std::string changed = differences(expected, found); !changed.empty()) {
        return {Drift::stop,
                "the definition of " + blueprint.source.name + " changed since the plan: " + changed};
    }
    if (!capture_untouched(session, detail.capture, detail.capture_end)) {
        return {Drift::restart_copy, "the capture triggers on " + blueprint.source.name + " were changed"};
    }
    const std::string changed = not_as_planned(
        session, {{blueprint.shadow_name, detail.shadow.parked_sql}, {blueprint.log_name, detail.log_sql}});
    if (!changed.empty()) {
        return {Drift::stop, "tables of this change were altered: " + changed};
    }
    return {};
}

DriftReport window_drift(Session& session, const Blueprint& blueprint, const Detail& detail) {
    Names expected{{"table " + blueprint.source.name, detail.shadow.sql}};
    add(expected, "index", names_of(detail.shadow_indexes));
    add(expected, "trigger", detail.triggers);
    add(expected, "trigger", detail.reverse_capture);
    add(expected, "trigger", detail.keep);
    if (const std::string changed = differences(expected, belongings(session, blueprint.source.name));
        !changed.empty()) {
        return {Drift::stop, blueprint.source.name + " was altered since the swap: " + changed};
    }
    if (!capture_untouched(session, detail.reverse_capture, detail.reverse_capture_end)) {
        return {Drift::stop, "the capture triggers on " + blueprint.source.name +
                                 " were dropped since the swap: writes may be missing in the old table"};
    }
    const std::string changed =
        not_as_planned(session, {{blueprint.old_name, detail.source.parked_sql},
                                 {blueprint.reverse_log_name, detail.reverse_log_sql}});
    if (!changed.empty()) {
        return {Drift::stop, "tables that the way back needs were altered: " + changed};
    }
    return {};
}

} // namespace turntable::sqlite
