#include "prober.hpp"

#include <fmt/format.h>

#include "key_sql.hpp"
#include "quote.hpp"
#include "route.hpp"
#include "verifier.hpp"

namespace turntable::mysql {
namespace {

std::string or_false(const std::string& condition) {
    return condition.empty() ? "FALSE" : "(" + condition + ")";
}

class Probe {
  public:
    Probe(Session& session, const Blueprint& blueprint, const Chunk& chunk, int examples_max)
        : session_(session),
          detail_(detail_of(blueprint)),
          examples_max_(examples_max),
          from_(fmt::format("FROM {} AS src FORCE INDEX ({}) WHERE {}", quote_name(blueprint.source.name),
                            quote_name(detail_.source_key_index),
                            key_range(detail_.source_key, chunk.lower, chunk.upper, from_alias))) {}

    [[nodiscard]] Rows count() { return session_.run("SELECT COUNT(*) " + from_).only_integer(); }

    [[nodiscard]] ConversionProbe conversion(const ConversionPlan& plan) {
        const std::string column = "src." + quote_name(plan.source_column);
        const std::string none = "NULL";
        const ResultSet result = session_.run(fmt::format(
            "SELECT COALESCE(SUM({0} IS NULL), 0), COALESCE(SUM({1}), 0), COALESCE(SUM({2}), 0), "
            "COALESCE(SUM({3}), 0), "
            "COALESCE(SUM({4}), 0), COUNT(*), {5}, {6}, {7}, {8} {9}",
            column, or_false(plan.is_rounded), or_false(plan.is_not_finite), or_false(plan.is_out_of_range),
            or_false(plan.is_rejected), plan.conserves_sum ? plan.sum_source_sql : none,
            plan.conserves_sum ? plan.sum_error_sql : none,
            plan.conserves_sum ? plan.largest_error_sql : none,
            plan.conserves_sum ? fmt::format("SUM(CASE WHEN {} OR {} OR {} THEN NULL ELSE {} END)",
                                             or_false(plan.is_not_finite), or_false(plan.is_out_of_range),
                                             or_false(plan.is_rejected), plan.forward_sql)
                               : none,
            from_));
        const auto& row = result.rows.at(0);
        const auto number = [&](std::size_t i) {
            return static_cast<Rows>(std::stoll(row.at(i).value_or("0")));
        };
        ConversionProbe probe;
        probe.nulls = number(0);
        probe.rounded = number(1);
        probe.not_finite = number(2);
        probe.out_of_range = number(3);
        probe.rejected = number(4);
        probe.exact =
            number(5) - probe.nulls - probe.rounded - probe.not_finite - probe.out_of_range - probe.rejected;
        probe.sum_source = row.at(6).value_or("");
        probe.sum_error = row.at(7).value_or("");
        probe.largest_error = row.at(8).value_or("");
        probe.sum_target = row.at(9).value_or("");
        examples(probe.examples, plan, column);
        return probe;
    }

    [[nodiscard]] RuleProbe rule(const RowRule& rule) {
        RuleProbe probe;
        probe.rule = rule.rule;
        probe.subject = rule.subject;
        probe.violations =
            session_.run(fmt::format("SELECT COUNT(*) {} AND ({})", from_, rule.broken_sql)).only_integer();
        if (probe.violations > 0) {
            collect(probe.examples, rule.rule, rule.broken_sql, "src." + quote_name(rule.subject));
        }
        return probe;
    }

  private:
    void examples(std::vector<ProbeExample>& into, const ConversionPlan& plan, const std::string& column) {
        for (const auto& [finding, condition] : {std::pair{"rounded", &plan.is_rounded},
                                                 {"not_finite", &plan.is_not_finite},
                                                 {"out_of_range", &plan.is_out_of_range},
                                                 {"rejected", &plan.is_rejected}}) {
            if (!condition->empty()) {
                collect(into, finding, *condition, column);
            }
        }
    }

    void collect(std::vector<ProbeExample>& into, const std::string& finding, const std::string& condition,
                 const std::string& column) {
        const ResultSet found = session_.run(fmt::format("SELECT {}, {} {} AND ({}) LIMIT {}",
                                                         key_texts_sql(detail_.source_key, from_alias),
                                                         column, from_, condition, examples_max_));
        for (const auto& row : found.rows) {
            KeyTexts texts;
            for (std::size_t i = 0; i < detail_.source_key.size(); ++i) {
                texts.push_back(row.at(i).value_or(""));
            }
            into.push_back(
                {finding, display_key(detail_.source_key, texts), row.at(detail_.source_key.size())});
        }
    }

    Session& session_;
    Detail detail_;
    int examples_max_;
    std::string from_;
};

} // namespace

std::optional<Chunk> MysqlProber::next_chunk(Session& session, const Blueprint& blueprint,
                                             const std::string& lower, Rows rows) const {
    return MysqlVerifier{}.next_chunk(session, blueprint, lower, rows); // the same ranges of the source
}

ProbedChunk MysqlProber::probe_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                     int example_keys_max) const {
    Probe probe{session, blueprint, chunk, example_keys_max};
    ProbedChunk probed;
    probed.rows = probe.count();
    for (const ConversionPlan& plan : blueprint.conversions) {
        probed.conversions.push_back(probe.conversion(plan));
    }
    for (const RowRule& rule : detail_of(blueprint).row_rules) {
        probed.rules.push_back(probe.rule(rule));
    }
    return probed;
}

std::vector<RuleProbe> MysqlProber::probe_whole(Session& session, const Blueprint& blueprint,
                                                int example_keys_max) const {
    std::vector<RuleProbe> probes;
    for (const UniqueRule& rule : detail_of(blueprint).unique_rules) {
        std::string values, not_null = "TRUE", names;
        for (std::size_t i = 0; i < rule.expressions.size(); ++i) {
            values += fmt::format("{}{} AS _tt_c{}", i == 0 ? "" : ", ", rule.expressions[i], i);
            not_null += fmt::format(" AND v._tt_c{} IS NOT NULL", i); // NULLs are never duplicates
            names += fmt::format("{}v._tt_c{}", i == 0 ? "" : ", ", i);
        }
        const std::string groups = fmt::format(
            "SELECT {0}, COUNT(*) AS _tt_n FROM (SELECT {1} FROM {2} AS src) AS v WHERE {3} GROUP BY {0} "
            "HAVING COUNT(*) > 1",
            names, values, quote_name(blueprint.source.name), not_null);
        RuleProbe probe;
        probe.rule = "unique";
        probe.subject = rule.index;
        probe.violations =
            session.run("SELECT COALESCE(SUM(g._tt_n - 1), 0) FROM (" + groups + ") AS g").only_integer();
        if (probe.violations > 0) {
            for (const auto& row : session.run(fmt::format("{} LIMIT {}", groups, example_keys_max)).rows) {
                probe.examples.push_back({"duplicate", rule.index, row.at(0)});
            }
        }
        probes.push_back(std::move(probe));
    }
    return probes;
}

} // namespace turntable::mysql
