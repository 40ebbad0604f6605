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

std::optional<std::string> OpenWindows::until(const UndoStep& step) {
    if (step.job.empty()) {
        return std::nullopt;
    }
    if (!jobs_) {
        jobs_ = run::jobs(engine_);
    }
    const auto line = std::ranges::find_if(*jobs_, [&](const run::JobLine& job) {
        return job.job == step.job && job.state == run::JobState::swapped && job.revert_until;
    });
    return line == jobs_->end() ? std::nullopt : line->revert_until;
}

UndoWords undo_words(const std::vector<UndoStep>& steps, OpenWindows& windows) {
    const UndoClass later = class_of(steps);
    UndoClass now = UndoClass::exact;
    std::string first_end;
    for (const UndoStep& step : steps) {
        const std::optional<std::string> until = windows.until(step);
        if (!until) {
            now = std::max(now, step.undo);
        } else if (step.undo != UndoClass::exact) {
            first_end = first_end.empty() ? *until : std::min(first_end, *until);
        }
    }
    return {std::string{to_string(later)}, std::string{to_string(now)}, now == later ? "" : first_end};
}

} // namespace turntable::migrate
