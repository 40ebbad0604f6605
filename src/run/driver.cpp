#include "run/driver.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "run/pipeline.hpp"
#include "run/settings_text.hpp"
#include "run/sizer.hpp"
#include "turntable/conversion_classes.hpp"

namespace turntable::run {
namespace {

constexpr Millis poll_interval{100};
// Reading takes no lock that anybody waits for, so its chunks may be longer than those of the copy.
constexpr Millis verify_chunk_time{500};
constexpr Rows first_verify_rows = 20'000;

std::unique_ptr<phase::Pipeline> make_pipeline(Threads threads) {
    switch (threads) {
    case Threads::background:
        return make_tbb_pipeline();
    case Threads::plain:
        return make_thread_pipeline();
    case Threads::none:
        return make_inline_pipeline();
    }
    check(false, "unknown Threads");
    return nullptr;
}

// A native change whose script has the probe once more, after its statements.
bool looks_twice(const Blueprint& blueprint) {
    return blueprint.strategy != Strategy::shadow &&
           std::ranges::any_of(blueprint.script, [](const PlannedStatement& planned) {
               return planned.phase == Phase::verify;
           });
}

Millis chunk_time(const Engine& engine, const Settings& settings) {
    return settings.chunk_time.value_or(engine.traits().chunk_time);
}

} // namespace

Driver::Driver(const Context& context, const Journal& journal, JobRecord record)
    : context_(context),
      journal_(journal),
      record_(std::move(record)),
      pool_(context.engine),
      ledger_(journal.dialect(), record_.job),
      side_table_(journal.dialect(), record_.blueprint.source, record_.job),
      pipeline_(make_pipeline(context.threads)),
      copy_sizer_(std::make_unique<SharedSizer>(context.engine.traits().first_chunk_rows,
                                                chunk_time(context.engine, record_.settings))),
      verify_sizer_(std::make_unique<SharedSizer>(first_verify_rows, verify_chunk_time)),
      control_(context.engine.open(SessionUse::control)),
      monitor_(std::make_unique<Monitor>(context, journal, record_, gauge_, [this] { interrupt(); })) {
    const auto& blueprint = record_.blueprint;
    index_steps_ =
        blueprint.strategy == Strategy::shadow ? context.engine.indexer().steps(blueprint).size() : 0;
    native_statements_ = static_cast<std::size_t>(
        std::count_if(blueprint.script.begin(), blueprint.script.end(),
                      [](const PlannedStatement& planned) { return planned.phase == Phase::native; }));
    second_look_ = looks_twice(blueprint);
    take_settings(monitor_->signals());
    look_again();
}

Driver::~Driver() = default;

machine::Plan Driver::plan() const {
    machine::Plan plan;
    plan.strategy = record_.blueprint.strategy;
    plan.native_statements = native_statements_;
    plan.index_steps = index_steps_;
    plan.second_look = second_look_;
    plan.keep_old = record_.settings.keep_old.has_value();
    plan.quarantine = quarantines(record_.blueprint);
    plan.totals = std::ranges::any_of(record_.blueprint.conversions, &ConversionPlan::conserves_sum);
    plan.verify = record_.settings.verify != VerifyMode::none;
    plan.hold_swap = record_.settings.cutover == CutoverMode::manual && !monitor_->signals().cutover;
    return plan;
}

// Makes the workshop anew around the present control session, and forgets what only a run's memory knew.
void Driver::look_again() {
    memory_ = {};
    shop_.emplace(phase::Workshop{
        context_.engine, record_.blueprint, record_.origin, record_.settings, *control_, ledger_, side_table_,
        pool_, *pipeline_, *this, *copy_sizer_, *verify_sizer_, context_.clock, memory_, gauge_,
        [this](const std::string& text) { context_.observer.note(text); },
        [this](Session& session) { journal_.fence(session, record_.job, record_.epoch); },
        [this](Session& session, Direction direction) { record_swap(session, direction); }});
}

// Runs within the swap's own transaction where the engine has one: the journal and the tables change
// together.
void Driver::record_swap(Session& session, Direction direction) {
    JobRecord swapped = record_;
    const auto at = std::chrono::duration_cast<Millis>(context_.clock.wall().time_since_epoch()).count();
    swapped.state = machine::absorb(swapped.state, plan(), machine::Swapped{at, direction});
    journal_.save_within(session, swapped);
}

void Driver::allow_interrupt(bool allowed) {
    const std::scoped_lock lock{control_mutex_};
    interruptible_ = allowed;
}

void Driver::interrupt() {
    const std::scoped_lock lock{control_mutex_};
    if (interruptible_ && control_) {
        control_->cancel();
        pool_.cancel_lent();
    }
}

void Driver::save(JobState job_state) {
    record_.job_state = std::string{to_string(job_state)};
    const auto& state = record_.state;
    const bool window_open =
        machine::swapped(state.step) && state.step != machine::Step::finalized && !state.reverted;
    record_.revert_until_ms = window_open && record_.settings.keep_old
                                  ? state.swapped_at_ms + record_.settings.keep_old->count()
                                  : 0;
    journal_.save(*control_, record_);
}

void Driver::take_settings(const Signals& signals) {
    if (signals.revision == seen_revision_) {
        return;
    }
    seen_revision_ = signals.revision;
    const nlohmann::json overrides =
        nlohmann::json::parse(signals.overrides); // items() does not keep it alive
    for (const auto& [key, value] : overrides.items()) {
        apply_setting(record_.settings, key, value.get<std::string>());
    }
    copy_sizer_->set_target(chunk_time(context_.engine, record_.settings));
    monitor_->set_sensors(record_.settings);
}

// An abort that the swap has overtaken stops nothing: what follows the swap goes on to its end.
bool Driver::to_abort(const Signals& signals) const {
    const machine::Step step = record_.state.step;
    return signals.abort && !machine::swapped(step) && !machine::at_rest(step);
}

bool Driver::pass() {
    monitor_->poll();
    while (true) {
        const Signals signals = monitor_->signals();
        if (stop_asked() || signals.paused || to_abort(signals) || signals.fenced ||
            signals.revision != seen_revision_) {
            return false;
        }
        if (!monitor_->pace().hold) {
            return true;
        }
        context_.clock.sleep(poll_interval);
        monitor_->poll();
    }
}

void Driver::yield_after(std::chrono::microseconds chunk) {
    if (context_.engine.traits().single_writer) {
        context_.clock.sleep(control::pause_after_chunk(chunk));
    }
}

void Driver::sleep_unless_asked(Millis duration) {
    const auto until = context_.clock.now() + duration;
    while (context_.clock.now() < until) {
        monitor_->poll();
        const Signals signals = monitor_->signals();
        if (stop_asked() || to_abort(signals) || signals.fenced || signals.paused ||
            signals.revision != seen_revision_) {
            return;
        }
        const auto left = std::chrono::duration_cast<Millis>(until - context_.clock.now());
        context_.clock.sleep(std::clamp(left, Millis{1}, poll_interval));
    }
}

// Messages, the stop flag, lost ownership. Where nothing is left to do, nothing is stopped or held: nobody
// would take the job to its end again.
std::optional<RunEnd> Driver::obey() {
    monitor_->poll();
    const bool over = machine::at_rest(record_.state.step);
    if (stop_asked() && !over) {
        record_.state.reason = "stopped on request";
        return end(JobState::stopped, static_cast<int>(ErrorKind::stopped));
    }
    const Signals signals = monitor_->signals();
    if (signals.fenced) {
        throw Error{ErrorKind::stopped, "fenced", "another process has taken over job " + record_.job};
    }
    if (signals.abort) {
        record_.state = machine::absorb(record_.state, plan(), machine::AbortAsked{});
    }
    take_settings(signals);
    return signals.paused && !over && !to_abort(signals) ? wait_while_paused() : std::nullopt;
}

std::optional<RunEnd> Driver::wait_while_paused() {
    save(JobState::paused);
    while (monitor_->signals().paused && !to_abort(monitor_->signals()) && !monitor_->signals().fenced) {
        if (stop_asked()) {
            return std::nullopt; // the next round ends the run
        }
        context_.clock.sleep(poll_interval);
        monitor_->poll();
    }
    save(JobState::running);
    return std::nullopt;
}

// Where the tables are may differ from what the journal says last.
void Driver::recover() {
    record_.state = machine::recover(record_.state, plan(),
                                     record_.blueprint.strategy == Strategy::shadow
                                         ? context_.engine.swapper().where_is(*control_, record_.blueprint)
                                         : Placement::untouched);
}

void Driver::first_look() {
    try {
        recover();
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::lost_connection &&
            error.kind() != DatabaseErrorKind::outcome_unknown) {
            throw;
        }
        reconnect(error); // looks itself
    }
}

RunEnd Driver::run() {
    first_look();
    while (true) {
        try {
            if (auto ended = one_round()) {
                return *ended;
            }
        } catch (const DatabaseError& error) {
            if (auto ended = database_trouble(error)) {
                return *ended;
            }
        } catch (const Error& error) {
            if (auto ended = own_error(error)) {
                return *ended;
            }
        }
    }
}

std::optional<RunEnd> Driver::one_round() {
    if (auto ended = obey()) {
        return ended;
    }
    monitor_->set_phase(std::string{to_string(machine::phase_of(record_.state.step))});
    if (machine::at_rest(record_.state.step)) {
        return end_at_rest();
    }
    save(JobState::running); // the intent is durable before its effect
    const machine::Event event = perform_timed(machine::decide(record_.state, plan()));
    trouble_retry_.reset();
    record_.state = machine::absorb(std::move(record_.state), plan(), event);
    return after(event);
}

} // namespace turntable::run
