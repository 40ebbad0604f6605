#include "prober.hpp"

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "key_sql.hpp"
#include "quote.hpp"
#include "route.hpp"
#include "verifier.hpp"

namespace turntable::mysql {
namespace {

std::string or_false(const std::string& condition) {
    return condition.empty() ? "FALSE" : "(" + condition + ")";
}

// A FLOAT's own text has six digits: where they do not read back as it, the exact double is shown.
std::string shown_value(const ConversionPlan& plan) {
    const std::string column = "src." + quote_name(plan.source_column);
    if (conversion::column_type(plan.source_type).kind != conversion::TypeKind::float4) {
        return column;
    }
    return fmt::format("CASE WHEN CAST(CAST({0} AS CHAR) AS FLOAT) = {0} THEN CAST({0} AS CHAR) ELSE "
                       "CAST({0} * 1e0 AS CHAR) END",
                       column);
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
    // All rows.
    Probe(Session& session, const Blueprint& blueprint, int examples_max)
        : session_(session),
          detail_(detail_of(blueprint)),
          examples_max_(examples_max),
          from_(fmt::format("FROM {} AS src WHERE TRUE", quote_name(blueprint.source.name))) {}

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
        examples(probe.examples, plan, shown_value(plan));
        return probe;
    }

    [[nodiscard]] RuleProbe rule(const RowRule& rule) {
        RuleProbe probe;
        probe.rule = rule.rule;
        probe.subject = rule.subject;
        probe.violations =
            session_.run(fmt::format("SELECT COUNT(*) {} AND ({})", from_, rule.broken_sql)).only_integer();
        if (probe.violations > 0) {
            collect(probe.examples, rule.rule, rule.broken_sql, rule.shown_sql);
        }
        return probe;
    }

    // The whole table at once: no range of the key tells what the others hold.
    [[nodiscard]] RuleProbe unique(const UniqueRule& rule) {
        std::string values, names, not_null = "TRUE";
        for (std::size_t i = 0; i < rule.expressions.size(); ++i) {
            const std::string name = fmt::format("_tt_c{}", i);
            values += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", rule.expressions[i], name);
            names += (i == 0 ? "v." : ", v.") + name;
            not_null += fmt::format(" AND v.{} IS NOT NULL", name); // NULLs are never duplicates
        }
        RuleProbe probe;
        probe.rule = "unique";
        probe.subject = rule.index;
        probe.violations =
            session_
                .run(fmt::format("SELECT COALESCE(SUM(g._tt_n - 1), 0) FROM (SELECT COUNT(*) AS _tt_n FROM "
                                 "(SELECT {} {}) AS v WHERE {} GROUP BY {} HAVING COUNT(*) > 1) AS g",
                                 values, from_, not_null, names))
                .only_integer();
        if (probe.violations > 0) {
            const std::string key =
                detail_.source_key.empty() ? "" : key_names(detail_.source_key, "src") + ", ";
            add_examples(
                probe.examples, "duplicate", fmt::format("CONCAT_WS(', ', {})", names),
                fmt::format("FROM (SELECT v.*, COUNT(*) OVER (PARTITION BY {0}) AS _tt_n FROM (SELECT "
                            "{1}{2} {3}) AS v WHERE {4}) AS v WHERE v._tt_n > 1 ORDER BY {0}",
                            names, key, values, from_, not_null),
                "v");
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
        add_examples(into, finding, column, fmt::format("{} AND ({})", from_, condition), from_alias);
    }

    void add_examples(std::vector<ProbeExample>& into, const std::string& finding, const std::string& shown,
                      const std::string& from, std::string_view alias) {
        const std::vector<KeyPart>& key = detail_.source_key;
        const std::string texts = key.empty() ? "" : key_texts_sql(key, alias) + ", ";
        for (const auto& row :
             session_.run(fmt::format("SELECT {}{} {} LIMIT {}", texts, shown, from, examples_max_)).rows) {
            KeyTexts parts;
            for (std::size_t i = 0; i < key.size(); ++i) {
                parts.push_back(row.at(i).value_or(""));
            }
            into.push_back(
                {finding, key.empty() ? "a row without a key" : display_key(key, parts), row.at(key.size())});
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

Blueprint MysqlProber::over_old_table(const Blueprint& blueprint) const {
    Detail detail = detail_of(blueprint);
    detail.row_rules.clear();
    Blueprint old = blueprint;
    old.source.name = blueprint.old_name;
    old.detail = to_json(detail);
    return old;
}

std::vector<RuleProbe> MysqlProber::probe_whole(Session& session, const Blueprint& blueprint,
                                                int example_keys_max) const {
    const Detail detail = detail_of(blueprint);
    Probe probe{session, blueprint, example_keys_max};
    std::vector<RuleProbe> probes;
    if (detail.source_key.empty()) { // no ranges to go by
        for (const RowRule& rule : detail.row_rules) {
            probes.push_back(probe.rule(rule));
        }
    }
    for (const UniqueRule& rule : detail.unique_rules) {
        probes.push_back(probe.unique(rule));
    }
    return probes;
}

} // namespace turntable::mysql
