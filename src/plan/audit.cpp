#include "plan/audit.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "plan/shown_value.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::plan {
namespace {

std::string example_text(const ProbeExample& example) {
    return example.key + (example.value ? " = " + shown_value(*example.value) : "");
}

std::string keys_of(const std::vector<ProbeExample>& examples, std::string_view finding) {
    std::string text;
    for (const ProbeExample& example : examples) {
        if (example.finding == finding) {
            text += (text.empty() ? "" : "; ") + example_text(example);
        }
    }
    return text.empty() ? text : ", for example " + text;
}

std::string rows(Rows count) {
    return count == 1 ? "1 row" : fmt::format("{} rows", count);
}

// What is said of one row, and of several.
struct Predicate {
    std::string one, many = one;
    [[nodiscard]] const std::string& of(Rows count) const { return count == 1 ? one : many; }
};

class ConversionAudit {
  public:
    ConversionAudit(const AuditedConversion& audited, std::vector<std::string>& findings)
        : plan_(audited.plan), counts_(audited.counts), findings_(findings) {}

    void run() {
        rounded();
        refused_unless(counts_.not_finite, plan_.asked.nan, "not_finite",
                       {"is not finite (NaN or infinity)", "are not finite (NaN or infinity)"},
                       "nan=null or nan=quarantine");
        refused_unless(counts_.out_of_range, plan_.asked.overflow, "out_of_range",
                       {"does not fit " + plan_.target_type, "do not fit " + plan_.target_type},
                       "overflow=null or overflow=quarantine");
        refused_unless(counts_.rejected, unit_conversion(plan_.asked).malformed, "rejected",
                       {"cannot be converted to " + plan_.target_type},
                       "malformed=null or malformed=quarantine");
    }

  private:
    void rounded() {
        if (counts_.rounded == 0) {
            return;
        }
        const auto& asked = plan_.asked;
        if (asked.round == Rounding::exact_only) {
            add(counts_.rounded, "rounded",
                {"has digits below the target's unit and round=exact_only forbids rounding",
                 "have digits below the target's unit and round=exact_only forbids rounding"},
                "name another rounding, or correct these rows");
        } else if (!asked.round) {
            add(counts_.rounded, "rounded",
                {"has digits below the target's unit and no rounding is named",
                 "have digits below the target's unit and no rounding is named"},
                "add round=half_even (or half_up, …) and inexact=report or inexact=accept");
        } else if (asked.inexact == InexactPolicy::fail) {
            add(counts_.rounded, "rounded", {"would be rounded and inexact=fail is in force"},
                "add inexact=report or inexact=accept");
        }
    }
    void refused_unless(Rows count, BadValuePolicy policy, std::string_view finding, const Predicate& what,
                        const std::string& way_out) {
        if (count > 0 && policy == BadValuePolicy::fail) {
            add(count, finding, what, "correct these rows, or add " + way_out);
        }
    }
    void add(Rows count, std::string_view finding, const Predicate& what, const std::string& way_out) {
        findings_.push_back(fmt::format("column {}: {} {}{}; {}", plan_.source_column, rows(count),
                                        what.of(count), keys_of(counts_.examples, finding), way_out));
    }

    const ConversionPlan& plan_;
    const ConversionProbe& counts_;
    std::vector<std::string>& findings_;
};

// What a rule is called in a sentence, what its rows do, and what a person can do about them.
struct Saying {
    std::string_view rule, of, one, many, way_out;
};
constexpr std::array sayings{
    Saying{"not_null", "column", "would be NULL", "would be NULL",
           "give these rows a value first, or a new column a DEFAULT, or fill them in the same change with "
           "--convert COLUMN=fill,expr=…"},
    Saying{"unique", "unique index", "repeats another row's value", "repeat other rows' values",
           "change or remove all but one row of each value first"},
    Saying{"foreign_key", "foreign key", "refers to a row that is not there",
           "refer to rows that are not there", "add the missing rows, or correct these, first"},
    Saying{"check", "CHECK", "breaks it", "break it", "correct these rows first"},
    Saying{"length", "column", "is too long for the new type", "are too long for the new type",
           "shorten these values first, or take a longer type"},
    Saying{"range", "column", "does not fit the new type", "do not fit the new type",
           "correct these values first, or take a wider type"},
    Saying{"precision", "column", "would be rounded", "would be rounded",
           "round these values first, or take a type with more places, or say how with --convert "
           "COLUMN=decimal,round=…,inexact=…"},
    Saying{"altered", "column", "would be rounded", "would be rounded",
           "round these values first, or take a type with more places, or say how with --convert "
           "COLUMN=decimal,round=…,inexact=…"},
    Saying{"charset", "column", "has characters that the new character set has not",
           "have characters that the new character set has not",
           "change these values first, or take utf8mb4"},
    Saying{"enum", "column", "has a value that the new type has not", "have values that the new type has not",
           "change these values first, or add them to the type"},
    Saying{"value", "column", "cannot be converted", "cannot be converted", "correct these rows first"},
};

std::string finding_of(const RuleProbe& rule) {
    const auto* const said = std::ranges::find(sayings, rule.rule, &Saying::rule);
    check(said != sayings.end(), "a rule that no sentence tells of");
    std::string keys;
    for (const ProbeExample& example : rule.examples) {
        keys += (keys.empty() ? ", for example " : "; ") + example_text(example);
    }
    std::string way_out{said->way_out};
    if (const auto place = way_out.find("COLUMN"); place != std::string::npos) {
        way_out.replace(place, std::string_view{"COLUMN"}.size(), rule.subject);
    }
    const bool names_itself = rule.subject.find(" (") != std::string::npos; // "UNIQUE (a, b)"
    return fmt::format("{}{}: {}{} {}{}; {}", names_itself ? "" : fmt::format("{} ", said->of), rule.subject,
                       rule.rule == "value" ? "at least " : "", // found by trial, until there are enough
                       rows(rule.violations), rule.violations == 1 ? said->one : said->many, keys, way_out);
}

} // namespace

std::string_view example_finding(std::string_view rule) {
    return rule == "not_null"      ? "null"
           : rule == "unique"      ? "duplicate"
           : rule == "foreign_key" ? "orphan"
                                   : rule;
}

std::vector<std::string> audit(const std::vector<AuditedConversion>& conversions,
                               const std::vector<RuleProbe>& rules) {
    std::vector<std::string> findings;
    for (const AuditedConversion& conversion : conversions) {
        ConversionAudit{conversion, findings}.run();
    }
    for (const RuleProbe& rule : rules) {
        if (rule.violations > 0) {
            findings.push_back(finding_of(rule));
        }
    }
    return findings;
}

} // namespace turntable::plan
