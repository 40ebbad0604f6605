// status, history, verify, lock: nothing is changed and nobody is waited for.
#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/book.hpp"
#include "migrate/sum_file.hpp"
#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

const char* word_of(const MigrationFile* file) {
    if (file == nullptr || file->phase == DeployPhase::none) {
        return "";
    }
    return file->phase == DeployPhase::expand ? "expand" : "contract";
}

StatusLine status_line(const Line& line, OpenWindows& windows) {
    StatusLine out;
    out.version = line.version;
    out.slug = line.slug;
    out.file = line.file == nullptr ? "" : line.file->path;
    out.phase = word_of(line.file);
    out.standing = line.standing;
    out.edited = line.edited;
    out.out_of_order = line.out_of_order;
    out.missing = line.file == nullptr;
    if (line.row != nullptr) {
        out.applied_ms = line.row->finished_ms;
        out.error = line.row->error;
        out.who = line.row->who;
        out.steps = line.row->steps;
        out.steps_done = line.row->steps_done;
        out.undo = undo_words(undo_from_json(line.row->inverse), windows);
    }
    return out;
}

} // namespace

Status status(const Env& env, const std::string& folder) {
    const Book book{env, folder};
    OpenWindows windows{env.engine()};
    Status out;
    for (const Line& line : book.lines()) {
        out.lines.push_back(status_line(line, windows));
        switch (line.standing) {
        case Standing::applied:
            ++out.applied;
            out.current = line.version;
            break;
        case Standing::pending:
            ++out.pending;
            break;
        case Standing::unfinished:
            ++out.unfinished;
            break;
        }
    }
    return out;
}

std::vector<Event> history(const Env& env) {
    const Store store{env.engine()};
    const auto session = env.engine().open(SessionUse::plain);
    return store.exists(*session) ? store.events(*session) : std::vector<Event>{};
}

std::map<std::string, std::string> applied_checksums(const Env& env) {
    const Store store{env.engine()};
    const auto session = env.engine().open(SessionUse::plain);
    std::map<std::string, std::string> out;
    for (const HistoryRow& row : store.exists(*session) ? store.rows(*session) : std::vector<HistoryRow>{}) {
        if (row.state == RowState::applied) {
            out.emplace(row.version, row.checksum);
        }
    }
    return out;
}

std::vector<std::string> verify(const Env& env, const std::string& folder) {
    const Book book{env, folder};
    std::vector<std::string> findings = sum_differences(folder, book.files());
    for (const Line& line : book.lines()) {
        const std::string name = line.version + "_" + line.slug;
        if (line.edited) {
            findings.push_back(name + " was edited after it was applied");
        }
        if (line.file == nullptr) {
            findings.push_back(name + " is applied, and its file is not here");
        }
        if (line.out_of_order) {
            findings.push_back(name + " is pending and older than migrations that are applied");
        }
        if (line.standing == Standing::unfinished) {
            findings.push_back(fmt::format("{} is unfinished: {} of {} steps are applied", name,
                                           line.row->steps_done, line.row->steps));
        }
    }
    return findings;
}

LeaseHolder lock_state(const Env& env) {
    const Store store{env.engine()};
    const auto session = env.engine().open(SessionUse::plain);
    return store.exists(*session) ? lease_holder(store, *session) : LeaseHolder{};
}

void release_lock(const Env& env) {
    const Store store{env.engine()};
    const auto session = env.engine().open(SessionUse::plain);
    if (store.exists(*session)) {
        release_lease(store, *session);
    }
}

} // namespace turntable::migrate
