// probe: what the change would lose, alter or reject; reads only.
#include "flow.hpp"
#include "names.hpp"
#include "parts.hpp"
#include "sums.hpp"

namespace turntable::sqlite {
namespace {

Rows number(const Cell& cell) {
    return cell ? std::stoll(*cell) : 0;
}

std::string counted(const std::string& condition) {
    return condition.empty() ? "0" : "coalesce(sum(CASE WHEN " + condition + " THEN 1 END), 0)";
}

// The rows of one chunk, as a FROM clause with its arguments.
struct ChunkRows {
    std::string from;
    std::vector<Value> arguments;
};

class ChunkProbe {
  public:
    ChunkProbe(Session& session, const Flow& flow, ChunkRows rows, int examples_max)
        : session_(session), flow_(flow), rows_(std::move(rows)), examples_max_(examples_max) {}

    [[nodiscard]] Rows count() const { return number(run("count(*)").at(0).at(0)); }

    void add(const ConversionPlan& plan, ConversionProbe& out) const {
        const std::string column = identifier(plan.source_column);
        const auto row = run("count(*), " + counted(column + " IS NULL") + ", " + counted(plan.is_rounded) +
                             ", " + counted(plan.is_not_finite) + ", " + counted(plan.is_out_of_range) +
                             ", " + counted(plan.is_rejected))
                             .at(0);
        out.nulls += number(row[1]);
        out.rounded += number(row[2]);
        out.not_finite += number(row[3]);
        out.out_of_range += number(row[4]);
        out.rejected += number(row[5]);
        out.exact += number(row[0]) - number(row[1]) - number(row[2]) - number(row[3]) - number(row[4]) -
                     number(row[5]);
        // Without a rounding a value below the unit has no target, so there is no error to sum: the audit
        // refuses.
        const bool must_be_exact = !plan.asked.round || plan.asked.round == Rounding::exact_only;
        add_sums(plan, out, must_be_exact && number(row[2]) > 0 ? Sums::source_only : Sums::all);
        add_examples(out.examples, "rounded", plan.is_rounded, column);
        add_examples(out.examples, "not_finite", plan.is_not_finite, column);
        add_examples(out.examples, "out_of_range", plan.is_out_of_range, column);
        add_examples(out.examples, "rejected", plan.is_rejected, column);
    }

    void add(const Rule& rule, RuleProbe& out) const {
        out.violations += number(run(counted(rule.violates)).at(0).at(0));
        if (out.violations > 0) {
            add_examples(out.examples, rule.rule == "not_null" ? "null" : rule.rule, rule.violates,
                         rule.shown);
        }
    }

  private:
    [[nodiscard]] std::vector<std::vector<Cell>> run(const std::string& columns) const {
        return session_.run("SELECT " + columns + rows_.from, rows_.arguments).rows;
    }

    // The target's sum follows from the other two; verification takes it from the shadow.
    enum class Sums { all, source_only };
    void add_sums(const ConversionPlan& plan, ConversionProbe& out, Sums sums) const {
        if (!plan.conserves_sum) {
            return;
        }
        if (sums == Sums::source_only) {
            out.sum_source = decimal_sum(out.sum_source, run(plan.sum_source_sql).at(0)[0].value_or("0"));
            return;
        }
        const auto row =
            run(plan.sum_source_sql + ", " + plan.sum_error_sql + ", " + plan.largest_error_sql).at(0);
        const std::string source = row[0].value_or("0");
        const std::string error = row[1].value_or("0");
        out.sum_source = decimal_sum(out.sum_source, source);
        out.sum_error = decimal_sum(out.sum_error, error);
        out.sum_target = decimal_sum(out.sum_target, decimal_sum(decimal_scaled(source, plan.scale), error));
        out.largest_error = larger_decimal(out.largest_error, row[2].value_or("0"));
    }

