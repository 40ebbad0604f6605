#include "run/journal.hpp"

#include <chrono>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "run/row_reader.hpp"

namespace turntable::run {
namespace {

std::int64_t now_ms() {
    return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Error fenced(const std::string& job) {
    return Error{ErrorKind::stopped, "fenced", "another process has taken over job " + job}
        .left("nothing: the other process goes on")
        .next("follow it with `turntable jobs`");
}

constexpr std::string_view job_columns =
    "j.job_id, j.source_key, j.engine, j.job_state, j.blueprint, j.settings, "
    "j.origin, j.state, j.created_ms, j.updated_ms, j.revert_until_ms, o.epoch";

JobRecord record_from(const std::vector<Cell>& cells) {
    RowReader read{cells};
    JobRecord record;
    record.job = read.text();
    record.source_key = read.text();
    record.engine = read.text();
    record.job_state = read.text();
    record.blueprint = blueprint_from_json(read.text());
    record.settings = settings_from_json(read.text());
    record.origin = read.text();
    record.state = state_from_json(read.text());
    record.created_ms = read.integer();
    record.updated_ms = read.integer();
    record.revert_until_ms = read.integer();
    record.epoch = read.integer();
    return record;
}

} // namespace

std::optional<std::string> Journal::holder(Session& session, const std::string& source_key) const {
    const auto found =
        session.run(fmt::format("SELECT job_id FROM {} WHERE source_key = ?", table("target")), {source_key});
    return found.rows.empty() ? std::nullopt : std::optional{found.rows.front().front().value()};
}

void Journal::create(Session& session, const JobRecord& record, const std::string& host) const {
    try {
        Transaction transaction{session, TxMode::write};
        session.run(fmt::format("INSERT INTO {} (source_key, job_id) VALUES (?, ?)", table("target")),
                    {record.source_key, record.job});
        session.run(
            fmt::format("INSERT INTO {} (job_id, source_key, engine, job_state, blueprint, settings, origin, "
                        "state, created_ms, updated_ms, revert_until_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                        table("job")),
            {record.job, record.source_key, record.engine, record.job_state,
             turntable::to_json(record.blueprint), to_json(record.settings), record.origin,
             to_json(record.state), now_ms(), now_ms(), record.revert_until_ms});
        session.run(fmt::format("INSERT INTO {} (job_id, epoch, host) VALUES (?, ?, ?)", table("owner")),
                    {record.job, record.epoch, host});
        session.run(
            fmt::format("INSERT INTO {} (job_id, epoch, beats, at_ms, progress) VALUES (?, ?, 0, ?, '{{}}')",
                        table("heartbeat")),
            {record.job, record.epoch, now_ms()});
        session.run(fmt::format("INSERT INTO {} (job_id, paused, cutover, abort_asked, revision, overrides) "
                                "VALUES (?, 0, 0, 0, 0, '{{}}')",
                                table("control")),
                    {record.job});
        transaction.commit();
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::unique_violation) {
            throw;
        }
        const std::string other = holder(session, record.source_key).value_or("that has just ended");
        throw Error{ErrorKind::busy, "another_job",
                    fmt::format("table {} is held by job {}", record.source_key, other)}
            .next("see `turntable jobs`; finish it with `turntable finalize` or `turntable abort`");
    }
}

JobRecord Journal::load(Session& session, const std::string& job) const {
    if (exists(session)) {
        const auto found =
            session.run(fmt::format("SELECT {} FROM {} j JOIN {} o ON o.job_id = j.job_id WHERE j.job_id = ?",
                                    job_columns, table("job"), table("owner")),
                        {job});
        if (!found.rows.empty()) {
            return record_from(found.rows.front());
        }
    }
    throw Error{ErrorKind::usage, "unknown_job", "no job " + job + " in this database"}.next(
        "list them with `turntable jobs`");
}

std::vector<JobRecord> Journal::all(Session& session) const {
    std::vector<JobRecord> records;
    const auto found = session.run(fmt::format("SELECT {} FROM {} j JOIN {} o ON o.job_id = j.job_id "
                                               "ORDER BY j.created_ms DESC, j.job_id",
                                               job_columns, table("job"), table("owner")));
    for (const auto& row : found.rows) {
        records.push_back(record_from(row));
    }
    return records;
}

void Journal::save_within(Session& session, const JobRecord& record) const {
    fence(session, record.job, record.epoch);
    session.run(
        fmt::format("UPDATE {} SET job_state = ?, settings = ?, origin = ?, state = ?, updated_ms = ?, "
                    "revert_until_ms = ? WHERE job_id = ?",
                    table("job")),
        {record.job_state, to_json(record.settings), record.origin, to_json(record.state), now_ms(),
         record.revert_until_ms, record.job});
}

void Journal::save(Session& session, const JobRecord& record) const {
    Transaction transaction{session, TxMode::write};
    save_within(session, record);
    transaction.commit();
}

std::int64_t Journal::take_over(Session& session, const std::string& job, std::int64_t epoch,
                                const std::string& host) const {
    dialect_.end_orphans(session, job);
    Transaction transaction{session, TxMode::write};
    const auto raised = session.run(
        fmt::format("UPDATE {} SET epoch = ?, host = ? WHERE job_id = ? AND epoch = ?", table("owner")),
        {epoch + 1, host, job, epoch});
    if (raised.affected != 1) {
        throw Error{ErrorKind::busy, "taken_over",
                    "another process took over job " + job + " at the same time"};
    }
    session.run(fmt::format("UPDATE {} SET epoch = ?, at_ms = ? WHERE job_id = ?", table("heartbeat")),
                {epoch + 1, now_ms(), job});
    session.run(fmt::format("UPDATE {} SET paused = 0, abort_asked = 0 WHERE job_id = ?", table("control")),
                {job});
    transaction.commit();
    return epoch + 1;
}

void Journal::fence(Session& session, const std::string& job, std::int64_t epoch) const {
    const auto found = session.run(
        fmt::format("SELECT epoch FROM {} WHERE job_id = ? {}", table("owner"), dialect_.share_lock()),
        {job});
    if (found.rows.empty() || RowReader{found.rows.front()}.integer() != epoch) {
        throw fenced(job);
    }
}

void Journal::free_target(Session& session, const std::string& job) const {
    session.run(fmt::format("DELETE FROM {} WHERE job_id = ?", table("target")), {job});
}

bool Journal::beat(Session& session, const std::string& job, std::int64_t epoch, std::int64_t at_ms,
                   const std::string& progress) const {
    const auto beaten =
        session.run(fmt::format("UPDATE {} SET beats = beats + 1, at_ms = ?, progress = ? WHERE job_id = ? "
                                "AND epoch = ?",
                                table("heartbeat")),
                    {at_ms, progress, job, epoch});
    return beaten.affected == 1;
}

void Journal::release(Session& session, const std::string& job, std::int64_t epoch) const {
    session.run(fmt::format("UPDATE {} SET at_ms = 0 WHERE job_id = ? AND epoch = ?", table("heartbeat")),
                {job, epoch});
}

Beat Journal::last_beat(Session& session, const std::string& job) const {
    const auto found = session.run(
        fmt::format("SELECT beats, at_ms, progress FROM {} WHERE job_id = ?", table("heartbeat")), {job});
    if (found.rows.empty()) {
        return {};
    }
    RowReader read{found.rows.front()};
    return {read.integer(), read.integer(), read.text()};
}

ControlRow Journal::control(Session& session, const std::string& job) const {
    const auto found = session.run(
        fmt::format("SELECT paused, cutover, abort_asked, revision, overrides FROM {} WHERE job_id = ?",
                    table("control")),
        {job});
    check(!found.rows.empty(), "a job without its control row");
    RowReader read{found.rows.front()};
    return {read.truth(), read.truth(), read.truth(), read.integer(), read.text()};
}

void Journal::send(Session& session, const std::string& job, Message message) const {
    const auto assignment = [&]() -> std::string_view {
        switch (message) {
        case Message::pause:
            return "paused = 1";
        case Message::unpause:
            return "paused = 0";
        case Message::cutover:
            return "cutover = 1";
        case Message::abort:
            return "abort_asked = 1";
        }
        check(false, "unknown Message");
        return {};
    }();
    session.run(fmt::format("UPDATE {} SET {} WHERE job_id = ?", table("control"), assignment), {job});
}

void Journal::override_setting(Session& session, const std::string& job, const std::string& key,
                               const std::string& value) const {
    Transaction transaction{session, TxMode::write};
    // The row is locked by an update first, so that two who set at once both get in.
    session.run(fmt::format("UPDATE {} SET revision = revision + 1 WHERE job_id = ?", table("control")),
                {job});
    auto overrides = nlohmann::json::parse(control(session, job).overrides);
    overrides[key] = value;
    session.run(fmt::format("UPDATE {} SET overrides = ? WHERE job_id = ?", table("control")),
                {overrides.dump(), job});
    transaction.commit();
}

} // namespace turntable::run
