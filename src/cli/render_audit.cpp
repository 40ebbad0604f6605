#include "cli/render_audit.hpp"

#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "cli/conversion_text.hpp"
#include "cli/json_text.hpp"
#include "cli/render_plan.hpp"
#include "plan/shown_value.hpp"

namespace turntable::cli {
namespace {

std::string line(std::string_view label, const std::string& text) {
    return fmt::format("    {:<13} {}\n", label, text);
}

std::string examples_text(const std::vector<ProbeExample>& examples) {
    std::string out;
    for (const ProbeExample& example : examples) {
        out += line(example.finding,
                    example.key + (example.value ? " = " + plan::shown_value(*example.value) : ""));
    }
    return out;
}

std::string column_text(const ConversionPlan& plan, const run::AuditedColumn& column) {
    const ConversionProbe& counts = column.counts;
    std::string out = fmt::format("  {} {} -> {} {}, {}\n", plan.source_column, plan.source_type,
                                  plan.target_column, plan.target_type, rule_text(plan.asked));
    out += line("rows",
                fmt::format("{} exact, {} rounded, {} not finite, {} out of range, {} rejected, {} NULL",
                            grouped(counts.exact), grouped(counts.rounded), grouped(counts.not_finite),
                            grouped(counts.out_of_range), grouped(counts.rejected), grouped(counts.nulls)));
    if (!counts.sum_source.empty()) {
        out += line("sum",
                    counts.sum_source + (counts.sum_target.empty() ? "" : " becomes " + counts.sum_target));
    }
    if (!counts.sum_error.empty()) {
        out +=
            line("rounding", fmt::format("{} in all, {} at the most, in units of the target; {}",
                                         counts.sum_error, counts.largest_error,
                                         column.conserved ? "the totals agree" : "THE TOTALS DO NOT AGREE"));
    }
    return out + examples_text(counts.examples);
}

Json examples_json(const std::vector<ProbeExample>& examples) {
    Json list = Json::array();
    for (const ProbeExample& example : examples) {
        list.push_back(
            {{"finding", example.finding}, {"key", example.key}, {"value", optional_json(example.value)}});
    }
    return list;
}

// Exact decimals are text: a JSON number would be read as a float.
Json sum_json(const std::string& sum) {
    return sum.empty() ? Json(nullptr) : Json(sum);
}

Json column_json(const ConversionPlan& plan, const run::AuditedColumn& column) {
    const ConversionProbe& counts = column.counts;
    return {{"column", plan.source_column},
            {"rule", plan.asked.rule},
            {"target_column", plan.target_column},
            {"target_type", plan.target_type},
            {"exact", counts.exact},
            {"rounded", counts.rounded},
            {"nulls", counts.nulls},
            {"not_finite", counts.not_finite},
            {"out_of_range", counts.out_of_range},
            {"rejected", counts.rejected},
            {"sum_source", sum_json(counts.sum_source)},
            {"sum_target", sum_json(counts.sum_target)},
            {"sum_error", sum_json(counts.sum_error)},
            {"largest_error", sum_json(counts.largest_error)},
            {"conserved", counts.sum_target.empty() ? Json(nullptr) : Json(column.conserved)},
            {"examples", examples_json(counts.examples)}};
}

Json audit_object(const Blueprint& blueprint, const run::Audit& audit) {
    Json conversions = Json::array();
    for (std::size_t i = 0; i < audit.conversions.size(); ++i) {
        conversions.push_back(column_json(blueprint.conversions.at(i), audit.conversions[i]));
    }
    Json rules = Json::array();
    for (const RuleProbe& rule : audit.rules) {
        rules.push_back({{"rule", rule.rule},
                         {"subject", rule.subject},
                         {"violations", rule.violations},
                         {"examples", examples_json(rule.examples)}});
    }
    return {{"table", blueprint.source.display()},
            {"engine", blueprint.engine},
            {"state", audit.findings.empty() ? "passed" : "refused"},
            {"strategy", to_string(blueprint.strategy)},
            {"rows", audit.rows},
            {"seconds", audit.seconds},
            {"conversions", conversions},
            {"rules", rules},
            {"findings", audit.findings}};
}

} // namespace

std::string audit_text(const Blueprint& blueprint, const run::Audit& audit) {
    // A native form is probed for what can break it alone, which may need no pass over the rows.
    std::string out = audit.rows == 0 && blueprint.key.empty()
                          ? fmt::format("{}: probed in {:.1f} s\n", blueprint.source.display(), audit.seconds)
                          : fmt::format("{}: {} read in {:.1f} s\n", blueprint.source.display(),
                                        counted(audit.rows, "row", "rows"), audit.seconds);
    for (std::size_t i = 0; i < audit.conversions.size(); ++i) {
        out += column_text(blueprint.conversions.at(i), audit.conversions[i]);
    }
    for (const RuleProbe& rule : audit.rules) {
        out += fmt::format("  {} of {}: {}{}\n", rule.rule, rule.subject,
                           rule.rule == "value" && rule.violations > 0 ? "at least " : "",
                           counted(rule.violations, "row breaks it", "rows break it"));
        out += examples_text(rule.examples);
    }
    if (audit.findings.empty()) {
        return out + "nothing stands against the change\n";
    }
    out += "refused:\n";
    for (const std::string& finding : audit.findings) {
        out += fmt::format("  - {}\n", finding);
    }
    return out;
}

std::string audit_json(const Blueprint& blueprint, const run::Audit& audit) {
    return dumped(audit_object(blueprint, audit));
}

std::string probed_plan_json(const Blueprint& blueprint, const run::Audit& audit) {
    Json plan = Json::parse(plan_json(blueprint));
    plan["probe"] = audit_object(blueprint, audit);
    return dumped(plan);
}

} // namespace turntable::cli
