// The journal's tables. Additions keep the names: any host's version may read what another one wrote.
#include <fmt/core.h>

#include "run/journal.hpp"

namespace turntable::run {

void Journal::create_tables(Session& session) const {
    const auto integer = dialect_.integer_type();
    const auto text = dialect_.text_type();
    const auto key = dialect_.key_text_type();
    const auto create = [&](std::string_view name, const std::string& columns) {
        session.run(fmt::format("CREATE TABLE IF NOT EXISTS {} ({}){}", table(name), columns,
                                dialect_.table_options()));
    };
    create("target", fmt::format("source_key {0} NOT NULL PRIMARY KEY, job_id {0} NOT NULL", key));
    create("owner", fmt::format("job_id {0} NOT NULL PRIMARY KEY, epoch {1} NOT NULL, host {2} NOT NULL", key,
                                integer, text));
    create("heartbeat",
           fmt::format("job_id {0} NOT NULL PRIMARY KEY, epoch {1} NOT NULL, beats {1} NOT NULL, "
                       "at_ms {1} NOT NULL, progress {2} NOT NULL",
                       key, integer, text));
    create("control",
           fmt::format("job_id {0} NOT NULL PRIMARY KEY, paused {1} NOT NULL, cutover {1} NOT NULL, "
                       "abort_asked {1} NOT NULL, revision {1} NOT NULL, overrides {2} NOT NULL",
                       key, integer, text));
    create("chunk", fmt::format("job_id {0} NOT NULL, pass_no {1} NOT NULL, chunk_no {1} NOT NULL, "
                                "lower_bound {2} NOT NULL, upper_bound {2} NOT NULL, copied {1} NOT NULL, "
                                "row_count {1} NOT NULL, logged_count {1} NOT NULL, "
                                "PRIMARY KEY (job_id, pass_no, chunk_no)",
                                key, integer, text));
    // Last: the dialect takes this table for the sign that all of them are there.
    create("job",
           fmt::format("job_id {0} NOT NULL PRIMARY KEY, source_key {0} NOT NULL, engine {0} NOT NULL, "
                       "job_state {0} NOT NULL, blueprint {1} NOT NULL, settings {1} NOT NULL, "
                       "origin {1} NOT NULL, state {1} NOT NULL, created_ms {2} NOT NULL, "
                       "updated_ms {2} NOT NULL, revert_until_ms {2} NOT NULL",
                       key, text, integer));
}

void Journal::ensure(Session& session) const {
    if (dialect_.exists(session)) {
        return;
    }
    constexpr int tries =
        3; // two that create at once clash on the catalogue; the loser finds everything there
    for (int attempt = 1;; ++attempt) {
        try {
            for (const std::string& sql : dialect_.prologue()) {
                session.run(sql);
            }
            create_tables(session);
            return;
        } catch (const DatabaseError& error) {
            const bool may_be_race = error.kind() == DatabaseErrorKind::unique_violation ||
                                     error.kind() == DatabaseErrorKind::transient ||
                                     error.kind() == DatabaseErrorKind::permanent;
            if (attempt == tries || !may_be_race) {
                throw;
            }
        }
    }
}

} // namespace turntable::run
