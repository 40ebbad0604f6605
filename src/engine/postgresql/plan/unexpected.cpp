#include "plan/unexpected.hpp"

#include <fmt/core.h>

#include "plan/helper_names.hpp"
#include "plan/quoting.hpp"
#include "plan/read_table.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// Objects of the job that are still there, by kind and name.
std::vector<std::string> leftovers(Session& session, const Names& names) {
    std::vector<std::string> out;
    for (const std::string& table : {names.shadow, names.old, names.log, names.reverse_log}) {
        if (session.run("SELECT to_regclass($1)", {table}).only()) {
            out.push_back(fmt::format("the table {} is still there", table));
        }
    }
    for (const std::string& function :
         {names.capture, names.truncate, names.reverse_capture, names.reverse_truncate, names.keep}) {
        if (session.run("SELECT to_regprocedure($1)", {function + "()"}).only()) {
            out.push_back(fmt::format("the function {} is still there", function));
        }
    }
    return out;
}

// Our triggers may be on the table in the revert window only.
std::vector<std::string> our_triggers(Planner::Moment moment, const Names& names) {
    switch (moment) {
    case Planner::Moment::swapped:
    case Planner::Moment::reverted:
        return {names.row_trigger, names.truncate_trigger, names.keep_trigger};
    case Planner::Moment::finalized:
    case Planner::Moment::aborted:
        return {};
    }
    return {};
}

bool shape_is_new(Planner::Moment moment) {
    switch (moment) {
    case Planner::Moment::swapped:
    case Planner::Moment::finalized:
        return true;
    case Planner::Moment::reverted:
    case Planner::Moment::aborted:
        return false;
    }
    return false;
}

} // namespace

std::vector<std::string> differences(const CatalogImage& wanted, const CatalogImage& found) {
    std::vector<std::string> out;
    for (const auto& [subject, definition] : wanted) {
        const auto now = found.find(subject);
        if (now == found.end()) {
            out.push_back(fmt::format("{} is missing: \"{}\"", subject, definition));
        } else if (now->second != definition) {
            out.push_back(fmt::format("{} is \"{}\" and should be \"{}\"", subject, now->second, definition));
        }
    }
    for (const auto& [subject, definition] : found) {
        if (!wanted.contains(subject)) {
            out.push_back(fmt::format("{} is new: \"{}\"", subject, definition));
        }
    }
    return out;
}

std::vector<std::string> unexpected(Session& session, const Blueprint& blueprint, Planner::Moment moment) {
    const Detail detail = detail_of(blueprint);
    session.run("SET LOCAL search_path = pg_catalog, pg_temp");
    const Cell oid = session.run("SELECT to_regclass($1)::oid", {detail.names.source}).only();
    if (!oid) {
        return {fmt::format("there is no table {}", detail.names.source)};
    }
    const Table table = read_table(session, std::stoll(*oid), our_triggers(moment, detail.names));
    const bool contracted = moment == Planner::Moment::finalized && !detail.image_final.empty();
    const CatalogImage& wanted = contracted             ? detail.image_final
                                 : shape_is_new(moment) ? detail.image_after
                                                        : detail.image_before;
    std::vector<std::string> out = differences(wanted, image_of(table));
    const bool ended = moment == Planner::Moment::finalized || moment == Planner::Moment::aborted;
    if (ended && blueprint.strategy == Strategy::shadow) {
        for (std::string& leftover : leftovers(session, detail.names)) {
            out.push_back(std::move(leftover));
        }
    }
    return out;
}

} // namespace turntable::postgresql
