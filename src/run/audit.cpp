#include "run/audit.hpp"

#include "control/estimate.hpp"
#include "control/pace.hpp"
#include "phase/slice.hpp"
#include "phase/totals.hpp"
#include "run/ledger.hpp"
#include "run/pipeline.hpp"
#include "run/sensors.hpp"
#include "run/session_pool.hpp"
#include "run/side_table.hpp"
#include "run/sizer.hpp"
#include "turntable/conversion_rules.hpp"

namespace turntable::run {
namespace {

constexpr Millis chunk_time{500};
constexpr Rows first_rows = 20'000;
constexpr Millis poll_interval{100};
constexpr Millis beat{1000};

// Reads the sensors itself, at most once a second, between chunks: there is no job whose heartbeat could be
// late.
class AuditGate final : public phase::Gate {
  public:
    AuditGate(const Context& context, const Settings& settings, const Blueprint& blueprint,
              phase::Gauge& gauge)
        : context_(context),
          blueprint_(blueprint),
          gauge_(gauge),
          sensors_(all_sensors(context.engine, settings)) {}

    [[nodiscard]] bool pass() override {
        while (true) {
            if (context_.stop && context_.stop()) {
                throw Error{ErrorKind::stopped, "stopped", "stopped on request; nothing was changed"};
            }
            if (context_.clock.now() - sensed_at_ >= beat) {
                sense();
            }
            const auto pace = control::decide_pace(readings_, context_.clock.now());
            tell(pace.hold ? pace.reason : "");
            if (!pace.hold) {
                return true;
            }
            context_.clock.sleep(poll_interval);
        }
    }
    void yield_after(std::chrono::microseconds) override {}

  private:
    void sense() {
        readings_.clear();
        for (const auto& sensor : sensors_) {
            control::SensorState state{sensor->name(), std::nullopt, "", context_.clock.now()};
            try {
                if (!session_ || !session_->usable()) {
                    session_ = context_.engine.open(SessionUse::read);
                }
                state.reading = sensor->read(*session_);
            } catch (const std::exception& error) { // an unreadable sensor holds the work back
                state.error = error.what();
                session_.reset();
            }
            readings_.push_back(std::move(state));
        }
        sensed_at_ = context_.clock.now();
    }

    void tell(const std::string& reason) {
        if (context_.clock.now() - told_at_ < beat) {
            return;
        }
        told_at_ = context_.clock.now();
        estimate_.set_total(gauge_.rows_total);
        estimate_.sample(told_at_, gauge_.rows_done,
                         reason.empty() ? control::Estimate::Work::going : control::Estimate::Work::held);
        Progress progress;
        progress.table = blueprint_.source.display();
        progress.phase = to_string(Phase::probe);
        progress.rows_done = estimate_.done();
        progress.rows_total = estimate_.total();
        progress.rows_per_second = estimate_.rows_per_second();
        progress.eta = estimate_.eta();
        progress.reason = reason;
        context_.observer.progress(progress);
    }

    const Context& context_;
    const Blueprint& blueprint_;
    phase::Gauge& gauge_;
    std::vector<std::unique_ptr<Sensor>> sensors_;
    std::vector<control::SensorState> readings_;
    std::unique_ptr<Session> session_;
    std::chrono::steady_clock::time_point sensed_at_{}, told_at_{};
    control::Estimate estimate_{0};
};

// A value below the unit has no target as long as no rounding is named: its sums would compare nothing.
bool every_row_has_a_target(const ConversionPlan& plan, const machine::ConversionTotals& totals) {
    return totals.rounded == 0 || unit_conversion(plan.asked).effective == plan.asked.round;
}

AuditedColumn column_of(const ConversionPlan& plan, const machine::ConversionTotals& totals,
                        const std::vector<ProbeExample>& examples) {
    AuditedColumn column{phase::counts_of(totals), false};
    column.counts.examples = examples;
    if (!plan.conserves_sum) {
        return column;
    }
    column.counts.sum_source = totals.sum_source;
    if (every_row_has_a_target(plan, totals)) {
        column.counts.sum_target = totals.sum_target;
        column.counts.sum_error = totals.sum_error;
        column.counts.largest_error = totals.largest_error;
        column.conserved = phase::conserved(totals, plan.scale);
    }
    return column;
}

} // namespace

Audit audit(const Context& context, const Blueprint& blueprint, const Settings& settings) {
    Audit out;
    if (blueprint.strategy == Strategy::nothing) {
        return out;
    }
    const phase::Stopwatch watch{context.clock};
    phase::Gauge gauge;
    phase::Memory memory;
    machine::State state;
    std::string origin;
    SessionPool pool{context.engine};
    JournalLedger ledger{context.engine.journal(), ""}; // a probe plans no chunk in it
    JournalSideTable side_table{context.engine.journal(), blueprint.source, ""}; // and keeps no value
    const auto pipeline = context.threads == Threads::none ? make_inline_pipeline() : make_tbb_pipeline();
    SharedSizer sizer{first_rows, chunk_time};
    AuditGate gate{context, settings, blueprint, gauge};
    const auto control = context.engine.open(SessionUse::read);
    phase::Workshop shop{context.engine, blueprint, origin,    settings, *control, ledger,
                         side_table,     pool,      *pipeline, gate,     sizer,    sizer,
                         context.clock,  memory,    gauge,     {},       {},       {}};
    machine::Event event = machine::More{};
    while (std::holds_alternative<machine::More>(event)) {
        event = phase::probe_slice(shop, state);
    }
    out.rows = memory.probed;
    out.rules = memory.rules;
    out.findings = memory.findings;
    for (std::size_t i = 0; i < blueprint.conversions.size(); ++i) {
        out.conversions.push_back(
            column_of(blueprint.conversions[i], state.conversions.at(i), memory.examples.at(i)));
    }
    out.seconds = std::chrono::duration<double>(watch.elapsed()).count();
    return out;
}

} // namespace turntable::run
