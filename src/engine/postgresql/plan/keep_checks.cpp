#include <algorithm>

#include <fmt/core.h>

#include "plan/keep.hpp"
#include "plan/quoting.hpp"

namespace turntable::postgresql {
namespace {

// What the server knows to depend on the column, its own default and NOT NULL left out.
std::vector<std::string> dependents(Session& session, Oid clone, const Column& column) {
    const ResultSet found = session.run(
        "SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend AS d"
        "  LEFT JOIN pg_attrdef AS v ON d.classid = 'pg_attrdef'::regclass AND v.oid = d.objid"
        "  LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid"
        " WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int"
        "   AND v.adnum IS DISTINCT FROM $2::int AND k.contype IS DISTINCT FROM 'n' ORDER BY 1",
        {clone, std::int64_t{column.attnum}});
    std::vector<std::string> names;
    for (const auto& row : found.rows) {
        names.push_back(row.front().value_or(""));
    }
    return names;
}

} // namespace

Error not_keepable(const Column& column, const std::string& why) {
    return Error{ErrorKind::refused, "keep_not_possible",
                 fmt::format("keep=yes of column {}: {}", column.name, why)};
}

void require_keepable(Session& session, Oid clone, const Column& column, const Table& source) {
    std::vector<std::string> attached = dependents(session, clone, column);
    const Column* const original = source.find_column(column.name);
    for (const ForeignKey& key : source.foreign_keys) {
        if (original != nullptr &&
            std::find(key.columns.begin(), key.columns.end(), original->attnum) != key.columns.end()) {
            attached.push_back("foreign key " + key.name);
        }
    }
    if (column.identity != 0 || column.generated != 0) {
        attached.emplace_back("what makes its values");
    }
    if (!attached.empty()) {
        throw not_keepable(column, joined(attached, ", ") + " would go with it at finalize")
            .next("drop what hangs on the column in a change before, and make it anew for the new column");
    }
    if (column.default_sql && !column.not_null) {
        throw not_keepable(column,
                           "it may be NULL and has a default, so an INSERT of NULL into the new column "
                           "would look like one that leaves both out")
            .next("drop the default or make the column NOT NULL in a change before");
    }
}

void require_still_kept(const Table& source, const Table& after, const Kept& kept) {
    const Column* const was = source.find_column(kept.old_column);
    const Column* const old_column = after.find_column(kept.old_column);
    const Column* const new_column = after.find_column(kept.new_column);
    const bool untouched = was != nullptr && old_column != nullptr && new_column != nullptr &&
                           old_column->type == was->type && old_column->not_null == was->not_null &&
                           old_column->default_sql == was->default_sql && !new_column->default_sql &&
                           new_column->type == kept.new_type && new_column->not_null == was->not_null;
    if (!untouched) {
        throw Error{ErrorKind::refused, "keep_not_possible",
                    fmt::format("keep=yes of column {}: no other part of this change may touch it or {}",
                                kept.old_column, kept.new_column)};
    }
}

void add_keep_notes(const ConversionPlan& plan, std::vector<std::string>& notes) {
    notes.push_back(fmt::format("{} stays beside {} until finalize, which drops it; a trigger keeps both in "
                                "step: a value that the conversion does not take fails its own statement "
                                "meanwhile",
                                plan.source_column, plan.target_column));
    notes.push_back(fmt::format("grants on the column {} alone are not given on {}", plan.source_column,
                                plan.target_column));
}

} // namespace turntable::postgresql
