// What the driver does when a database or the work itself fails. Known not to have happened: try again.
// Connection lost: connect again and look. Not to be mended here: undo before the swap, stop after it.
#include <fmt/core.h>

#include "run/driver.hpp"

namespace turntable::run {
namespace {

constexpr control::RetryBudget transient_budget{100, Millis{300'000}};
// A restarting server is waited for; a job in a maintenance window must survive it.
constexpr control::RetryBudget reconnect_budget{0, Millis{60'000}};

int exit_of(DatabaseErrorKind kind) {
    switch (kind) {
    case DatabaseErrorKind::privilege:
    case DatabaseErrorKind::connect_failed:
    case DatabaseErrorKind::lost_connection:
        return static_cast<int>(ErrorKind::connection);
    case DatabaseErrorKind::read_only:
    case DatabaseErrorKind::disk_full:
        return static_cast<int>(ErrorKind::refused);
    case DatabaseErrorKind::transient:
    case DatabaseErrorKind::lock_timeout:
    case DatabaseErrorKind::cancelled:
        return static_cast<int>(ErrorKind::busy);
    case DatabaseErrorKind::bad_value:
    case DatabaseErrorKind::unique_violation:
        return static_cast<int>(ErrorKind::negative);
    case DatabaseErrorKind::outcome_unknown:
    case DatabaseErrorKind::no_such_object:
    case DatabaseErrorKind::permanent:
        return static_cast<int>(ErrorKind::failed);
    }
    check(false, "unknown DatabaseErrorKind");
    return 1;
}

} // namespace

std::optional<RunEnd> Driver::database_trouble(const DatabaseError& error) {
    switch (error.kind()) {
    case DatabaseErrorKind::transient:
    case DatabaseErrorKind::lock_timeout:
    case DatabaseErrorKind::cancelled:
        return try_again(error);
    case DatabaseErrorKind::lost_connection:
    case DatabaseErrorKind::outcome_unknown:
    case DatabaseErrorKind::connect_failed:
        reconnect(error);
        return std::nullopt;
    case DatabaseErrorKind::bad_value:
    case DatabaseErrorKind::unique_violation:
        if (record_.state.step == machine::Step::native) { // one statement, and it did nothing
            record_.state = machine::absorb(std::move(record_.state), plan(),
                                            machine::Failed{std::string{"the rows do not fit the change: "} +
                                                                error.what() + " (" + error.statement() + ")",
                                                            static_cast<int>(ErrorKind::negative)});
            return std::nullopt;
        }
        // A writer stored what the new shape refuses, after the probe: a person decides, nothing is thrown
        // away.
        record_.state =
            machine::absorb(std::move(record_.state), plan(),
                            machine::DoesNotFit{std::string{"a value does not fit: "} + error.what()});
        return end(machine::swapped(record_.state.step) ? JobState::swapped : JobState::stopped,
                   static_cast<int>(ErrorKind::negative));
    case DatabaseErrorKind::no_such_object:
    case DatabaseErrorKind::privilege:
    case DatabaseErrorKind::read_only:
    case DatabaseErrorKind::disk_full:
    case DatabaseErrorKind::permanent:
        return own_error(Error{static_cast<ErrorKind>(exit_of(error.kind())), "database",
                               std::string{error.what()} +
                                   (error.statement().empty() ? "" : " (" + error.statement() + ")")});
    }
    check(false, "unknown DatabaseErrorKind");
    return std::nullopt;
}

std::optional<RunEnd> Driver::own_error(const Error& error) {
    if (error.code() == "fenced") {
        throw error; // the job is another process's: not a word of ours into the journal
    }
    const bool undone_already = record_.state.step == machine::Step::undo;
    if (machine::swapped(record_.state.step) || undone_already || machine::at_rest(record_.state.step)) {
        record_.state.reason = error.what();
        return end(machine::swapped(record_.state.step) ? JobState::swapped : JobState::stopped,
                   static_cast<int>(ErrorKind::stopped));
    }
    context_.observer.note(std::string{"failed, undoing: "} + error.what());
    if (record_.state.step == machine::Step::probe) { // nothing was created
        record_.state.step = machine::Step::failed;
        record_.state.reason = error.what();
        record_.state.failure_exit = static_cast<int>(error.kind());
        return std::nullopt;
    }
    record_.state = machine::absorb(std::move(record_.state), plan(),
                                    machine::Failed{error.what(), static_cast<int>(error.kind())});
    return std::nullopt;
}

std::optional<RunEnd> Driver::try_again(const DatabaseError& error) {
    control_->rollback();
    if (!trouble_retry_) {
        trouble_retry_.emplace(control::Backoff{Millis{50}, 2.0, Millis{3000}}, transient_budget,
                               context_.clock.now(), control::machine_random());
    }
    if (const auto wait = trouble_retry_->next_wait(context_.clock.now())) {
        sleep_unless_asked(*wait);
        return std::nullopt;
    }
    record_.state.reason = error.what();
    return end(machine::swapped(record_.state.step) ? JobState::swapped : JobState::stopped,
               static_cast<int>(ErrorKind::busy));
}

// Nothing that was in memory is trusted after a lost connection: the ledger, the phase and the tables are
// read again.
void Driver::reconnect(const DatabaseError& cause) {
    context_.observer.note(std::string{"the connection was lost, connecting again: "} + cause.what());
    control::Retry retry{control::Backoff{Millis{100}, 2.0, Millis{2000}}, reconnect_budget,
                         context_.clock.now(), control::machine_random()};
    while (true) {
        try {
            pool_.clear();
            shop_.reset();
            auto fresh = context_.engine.open(SessionUse::control);
            {
                const std::scoped_lock lock{control_mutex_};
                control_ = std::move(fresh);
            }
            journal_.fence(*control_, record_.job, record_.epoch);
            const JobRecord saved = journal_.load(*control_, record_.job);
            record_.state = saved.state;
            record_.origin = saved.origin;
            recover();
            look_again();
            return;
        } catch (const DatabaseError& error) {
            const auto wait = retry.next_wait(context_.clock.now());
            if (!wait || stop_asked()) {
                throw Error{
                    ErrorKind::stopped, "connection_lost",
                    fmt::format("job {}: the database cannot be reached: {}", record_.job, error.what())}
                    .left("the job, as its last transaction left it")
                    .next("turntable resume " + record_.job);
            }
            context_.clock.sleep(*wait);
        }
    }
}

RunEnd Driver::end(JobState job_state, int exit_code) {
    // A way back that was not gone to its end leaves the window open, to be finalized or tried again.
    const bool reverting = record_.state.step == machine::Step::revert_probe ||
                           record_.state.step == machine::Step::revert_replay ||
                           record_.state.step == machine::Step::revert_swap;
    if (job_state == JobState::swapped && reverting) {
        record_.state.step = machine::Step::window;
    }
    save(job_state);
    journal_.release(*control_, record_.job, record_.epoch);
    return {job_state, exit_code};
}

RunEnd Driver::end_at_rest() {
    const auto& state = record_.state;
    const auto ended = [&](JobState job_state, int exit_code) {
        // From here on the next change may have the table.
        if (job_state != JobState::swapped) {
            journal_.free_target(*control_, record_.job);
            ledger_.forget(*control_, state.copy_pass);
        }
        return end(job_state, exit_code);
    };
    if (state.step == machine::Step::window) {
        return ended(JobState::swapped, memory_.findings.empty() ? 0 : static_cast<int>(ErrorKind::negative));
    }
    if (state.step == machine::Step::reverted) {
        return ended(JobState::reverted, 0);
    }
    if (state.step == machine::Step::finalized) {
        return ended(state.reverted ? JobState::reverted : JobState::finalized, 0);
    }
    if (state.step == machine::Step::aborted) {
        return ended(JobState::aborted, memory_.findings.empty() ? 0 : static_cast<int>(ErrorKind::negative));
    }
    if (state.step == machine::Step::refused) {
        return ended(JobState::refused, static_cast<int>(ErrorKind::negative));
    }
    check(state.step == machine::Step::failed, "not at rest");
    return ended(JobState::failed, state.failure_exit);
}

} // namespace turntable::run
