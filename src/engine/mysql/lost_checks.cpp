#include "lost_checks.hpp"

#include <algorithm>
#include <map>

#include "check_names.hpp"
#include "create_text.hpp"
#include "detail.hpp"

namespace turntable::mysql {
namespace {

bool has_check(const Table& table, const std::string& name) {
    return std::ranges::any_of(check_lines(table.create_text),
                               [&](const NamedLine& line) { return same_name(line.name, name); });
}

bool names_unknown_check(const std::string& list, const Table& table) {
    return std::ranges::any_of(parse_clauses(list), [&](const Clause& clause) {
        const bool names_one = clause.kind == Clause::Kind::drop_check ||
                               clause.kind == Clause::Kind::drop_constraint ||
                               clause.kind == Clause::Kind::alter_check;
        return names_one && !has_check(table, clause.column) && table.index(clause.column) == nullptr;
    });
}

} // namespace

std::vector<std::string> with_lost_checks(Session& session, const Table& source,
                                          std::vector<std::string> lists) {
    const bool asked = std::ranges::any_of(
        lists, [&](const std::string& list) { return names_unknown_check(list, source); });
    if (!asked || !table_exists(session, source.schema, "_turntable_job")) {
        return lists;
    }
    std::map<std::string, std::string> names; // of the newest change that knows one
    for (const auto& row :
         session
             .run("SELECT blueprint FROM _turntable_job WHERE job_state IN ('swapped', 'finalized') ORDER BY "
                  "created_ms DESC")
             .rows) {
        const Blueprint blueprint = blueprint_from_json(row.front().value_or(""));
        if (same_name(blueprint.source.name, source.name)) {
            names.merge(check_names(detail_of(blueprint).source_text, source.create_text));
        }
    }
    std::erase_if(names, [&](const auto& pair) { return has_check(source, pair.first); });
    for (std::string& list : lists) {
        list = with_check_names(list, names);
    }
    return lists;
}

} // namespace turntable::mysql
