#include "migrate/step_note.hpp"

#include <nlohmann/json.hpp>

namespace turntable::migrate {

using nlohmann::json;

std::string StepNote::text() const {
    json out{{"part", part}, {"statement", statement}, {"job", job}, {"rows", rows}};
    if (undo) {
        out["undo"] = to_json(std::vector{*undo});
    }
    if (before) {
        out["before"] = *before;
    }
    if (after) {
        out["after"] = *after;
    }
    if (upto) {
        out["upto"] = *upto;
    }
    return out.dump();
}

StepNote StepNote::from(const std::string& text) {
    StepNote note;
    if (text.empty()) {
        return note;
    }
    try {
        const json in = json::parse(text);
        note.part = in.at("part");
        note.statement = in.at("statement");
        note.job = in.at("job");
        note.rows = in.at("rows");
        if (in.contains("undo")) {
            note.undo = undo_from_json(in.at("undo").get<std::string>()).at(0);
        }
        if (in.contains("before")) {
            note.before = in.at("before").get<std::map<std::string, std::string>>();
        }
        if (in.contains("after")) {
            note.after = in.at("after").get<std::vector<std::string>>();
        }
        if (in.contains("upto")) {
            note.upto = in.at("upto").get<std::vector<std::string>>();
        }
    } catch (const json::exception& error) {
        throw Error{ErrorKind::needs_repair, "unreadable_note",
                    std::string{"the history holds a note that cannot be read: "} + error.what()};
    }
    return note;
}

} // namespace turntable::migrate
