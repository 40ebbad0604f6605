// probe: one read-only pass over the source that counts what the change would lose, alter or reject. It
// decides before anything is created. Where the server then takes the rows unseen, the same pass once more.
#include <algorithm>

#include "phase/slice.hpp"
#include "phase/totals.hpp"
#include "phase/workshop.hpp"
#include "plan/audit.hpp"

namespace turntable::phase {
namespace {

void keep_examples(std::vector<ProbeExample>& kept, const std::vector<ProbeExample>& found, int per_finding) {
    for (const ProbeExample& example : found) {
        const auto same = std::count_if(kept.begin(), kept.end(),
                                        [&](const ProbeExample& k) { return k.finding == example.finding; });
        if (same < per_finding) {
            kept.push_back(example);
        }
    }
}

void add_rule(std::vector<RuleProbe>& rules, RuleProbe found, int per_finding) {
    for (ProbeExample& example : found.examples) {
        example.finding = plan::example_finding(found.rule);
    }
    for (RuleProbe& rule : rules) {
        if (rule.rule == found.rule && rule.subject == found.subject) {
            rule.violations += found.violations;
            keep_examples(rule.examples, found.examples, per_finding);
            return;
        }
    }
    rules.push_back(std::move(found));
}

void land(Workshop& shop, machine::State& state, const ProbedChunk& probed) {
    Memory& memory = shop.memory;
    memory.probed += probed.rows;
    shop.gauge.rows_done = memory.probed;
    const int limit = shop.settings.example_keys_max;
    for (std::size_t i = 0; i < probed.conversions.size(); ++i) {
        add(state.conversions.at(i), probed.conversions[i]);
        keep_examples(memory.examples.at(i), probed.conversions[i].examples, limit);
    }
    for (const RuleProbe& rule : probed.rules) {
        add_rule(memory.rules, rule, limit);
    }
}

machine::Event conclude(Workshop& shop, const machine::State& state) {
    const auto session = shop.sessions.lend(SessionUse::read);
    for (const RuleProbe& rule :
         shop.engine.prober().probe_whole(*session, shop.blueprint, shop.settings.example_keys_max)) {
        add_rule(shop.memory.rules, rule, shop.settings.example_keys_max);
    }
    std::vector<plan::AuditedConversion> audited;
    for (std::size_t i = 0; i < shop.blueprint.conversions.size(); ++i) {
        audited.push_back({shop.blueprint.conversions[i], counts_of(state.conversions.at(i))});
        audited.back().counts.examples = shop.memory.examples.at(i);
    }
    shop.memory.findings = plan::audit(audited, shop.memory.rules);
    shop.memory.probe_open = false; // a second look begins anew
    if (shop.memory.findings.empty()) {
        return machine::Done{};
    }
    const std::string when =
        state.step == machine::Step::second_look ? "written while the change was made: " : "";
    return machine::ProbeRefused{when + shop.memory.findings.front()};
}

void start(Workshop& shop, machine::State& state) {
    Memory& memory = shop.memory;
    memory.probe_open = true;
    memory.probe_lower.clear();
    memory.rules.clear();
    memory.probed = 0;
    memory.examples.assign(shop.blueprint.conversions.size(), {});
    state.conversions.assign(shop.blueprint.conversions.size(), {});
    shop.gauge.rows_total = shop.blueprint.estimate.rows;
    // Without a key there are no ranges to read: native forms are left to the rules over the whole table.
    memory.probe_exhausted = shop.blueprint.key.empty();
}

} // namespace

machine::Event probe_slice(Workshop& shop, machine::State& state) {
    Memory& memory = shop.memory;
    if (!memory.probe_open) {
        start(shop, state);
    }
    Slice slice{shop};
    const auto source = [&]() -> std::optional<Chunk> {
        if (memory.probe_exhausted || !slice.may_go_on()) {
            return std::nullopt;
        }
        const Rows asked = shop.verify_sizer.rows();
        auto chunk = shop.engine.prober().next_chunk(shop.control, shop.blueprint, memory.probe_lower, asked);
        if (!chunk) {
            memory.probe_exhausted = true;
            return std::nullopt;
        }
        chunk->asked = asked;
        memory.probe_lower = chunk->upper;
        memory.probe_exhausted = chunk->upper.empty();
        return chunk;
    };
    const auto work = [&](const Chunk& chunk) -> Pipeline::Landing {
        const auto session = shop.sessions.lend(SessionUse::read);
        const Stopwatch watch{shop.clock};
        // Counts and sums of one chunk are several statements: they must see the same rows.
        const Transaction snapshot{*session, TxMode::snapshot};
        auto probed =
            shop.engine.prober().probe_chunk(*session, shop.blueprint, chunk, shop.settings.example_keys_max);
        shop.verify_sizer.measured(chunk.asked, watch.elapsed());
        return [&shop, &state, probed = std::move(probed)] { land(shop, state, probed); };
    };
    shop.pipeline.run(shop.settings.workers, source, work);
    if (!memory.probe_exhausted) {
        return machine::More{};
    }
    return conclude(shop, state);
}

} // namespace turntable::phase
