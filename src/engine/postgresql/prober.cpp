// Counts, before anything is created, what the change would lose, alter or reject. Reads only.
#include <array>
#include <charconv>

#include <fmt/core.h>

#include "job_state.hpp"
#include "key_chunks.hpp"
#include "parts.hpp"
#include "refused_values.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

struct BadClass {
    std::string_view finding;
    const std::string& predicate; // "" = cannot happen
    Rows ConversionProbe::*count;
};

std::array<BadClass, 4> classes_of(const ConversionPlan& conversion) {
    return {{{"rounded", conversion.is_rounded, &ConversionProbe::rounded},
             {"not_finite", conversion.is_not_finite, &ConversionProbe::not_finite},
             {"out_of_range", conversion.is_out_of_range, &ConversionProbe::out_of_range},
             {"rejected", conversion.is_rejected, &ConversionProbe::rejected}}};
}

std::string counted(const std::string& predicate) {
    return predicate.empty() ? "0" : fmt::format("count(*) FILTER (WHERE {})", predicate);
}

// The target's value of rows that have one: forward_sql may fail on a row that the probe rejects.
std::string target_of(const ConversionPlan& conversion) {
    std::string bad;
    for (const BadClass& one : classes_of(conversion)) {
        // Without a rounding a value below the unit has no target: evaluating it would fail.
        const bool has_target = one.finding == "rounded" && conversion.asked.round &&
                                conversion.asked.round != Rounding::exact_only;
        if (!has_target && !one.predicate.empty()) {
            bad += (bad.empty() ? "" : " OR ") + ("(" + one.predicate + ")");
        }
    }
    return bad.empty() ? conversion.forward_sql
                       : fmt::format("CASE WHEN ({}) IS NOT TRUE THEN {} END", bad, conversion.forward_sql);
}

// Per conversion: nulls, four classes; sum of the source, of the target, of the error, largest error.
std::vector<std::string> aggregates_of(const ConversionPlan& conversion) {
    std::vector<std::string> out{fmt::format("count(*) - count({})", quoted(conversion.source_column))};
    for (const BadClass& one : classes_of(conversion)) {
        out.push_back(counted(one.predicate));
    }
    if (!conversion.conserves_sum) {
        out.insert(out.end(), 4, "NULL");
        return out;
    }
    out.push_back(conversion.sum_source_sql);
    out.push_back(fmt::format("sum({})", target_of(conversion)));
    out.push_back(conversion.sum_error_sql);
    out.push_back(conversion.largest_error_sql);
    return out;
}

constexpr std::size_t aggregates_per_conversion = 9;

Rows rows_of(const Cell& cell) {
    Rows rows = 0;
    if (cell) {
        std::from_chars(cell->data(), cell->data() + cell->size(), rows);
    }
    return rows;
}

class ChunkProbe {
  public:
    ChunkProbe(Session& session, const Blueprint& blueprint, const Detail& detail, const Chunk& chunk,
               int examples_max)
        : session_(session),
          blueprint_(blueprint),
          detail_(detail),
          chunk_(chunk),
          examples_max_(examples_max) {
        range_ = key_range(detail, Side::source, source_names(detail), chunk.lower, chunk.upper, arguments_);
    }

    [[nodiscard]] ProbedChunk run() {
        const auto complete = aggregate_with_values();
        const std::vector<Cell> row = complete ? *complete : aggregate({});
        ProbedChunk out;
        out.rows = rows_of(row[0]);
        std::size_t cell = 1;
        for (const ConversionPlan& conversion : blueprint_.conversions) {
            out.conversions.push_back(conversion_from(conversion, row, cell, out.rows));
            cell += aggregates_per_conversion;
        }
        for (const RowRule& rule : detail_.row_rules) {
            RuleProbe& probe = out.rules.emplace_back();
            probe.rule = rule.rule;
            probe.subject = rule.subject;
            probe.violations = rows_of(row[cell++]);
            if (probe.violations > 0) {
                probe.examples = examples(rule.rule, rule.violated_sql, rule.value_sql);
            }
        }
        if (!complete) {
            for (const EvaluatedValue& value : detail_.evaluated) {
                out.rules.push_back(refused_values(session_, detail_, value, chunk_, examples_max_));
            }
        }
        return out;
    }

  private:
    // nullopt: the server refuses a value of some row.
    [[nodiscard]] std::optional<std::vector<Cell>> aggregate_with_values() {
        if (detail_.evaluated.empty()) {
            return std::nullopt;
        }
        std::vector<std::string> values;
        for (const EvaluatedValue& value : detail_.evaluated) {
            values.push_back(fmt::format("count({})", value.forward_sql));
        }
        std::optional<std::vector<Cell>> row;
        (void)refusal_of(session_, [&] { row = aggregate(values); });
        return row;
    }

