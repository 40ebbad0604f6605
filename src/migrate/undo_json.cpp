#include <algorithm>

#include <nlohmann/json.hpp>

#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

using nlohmann::json;

UndoClass class_from(const std::string& word) {
    for (const UndoClass undo :
         {UndoClass::exact, UndoClass::stated, UndoClass::recoverable, UndoClass::lossy, UndoClass::none}) {
        if (to_string(undo) == word) {
            return undo;
        }
    }
    throw Error{ErrorKind::needs_repair, "unknown_inverse",
                "the history holds the class '" + word + "', which this version does not know"};
}

} // namespace

std::string_view to_string(UndoClass undo) {
    switch (undo) {
    case UndoClass::exact:
        return "exact";
    case UndoClass::stated:
        return "stated";
    case UndoClass::recoverable:
        return "recoverable";
    case UndoClass::lossy:
        return "lossy";
    case UndoClass::none:
        return "none";
    }
    check(false, "unknown UndoClass");
    return {};
}

std::string to_json(const std::vector<UndoStep>& steps) {
    json out = json::array();
    for (const UndoStep& step : steps) {
        out.push_back({{"class", to_string(step.undo)},
                       {"why", step.why},
                       {"ops", step.ops},
                       {"job", step.job},
                       {"source", step.source},
                       {"title", step.title}});
    }
    return out.dump();
}

std::vector<UndoStep> undo_from_json(const std::string& text) {
    std::vector<UndoStep> steps;
    try {
        for (const json& one : json::parse(text)) {
            steps.push_back({class_from(one.at("class").get<std::string>()), one.at("why"), one.at("ops"),
                             one.at("job"), one.at("source"), one.at("title")});
        }
    } catch (const json::exception& error) {
        throw Error{ErrorKind::needs_repair, "unreadable_inverse",
                    std::string{"the history holds a way back that cannot be read: "} + error.what()};
    }
    return steps;
}

UndoClass class_of(const std::vector<UndoStep>& steps) {
    UndoClass worst = UndoClass::exact;
    for (const UndoStep& step : steps) {
        worst = std::max(worst, step.undo);
    }
    return worst;
}

std::optional<std::string> window_until(const UndoStep& step, const std::vector<run::JobLine>& jobs) {
    const auto line = std::ranges::find_if(jobs, [&](const run::JobLine& job) {
        return !step.job.empty() && job.job == step.job && job.state == run::JobState::swapped &&
               job.revert_until;
    });
    return line == jobs.end() ? std::nullopt : line->revert_until;
}

WayBack way_back(const std::vector<UndoStep>& steps, const std::vector<run::JobLine>& jobs) {
    WayBack out;
    out.later = class_of(steps);
    for (const UndoStep& step : steps) {
        const std::optional<std::string> until = window_until(step, jobs);
        if (!until) {
            out.now = std::max(out.now, step.undo);
        } else if (step.undo != UndoClass::exact) {
            out.until = out.until.empty() ? *until : std::min(out.until, *until);
        }
    }
    if (out.now == out.later) {
        out.until.clear();
    }
    return out;
}

UndoWords words_of(const WayBack& way_back) {
    return {std::string{to_string(way_back.later)}, std::string{to_string(way_back.now)}, way_back.until};
}

} // namespace turntable::migrate
