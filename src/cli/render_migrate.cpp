#include "cli/render_migrate.hpp"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "cli/json_text.hpp"

namespace turntable::cli {
namespace {

std::string time_text(std::int64_t ms) {
    return ms == 0 ? ""
                   : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

Json time_json(std::int64_t ms) {
    return ms == 0 ? Json(nullptr) : Json(time_text(ms));
}

std::string flags_of(const migrate::StatusLine& line) {
    std::string flags;
    const auto add = [&flags](const std::string& word) { flags += (flags.empty() ? "" : ", ") + word; };
    if (line.edited) {
        add("edited after it was applied");
    }
    if (line.missing) {
        add("its file is not here");
    }
    if (line.out_of_order) {
        add("older than what is applied");
    }
    if (line.standing == migrate::Standing::unfinished) {
        add(fmt::format("{} of {} steps", line.steps_done, line.steps));
    }
    if (!line.error.empty()) {
        add(line.error);
    }
    return flags;
}

std::string undo_text(const migrate::UndoWords& undo) {
    return undo.until.empty() ? undo.later
                              : fmt::format("{} until {}, then {}", undo.now, undo.until, undo.later);
}

Json word_json(const std::string& word) {
    return word.empty() ? Json(nullptr) : Json(word);
}

Json statement_json(const Statement& statement) {
    return {{"sql", statement.sql}, {"purpose", statement.purpose}, {"blocks", to_string(statement.blocks)}};
}

} // namespace

std::string run_text(const migrate::RunResult& result) {
    std::string out;
    for (const migrate::Done& done : result.done) {
        out += fmt::format("{:<5}{}_{}  {} ms{}{}\n", done.action, done.version, done.slug, done.milliseconds,
                           done.rows > 0 ? fmt::format(", {} rows", grouped(done.rows)) : "",
                           done.undo.later.empty() ? "" : ", way back: " + undo_text(done.undo));
    }
    if (result.done.empty()) {
        out += "nothing to do\n";
    }
    if (!result.backup.empty()) {
        out += fmt::format("backup before it: {}\n", result.backup);
    }
    out +=
        fmt::format("at {}, {} pending\n", result.current.empty() ? "base" : result.current, result.pending);
    return out;
}

std::string run_json(const migrate::RunResult& result) {
    Json migrations = Json::array();
    for (const migrate::Done& done : result.done) {
        migrations.push_back({{"version", done.version},
                              {"slug", done.slug},
                              {"action", done.action},
                              {"undo", word_json(done.undo.later)},
                              {"undo_now", word_json(done.undo.now)},
                              {"undo_until", word_json(done.undo.until)},
                              {"milliseconds", done.milliseconds},
                              {"rows", done.rows}});
    }
    return dumped({{"done", std::move(migrations)},
                   {"current", word_json(result.current)},
                   {"pending", result.pending},
                   {"backup", word_json(result.backup)}});
}

std::string status_text(const migrate::Status& status) {
    std::string out;
    for (const migrate::StatusLine& line : status.lines) {
        out += fmt::format("{:<11} {}_{}", to_string(line.standing), line.version, line.slug);
        if (line.standing == migrate::Standing::applied) {
            out += fmt::format("  {}  way back: {}", time_text(line.applied_ms), undo_text(line.undo));
        }
        const std::string flags = flags_of(line);
        out += flags.empty() ? "\n" : fmt::format("  ({})\n", flags);
    }
    out += fmt::format("{} applied, {} pending, {} unfinished; at {}\n", status.applied, status.pending,
                       status.unfinished, status.current.empty() ? "base" : status.current);
    return out;
}

std::string status_json(const migrate::Status& status) {
    Json lines = Json::array();
    for (const migrate::StatusLine& line : status.lines) {
        const bool known = line.standing != migrate::Standing::pending;
        lines.push_back({{"version", line.version},
                         {"slug", line.slug},
                         {"state", to_string(line.standing)},
                         {"file", line.missing ? Json(nullptr) : Json(line.file)},
                         {"phase", word_json(line.phase)},
                         {"applied_at", known ? time_json(line.applied_ms) : Json(nullptr)},
                         {"by", known ? Json(line.who) : Json(nullptr)},
                         {"undo", word_json(line.undo.later)},
                         {"undo_now", word_json(line.undo.now)},
                         {"undo_until", word_json(line.undo.until)},
                         {"steps", line.steps},
                         {"steps_done", line.steps_done},
                         {"edited", line.edited},
                         {"missing", line.missing},
                         {"out_of_order", line.out_of_order},
                         {"error", word_json(line.error)}});
    }
    return dumped({{"current", word_json(status.current)},
                   {"applied", status.applied},
                   {"pending", status.pending},
                   {"unfinished", status.unfinished},
                   {"migrations", std::move(lines)}});
}

std::string history_text(const std::vector<migrate::Event>& events) {
    std::string out;
    for (const migrate::Event& event : events) {
        out += fmt::format("{}  {:<9}{:<7}{}  by {} on {}  {} ms{}\n", time_text(event.at_ms), event.action,
                           event.result, event.version, event.who, event.host, event.duration_ms,
                           event.detail.empty() ? "" : "  " + event.detail);
    }
    return out.empty() ? "nothing was migrated yet\n" : out;
}

std::string history_json(const std::vector<migrate::Event>& events) {
    Json out = Json::array();
    for (const migrate::Event& event : events) {
        out.push_back({{"id", event.id},
                       {"at", time_json(event.at_ms)},
                       {"version", event.version},
                       {"action", event.action},
                       {"result", event.result},
                       {"by", event.who},
                       {"host", event.host},
                       {"milliseconds", event.duration_ms},
                       {"rows", event.rows},
                       {"detail", event.detail}});
    }
    return dumped(out);
}

std::string findings_text(const std::vector<std::string>& findings) {
    std::string out;
    for (const std::string& finding : findings) {
        out += finding + "\n";
    }
    return out.empty() ? "files, integrity file and history agree\n" : out;
}

std::string findings_json(const std::vector<std::string>& findings) {
    return dumped({{"findings", findings}});
}

std::string lock_text(const migrate::LeaseHolder& holder) {
    if (holder.holder.empty()) {
        return "nobody is migrating this database\n";
    }
    return fmt::format("{} ({}) is migrating this database since {}: {}; last beat {}\n", holder.holder,
                       holder.who, time_text(holder.since_ms), holder.purpose, time_text(holder.at_ms));
}

std::string lock_json(const migrate::LeaseHolder& holder) {
    if (holder.holder.empty()) {
        return dumped({{"holder", nullptr}});
    }
    return dumped({{"holder", holder.holder},
                   {"by", holder.who},
                   {"purpose", holder.purpose},
                   {"since", time_json(holder.since_ms)},
                   {"last_beat", time_json(holder.at_ms)}});
}

std::string migrations_text(const std::vector<migrate::PlannedMigration>& plan, std::string_view command) {
    std::string out;
    for (const migrate::PlannedMigration& migration : plan) {
        out += fmt::format("{}_{}{}\n", migration.version, migration.slug,
                           migration.description.empty() ? "" : ": " + migration.description);
        for (const std::string& line :
             {migration.docs.empty() ? "" : "see " + migration.docs,
              migration.manual.empty() ? "" : "by hand before it: " + migration.manual,
              migration.refusal.empty() ? "" : "`up` stops here: " + migration.refusal}) {
            out += line.empty() ? "" : "  " + line + "\n";
        }
        for (const migrate::PlannedStep& step : migration.steps) {
            out += fmt::format("  {}{}{}{}\n", step.title,
                               step.strategy.empty() ? "" : " [" + step.strategy + "]",
                               step.reason.empty() ? "" : ": " + step.reason,
                               step.undo.empty() ? "" : "; way back: " + step.undo);
            for (const Statement& statement : step.statements) {
                out += fmt::format("    {} -- {}\n", statement.sql, to_string(statement.blocks));
            }
        }
    }
    return out.empty() ? "nothing to do\n"
                       : out + fmt::format("\nnothing has been changed; `turntable {}` does it\n", command);
}

std::string migrations_json(const std::vector<migrate::PlannedMigration>& plan) {
    Json out = Json::array();
    for (const migrate::PlannedMigration& migration : plan) {
        Json steps = Json::array();
        for (const migrate::PlannedStep& step : migration.steps) {
            Json statements = Json::array();
            for (const Statement& statement : step.statements) {
                statements.push_back(statement_json(statement));
            }
            steps.push_back({{"title", step.title},
                             {"strategy", step.strategy},
                             {"reason", step.reason},
                             {"undo", word_json(step.undo)},
                             {"statements", std::move(statements)}});
        }
        out.push_back({{"version", migration.version},
                       {"slug", migration.slug},
                       {"description", migration.description},
                       {"docs", migration.docs},
                       {"manual", migration.manual},
                       {"phase", migration.phase},
                       {"refusal", word_json(migration.refusal)},
                       {"steps", std::move(steps)}});
    }
    return dumped({{"migrations", std::move(out)}});
}

std::string rehearsal_text(const migrate::Rehearsal& rehearsal) {
    std::string out;
    for (const migrate::RehearsalLine& line : rehearsal.lines) {
        const char* const end = !line.taken_back        ? "up (no way back)"
                                : line.findings.empty() ? "up, down, up"
                                                        : "DIFFERS";
        out += fmt::format("{}_{}  {}; way back: {}\n", line.version, line.slug, end, line.undo);
        for (const std::string& finding : line.findings) {
            out += "  " + finding + "\n";
        }
    }
    for (const std::string& finding : rehearsal.findings) {
        out += "DIFFERS  " + finding + "\n";
    }
    return out.empty() ? "there are no migrations\n" : out;
}

std::string rehearsal_json(const migrate::Rehearsal& rehearsal) {
    Json out = Json::array();
    for (const migrate::RehearsalLine& line : rehearsal.lines) {
        out.push_back({{"version", line.version},
                       {"slug", line.slug},
                       {"undo", line.undo},
                       {"taken_back", line.taken_back},
                       {"findings", line.findings}});
    }
    return dumped({{"migrations", std::move(out)}, {"findings", rehearsal.findings}});
}

} // namespace turntable::cli