    [[nodiscard]] std::vector<Cell> aggregate(const std::vector<std::string>& more) {
        std::vector<std::string> columns{"count(*)"};
        for (const ConversionPlan& conversion : blueprint_.conversions) {
            for (std::string& column : aggregates_of(conversion)) {
                columns.push_back(std::move(column));
            }
        }
        for (const RowRule& rule : detail_.row_rules) {
            columns.push_back(counted(rule.violated_sql));
        }
        columns.insert(columns.end(), more.begin(), more.end());
        const std::string where = range_.empty() ? "" : " WHERE " + range_;
        return session_
            .run(Statement{
                fmt::format("SELECT {} FROM {}{}", joined(columns, ", "), detail_.names.source, where),
                arguments_, "count what the change would lose", Blocks::nobody})
            .rows.at(0);
    }

    [[nodiscard]] ConversionProbe conversion_from(const ConversionPlan& conversion,
                                                  const std::vector<Cell>& row, std::size_t first,
                                                  Rows rows) {
        ConversionProbe probe;
        probe.nulls = rows_of(row[first]);
        probe.exact = rows - probe.nulls;
        std::size_t cell = first + 1;
        for (const BadClass& one : classes_of(conversion)) {
            const Rows count = rows_of(row[cell++]);
            probe.*one.count = count;
            probe.exact -= count;
            if (count > 0) {
                const auto found = examples(std::string{one.finding}, one.predicate,
                                            quoted(conversion.source_column) + "::text");
                probe.examples.insert(probe.examples.end(), found.begin(), found.end());
            }
        }
        if (conversion.conserves_sum) {
            probe.sum_source = row[cell].value_or("0");
            probe.sum_target = row[cell + 1].value_or("0");
            probe.sum_error = row[cell + 2].value_or("0");
            probe.largest_error = row[cell + 3].value_or("0");
        }
        return probe;
    }

    [[nodiscard]] std::vector<ProbeExample> examples(const std::string& finding, const std::string& predicate,
                                                     const std::string& value) {
        const std::vector<std::string> key = source_names(detail_);
        const std::string range = range_.empty() ? "" : range_ + " AND ";
        const ResultSet found = session_.run(
            Statement{fmt::format("SELECT {}, {} FROM {} WHERE {}({}) ORDER BY {} LIMIT {}",
                                  joined(key, ", "), value.empty() ? "NULL" : value, detail_.names.source,
                                  range, predicate, order_by_key(detail_, key), examples_max_),
                      arguments_, "show examples", Blocks::nobody});
        std::vector<ProbeExample> out;
        for (const std::vector<Cell>& row : found.rows) {
            out.push_back({finding, shown(key, key_of(row, key.size())), row.back()});
        }
        return out;
    }

    Session& session_;
    const Blueprint& blueprint_;
    const Detail& detail_;
    const Chunk& chunk_;
    int examples_max_;
    std::string range_;
    std::vector<Value> arguments_;
};

class PostgresqlProber final : public Prober {
  public:
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& lower, Rows rows) const override {
        const Detail detail = detail_of(blueprint);
        return next_key_range(session, detail, detail.names.source, lower, rows);
    }

    [[nodiscard]] ProbedChunk probe_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                          int example_keys_max) const override {
        const Detail detail = detail_of(blueprint);
        use_job_settings(session, detail);
        return ChunkProbe{session, blueprint, detail, chunk, example_keys_max}.run();
    }

    [[nodiscard]] std::vector<RuleProbe> probe_whole(Session& session, const Blueprint& blueprint,
                                                     int example_keys_max) const override {
        const Detail detail = detail_of(blueprint);
        use_job_settings(session, detail);
        std::vector<RuleProbe> out;
        for (const TableRule& rule : detail.table_rules) {
            RuleProbe& probe = out.emplace_back();
            probe.rule = rule.rule;
            probe.subject = rule.subject;
            probe.violations = session.run(rule.count_sql).only_integer();
            if (probe.violations == 0) {
                continue;
            }
            const ResultSet found =
                session.run(fmt::format("{} LIMIT {}", rule.examples_sql, example_keys_max));
            for (const std::vector<Cell>& row : found.rows) {
                probe.examples.push_back({rule.rule, row.at(0).value_or(""), row.at(1)});
            }
        }
        return out;
    }
};

} // namespace

std::unique_ptr<Prober> make_prober() {
    return std::make_unique<PostgresqlProber>();
}

} // namespace turntable::postgresql
