#include "catalog_compare.hpp"

#include <algorithm>

#include "detail.hpp"
#include "names.hpp"
#include "tokenizer.hpp"

namespace turntable::sqlite {
namespace {

const Object* find(const std::vector<Object>& objects, const Object& wanted) {
    const auto at = std::find_if(objects.begin(), objects.end(), [&](const Object& object) {
        return object.type == wanted.type && object.name == wanted.name;
    });
    return at == objects.end() ? nullptr : &*at;
}

// Tables of this change, by name; what belongs to them does, too.
bool is_ours(const Blueprint& blueprint, const Detail& detail, const Object& object) {
    for (const std::string& table :
         {blueprint.shadow_name, blueprint.old_name, blueprint.log_name, blueprint.reverse_log_name}) {
        if (!table.empty() && same_name(object.table, table)) {
            return true;
        }
    }
    const auto is_trigger = [&](const NamedSql& trigger) {
        return object.type == "trigger" && same_name(trigger.name, object.name);
    };
    return std::any_of(detail.capture.begin(), detail.capture.end(), is_trigger) ||
           std::any_of(detail.reverse_capture.begin(), detail.reverse_capture.end(), is_trigger) ||
           std::any_of(detail.keep.begin(), detail.keep.end(), is_trigger);
}

// The renaming of a table rewrites whatever speaks of it. What does not is no business of this change, and
// may have been altered by others since it was planned.
bool speaks_of(const Object& object, const std::string& table) {
    if (same_name(object.table, table)) {
        return true;
    }
    const Tokens tokens{object.sql};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens.is_name(i) && same_name(tokens.name(i), table)) {
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<std::string> catalog_differences(Session& session, const Blueprint& blueprint,
                                             Planner::Moment moment) {
    const Detail detail = detail_of(blueprint);
    const bool new_shape = moment == Planner::Moment::swapped || moment == Planner::Moment::finalized;
    const bool ours_stay = moment == Planner::Moment::swapped || moment == Planner::Moment::reverted;
    std::vector<Object> expected = new_shape ? detail.after : detail.before;
    if (moment == Planner::Moment::finalized && !detail.contracted_sql.empty()) {
        for (Object& object : expected) {
            if (object.type == "table" && same_name(object.name, blueprint.source.name)) {
                object.sql = detail.contracted_sql;
            }
        }
    }
    const std::vector<Object> found = read_objects(query_of(session));
    std::vector<std::string> out;
    for (const Object& object : expected) {
        if (!speaks_of(object, blueprint.source.name)) {
            continue;
        }
        const Object* const present = find(found, object);
        if (present == nullptr) {
            out.push_back(object.type + " " + object.name + " is missing");
        } else if (*present != object) {
            out.push_back(object.type + " " + object.name + " is " + present->sql + " and should be " +
                          object.sql);
        }
    }
    for (const Object& object : found) {
        if (is_ours(blueprint, detail, object)) {
            if (!ours_stay) {
                out.push_back(object.type + " " + object.name + " of this change is still there");
            }
        } else if (same_name(object.table, blueprint.source.name) && find(expected, object) == nullptr) {
            out.push_back(object.type + " " + object.name + " on table " + blueprint.source.name + " is new");
        }
    }
    return out;
}

} // namespace turntable::sqlite
