#include "window_check.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "capture.hpp"
#include "cascades.hpp"
#include "catalog.hpp"
#include "create_text.hpp"
#include "foreign_keys.hpp"
#include "inbound_keys.hpp"
#include "keep.hpp"
#include "swap_ids.hpp"
#include "user_triggers.hpp"

namespace turntable::mysql {
namespace {

std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        lines.insert(line.substr(std::min(line.find_first_not_of(' '), line.size())));
    }
    return lines;
}

// "new: …; gone: …": the lines that differ; the order of the columns alone shows in none.
std::string differences(const std::string& now, const std::string& then) {
    const std::set<std::string> found = lines_of(now), wanted = lines_of(then);
    std::vector<std::string> added, gone;
    std::ranges::set_difference(found, wanted, std::back_inserter(added));
    std::ranges::set_difference(wanted, found, std::back_inserter(gone));
    if (added.empty() && gone.empty()) {
        return "the order of its columns";
    }
    std::string out;
    for (const auto& [word, lines] : {std::pair{"new", &added}, {"gone", &gone}}) {
        if (!lines->empty()) {
            out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", word, fmt::join(*lines, ", "));
        }
    }
    return out;
}

std::vector<CaptureTrigger> triggers_of_the_window(const Blueprint& blueprint, const Detail& detail) {
    std::vector<CaptureTrigger> triggers = keep_triggers(blueprint, detail);
    std::ranges::move(capture_triggers(blueprint, detail, Direction::back), std::back_inserter(triggers));
    return triggers;
}

// MySQL 9.7 shows the body of a trigger wrongly where a name in it has a doubled quote: `a``b` as `aa`b``.
// Then only the names are compared.
bool bodies_are_shown(const std::vector<CaptureTrigger>& triggers) {
    return std::ranges::all_of(triggers, [](const CaptureTrigger& trigger) {
        return trigger.create.sql.find("``") == std::string::npos;
    });
}

// How the server shows the triggers of the reverse capture, and no other: name, then what each does.
std::vector<std::string> wanted_triggers(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> wanted;
    const std::vector<CaptureTrigger> triggers = triggers_of_the_window(blueprint, detail);
    const bool with_body = bodies_are_shown(triggers);
    for (const CaptureTrigger& trigger : triggers) {
        const std::string& create = trigger.create.sql;
        constexpr std::string_view start = " FOR EACH ROW ";
        const std::string body = create.substr(create.find(start) + start.size());
        wanted.push_back(trigger.name + "|" + (with_body ? body : ""));
    }
    std::ranges::sort(wanted);
    return wanted;
}

std::vector<std::string> triggers_on(Session& session, const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> found;
    const bool with_body = bodies_are_shown(triggers_of_the_window(blueprint, detail));
    const ResultSet result =
        session.run("SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE "
                    "EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?",
                    {blueprint.source.schema, blueprint.source.name});
    for (const auto& row : result.rows) {
        found.push_back(row[0].value_or("") + "|" + (with_body ? row[1].value_or("") : ""));
    }
    std::ranges::sort(found);
    return found;
}

DriftReport altered(const Blueprint& blueprint, const std::string& what) {
    return {Drift::stop, blueprint.source.display() + " was altered since the swap: " + what};
}

} // namespace

DriftReport window_drift(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const std::string& name = blueprint.source.name;
    if (!table_exists(session, blueprint.source.schema, name)) {
        return {Drift::stop, blueprint.source.display() + " is not the table that the swap put there"};
    }
    const std::string create = create_text(session, blueprint.source.schema, name);
    const std::string now = without_comments(normalised(create, name));
    const std::string then = without_comments(detail.target_text);
    if (now != then) {
        return altered(blueprint, differences(now, then));
    }
    const std::string keys = foreign_keys_text(create, false);
    const std::string keys_then = foreign_keys_text(detail.source_text, false);
    if (keys != keys_then) {
        return altered(blueprint, differences(keys, keys_then));
    }
    const std::vector<std::string> triggers = triggers_on(session, blueprint, detail);
    const std::vector<std::string> ours = wanted_triggers(blueprint, detail);
    if (!std::ranges::includes(triggers, ours)) {
        return {Drift::stop, "the triggers on " + blueprint.source.display() +
                                 " were dropped or changed since the swap: writes may be missing"};
    }
    const std::string users = user_triggers_text(session, blueprint, detail, name);
    if (const std::string users_then = user_triggers_text(detail); users != users_then) {
        return altered(blueprint, "its triggers: " + differences(users, users_then));
    }
    if (const std::string gap = cascade_gap(session, blueprint, detail, Direction::back); !gap.empty()) {
        return {Drift::stop, gap + ": changes that arrived through foreign keys may be missing"};
    }
    const bool referred_to = is_referred_to(session, detail.kind, blueprint.source.schema, name);
    const std::string inbound = referred_to ? inbound_text(session, blueprint, detail) : "";
    if (inbound != detail.inbound_text) {
        return altered(blueprint,
                       "the foreign keys that refer to it: " + differences(inbound, detail.inbound_text));
    }
    return replaced_since_swap(session, blueprint, detail);
}

DriftReport window_drift_online(Session& session, const Blueprint& blueprint, const Detail& detail) {
    return window_drift(session, blueprint, detail);
}

} // namespace turntable::mysql