    void add_examples(std::vector<ProbeExample>& out, const std::string& finding,
                      const std::string& condition, const std::string& shown) const {
        if (condition.empty() || examples_max_ <= 0) {
            return;
        }
        const KeyTerms terms = flow_.from_terms("");
        std::vector<Value> arguments = rows_.arguments;
        arguments.emplace_back(std::int64_t{examples_max_});
        for (const auto& row : session_
                                   .run("SELECT " + key_cells(terms) + ", turntable_show(" + shown + ")" +
                                            rows_.from + " AND (" + condition + ") LIMIT ?",
                                        arguments)
                                   .rows) {
            out.push_back({finding, shown_key(flow_.from_key, encode_key(row, 0, terms.size())), row.back()});
        }
    }

    Session& session_;
    const Flow& flow_;
    ChunkRows rows_;
    int examples_max_;
};

class SqliteProber final : public Prober {
  public:
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& lower, Rows rows) const override {
        const Flow flow = flow_of(blueprint, detail_of(blueprint), Direction::forward);
        const std::string upper =
            key_after(query_of(session), flow.from, flow.from_terms(""), lower, "", rows);
        return upper.empty() ? std::nullopt : std::optional{Chunk{0, lower, upper}};
    }

    [[nodiscard]] ProbedChunk probe_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                          int example_keys_max) const override {
        const Detail detail = detail_of(blueprint);
        const Flow flow = flow_of(blueprint, detail, Direction::forward);
        ProbedChunk out;
        out.conversions.resize(blueprint.conversions.size());
        for (const Rule& rule : detail.rules) {
            if (!rule.violates.empty()) {
                out.rules.push_back({rule.rule, rule.subject, 0, {}});
            }
        }
        for (const KeyRange& range : ranges_of(flow.from_terms(""), chunk.lower, chunk.upper)) {
            const ChunkProbe probe{
                session,
                flow,
                {" FROM " + identifier(flow.from) + " WHERE " + range.where, range.arguments},
                example_keys_max};
            out.rows += probe.count();
            for (std::size_t i = 0; i < out.conversions.size(); ++i) {
                probe.add(blueprint.conversions[i], out.conversions[i]);
            }
            std::size_t n = 0;
            for (const Rule& rule : detail.rules) {
                if (!rule.violates.empty()) {
                    probe.add(rule, out.rules[n++]);
                }
            }
        }
        return out;
    }

    [[nodiscard]] Blueprint over_old_table(const Blueprint& blueprint) const override {
        Detail detail = detail_of(blueprint);
        detail.rules.clear();
        Blueprint old = blueprint;
        old.source.name = blueprint.old_name;
        old.detail = to_text(detail);
        return old;
    }

    [[nodiscard]] std::vector<RuleProbe> probe_whole(Session& session, const Blueprint& blueprint,
                                                     int example_keys_max) const override {
        const Detail detail = detail_of(blueprint);
        const Flow flow = flow_of(blueprint, detail, Direction::forward);
        std::vector<RuleProbe> out;
        for (const Rule& rule : detail.rules) {
            if (!rule.whole.empty()) {
                out.push_back(probe_rule(session, flow, rule, example_keys_max));
            }
        }
        return out;
    }

  private:
    static RuleProbe probe_rule(Session& session, const Flow& flow, const Rule& rule, int example_keys_max) {
        RuleProbe out{rule.rule, rule.subject, 0, {}};
        out.violations = session.run(rule.count).only_integer();
        const std::size_t width = flow.from_key.size();
        for (const auto& row : session.run(rule.whole + " LIMIT ?", {std::int64_t{example_keys_max}}).rows) {
            out.examples.push_back({rule.rule == "unique"        ? "duplicate"
                                    : rule.rule == "foreign_key" ? "orphan"
                                                                 : rule.rule,
                                    shown_key(flow.from_key, encode_key(row, 0, width)), row.back()});
        }
        return out;
    }
};

} // namespace

std::unique_ptr<Prober> make_prober() {
    return std::make_unique<SqliteProber>();
}

} // namespace turntable::sqlite
