// The tables of the history. Additions keep the names: any version may read what another one wrote.
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "migrate/store.hpp"

namespace turntable::migrate {

void Store::create_all(Session& session) const {
    const auto integer = journal_.integer_type();
    const auto text = journal_.text_type();
    const auto key = journal_.key_text_type();
    const auto create = [&](std::string_view name, const std::string& columns) {
        session.run(fmt::format("CREATE TABLE IF NOT EXISTS {} ({}){}", table(name), columns,
                                journal_.table_options()));
    };
    create(
        "migration",
        fmt::format("version {0} NOT NULL PRIMARY KEY, slug {0} NOT NULL, file_name {1} NOT NULL, "
                    "state {0} NOT NULL, checksum {1} NOT NULL, applied_text {1} NOT NULL, inverse {1} NOT "
                    "NULL, steps {2} NOT NULL, steps_done {2} NOT NULL, step_note {1} NOT NULL, error_text "
                    "{1} NOT NULL, row_count {2} NOT NULL, started_ms {2} NOT NULL, finished_ms {2} NOT "
                    "NULL, done_by {1} NOT NULL, done_on {1} NOT NULL",
                    key, text, integer));
    create(
        "migration_event",
        fmt::format("id {2} NOT NULL PRIMARY KEY, version {0} NOT NULL, action {0} NOT NULL, result {0} NOT "
                    "NULL, done_by {1} NOT NULL, done_on {1} NOT NULL, detail {1} NOT NULL, at_ms {2} NOT "
                    "NULL, duration_ms {2} NOT NULL, row_count {2} NOT NULL",
                    key, text, integer));
    create("migration_aside",
           fmt::format(
               "name {0} NOT NULL PRIMARY KEY, original {0} NOT NULL, version {0} NOT NULL, back {1} NOT "
               "NULL, gone {1} NOT NULL, due_ms {2} NOT NULL",
               key, text, integer));
    create(
        "migration_beat",
        fmt::format("name {0} NOT NULL PRIMARY KEY, beats {1} NOT NULL, at_ms {1} NOT NULL", key, integer));
    create_schema_record(session);
    create_view(session);
    // Last: exists() takes this table for the sign that all of them are there.
    create(
        "migration_lease",
        fmt::format("name {0} NOT NULL PRIMARY KEY, epoch {1} NOT NULL, holder {2} NOT NULL, done_by {2} NOT "
                    "NULL, since_ms {1} NOT NULL, purpose {2} NOT NULL",
                    key, integer, text));
}

// schema_record.hpp
void Store::create_schema_record(Session& session) const {
    session.run(fmt::format("CREATE TABLE IF NOT EXISTS {0} (id {1} NOT NULL PRIMARY KEY, kind {1} NOT NULL, "
                            "name {2} NOT NULL, body {2}, held {3} NOT NULL, found {2}){4}",
                            table("migration_schema"), journal_.key_text_type(), journal_.text_type(),
                            journal_.integer_type(), journal_.table_options()));
}

bool Store::has_schema_record(Session& session) const {
    return has_table(session, "migration_schema");
}

// What an application asks at its start; docs/migrations.md.
void Store::create_view(Session& session) const {
    const std::string migration = table("migration");
    const std::string body = fmt::format(
        "SELECT m.version, m.slug, m.finished_ms AS applied_ms, m.checksum, (SELECT count(*) FROM {0} AS a "
        "WHERE "
        "a.state = 'applied') AS applied_count, CASE WHEN EXISTS (SELECT 1 FROM {0} AS b WHERE b.state IN "
        "('applying', 'reverting')) THEN 'unfinished' ELSE 'clean' END AS state FROM {0} AS m WHERE "
        "m.version = "
        "(SELECT max(c.version) FROM {0} AS c WHERE c.state = 'applied')",
        migration);
    try {
        session.run(fmt::format("CREATE VIEW {} AS {}", schema_.current_view(), body));
    } catch (const DatabaseError&) {
        // There already, or nobody has it: the next look tells which.
        static_cast<void>(session.run("SELECT version FROM " + schema_.current_view()));
    }
}

bool Store::exists(Session& session) const {
    return has_table(session, "migration_lease");
}

bool Store::has_table(Session& session, std::string_view name) const {
    try {
        static_cast<void>(session.run(fmt::format("SELECT count(*) FROM {}", table(name))));
        return true;
    } catch (const DatabaseError& error) {
        if (error.kind() == DatabaseErrorKind::no_such_object) {
            return false;
        }
        throw;
    }
}

void Store::ensure(Session& session) const {
    if (exists(session)) {
        // A history that an earlier version began has no record of the schema.
        if (!has_schema_record(session)) {
            create_schema_record(session);
        }
        return;
    }
    // Several that create at once clash on the catalogue, once for each object at the most; the losers find
    // it all there a moment later. What cannot be such a clash is tried a few times only.
    constexpr int clashes_max = 200;
    constexpr int others_max = 5;
    constexpr std::chrono::milliseconds pause{20};
    for (int attempt = 1;; ++attempt) {
        try {
            for (const std::string& sql : journal_.prologue()) {
                session.run(sql);
            }
            create_all(session);
            return;
        } catch (const DatabaseError& error) {
            const bool clash = error.kind() == DatabaseErrorKind::unique_violation ||
                               error.kind() == DatabaseErrorKind::transient ||
                               error.kind() == DatabaseErrorKind::lock_timeout;
            const bool may_be_race = clash || error.kind() == DatabaseErrorKind::no_such_object ||
                                     error.kind() == DatabaseErrorKind::permanent;
            if (!may_be_race || attempt == (clash ? clashes_max : others_max)) {
                throw;
            }
            std::this_thread::sleep_for(pause);
        }
    }
}

} // namespace turntable::migrate
