#include "plan/audit.hpp"

#include <fmt/core.h>

#include "turntable/conversion_rules.hpp"

namespace turntable::plan {
namespace {

std::string keys_of(const std::vector<ProbeExample>& examples, std::string_view finding) {
    std::string text;
    for (const ProbeExample& example : examples) {
        if (example.finding == finding) {
            text += fmt::format("{}{} = {}", text.empty() ? "" : "; ", example.key,
                                example.value.value_or("NULL"));
        }
    }
    return text.empty() ? text : ", for example " + text;
}

std::string rows(Rows count) {
    return count == 1 ? "1 row" : fmt::format("{} rows", count);
}

class ConversionAudit {
  public:
    ConversionAudit(const AuditedConversion& audited, std::vector<std::string>& findings)
        : plan_(audited.plan), counts_(audited.counts), findings_(findings) {}

    void run() {
        rounded();
        refused_unless(counts_.not_finite, plan_.asked.nan, "not_finite", "are not finite (NaN or infinity)",
                       "nan=null");
        refused_unless(counts_.out_of_range, plan_.asked.overflow, "out_of_range",
                       "do not fit " + plan_.target_type, "overflow=null");
        refused_unless(counts_.rejected, unit_conversion(plan_.asked).malformed, "rejected",
                       "cannot be converted to " + plan_.target_type, "malformed=null");
    }

  private:
    void rounded() {
        if (counts_.rounded == 0) {
            return;
        }
        const auto& asked = plan_.asked;
        if (asked.round == Rounding::exact_only) {
            add(counts_.rounded, "rounded",
                "have digits below the target's unit and round=exact_only forbids rounding",
                "name another rounding, or correct these rows");
        } else if (!asked.round) {
            add(counts_.rounded, "rounded", "have digits below the target's unit and no rounding is named",
                "add round=half_even (or half_up, …) and inexact=report or inexact=accept");
        } else if (asked.inexact == InexactPolicy::fail) {
            add(counts_.rounded, "rounded", "would be rounded and inexact=fail is in force",
                "add inexact=report or inexact=accept");
        }
    }
    void refused_unless(Rows count, BadValuePolicy policy, std::string_view finding, const std::string& what,
                        const std::string& way_out) {
        if (count > 0 && policy == BadValuePolicy::fail) {
            add(count, finding, what, "correct these rows, or add " + way_out);
        }
    }
    void add(Rows count, std::string_view finding, const std::string& what, const std::string& way_out) {
        findings_.push_back(fmt::format("column {}: {} {}{}; {}", plan_.source_column, rows(count), what,
                                        keys_of(counts_.examples, finding), way_out));
    }

    const ConversionPlan& plan_;
    const ConversionProbe& counts_;
    std::vector<std::string>& findings_;
};

} // namespace

std::vector<std::string> audit(const std::vector<AuditedConversion>& conversions,
                               const std::vector<RuleProbe>& rules) {
    std::vector<std::string> findings;
    for (const AuditedConversion& conversion : conversions) {
        ConversionAudit{conversion, findings}.run();
    }
    for (const RuleProbe& rule : rules) {
        if (rule.violations > 0) {
            std::string example_keys;
            for (const ProbeExample& example : rule.examples) {
                example_keys += fmt::format("{}{}{}", example_keys.empty() ? ", for example " : "; ",
                                            example.key, example.value ? " = " + *example.value : "");
            }
            findings.push_back(
                rule.rule == "value" // found by trial: the search ends when it has enough examples
                    ? fmt::format("column {}: at least {} cannot be converted{}; correct them first",
                                  rule.subject, rows(rule.violations), example_keys)
                    : fmt::format("{} of {}: {} break it{}; correct them first", rule.rule, rule.subject,
                                  rows(rule.violations), example_keys));
        }
    }
    return findings;
}

} // namespace turntable::plan
