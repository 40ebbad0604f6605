// Builds the shadow's indexes in bulk after the copy, the key's first, then what refers to them, and
// statistics last.
#include <algorithm>

#include <fmt/core.h>

#include "job_state.hpp"
#include "parts.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

// Bulk builds sort: below this the sort spills to disk in many runs. A server that allows more keeps its own
// setting.
constexpr std::string_view enough_memory =
    "SELECT pg_catalog.set_config('maintenance_work_mem', '256MB', true) FROM pg_catalog.pg_settings"
    " WHERE name = 'maintenance_work_mem' AND setting::bigint < 256 * 1024";

enum class State { missing, invalid, built };

State state_of(Session& session, const std::string& index) {
    const ResultSet found = session.run("SELECT indisvalid AND indisready FROM pg_catalog.pg_index"
                                        " WHERE indexrelid = pg_catalog.to_regclass($1)",
                                        {index});
    if (found.rows.empty()) {
        return State::missing;
    }
    return found.rows[0][0] == "t" ? State::built : State::invalid;
}

// One transaction: either the index is there with all that belongs to it, or nothing is.
void build_index(Session& session, const Blueprint& blueprint, const Detail& detail, const IndexStep& step) {
    Transaction transaction{session, TxMode::write};
    use_job_settings(session, detail);
    mark_writer(session, blueprint, detail);
    const State state = state_of(session, step.name);
    if (state == State::invalid) {
        session.run("DROP INDEX " + step.name);
    }
    if (state != State::built) {
        session.run(std::string{enough_memory});
        session.run(step.create);
        for (const Statement& statement : step.then) {
            session.run(statement);
        }
    }
    transaction.commit();
}

class PostgresqlIndexer final : public Indexer {
  public:
    [[nodiscard]] std::vector<Statement> steps(const Blueprint& blueprint) const override {
        const Detail detail = detail_of(blueprint);
        std::vector<Statement> steps;
        for (const IndexStep& step : detail.indexes) {
            steps.push_back(step.create);
        }
        steps.insert(steps.end(), detail.before_swap.begin(), detail.before_swap.end());
        return steps;
    }

    void build(Session& session, const Blueprint& blueprint, std::size_t n) const override {
        const Detail detail = detail_of(blueprint);
        if (n < detail.indexes.size()) {
            build_index(session, blueprint, detail, detail.indexes[n]);
            return;
        }
        Transaction transaction{session, TxMode::write};
        use_job_settings(session, detail);
        session.run(detail.before_swap.at(n - detail.indexes.size()));
        transaction.commit();
    }

    // Scanning the table and loading the sorted entries count half each.
    [[nodiscard]] std::optional<double> progress(Session& session,
                                                 const Blueprint& blueprint) const override {
        const ResultSet running = session.run(
            "SELECT coalesce(avg(0.5 * blocks_done / nullif(blocks_total, 0)"
            " + 0.5 * coalesce(tuples_done::float8 / nullif(tuples_total, 0), 0)), 0), count(*)"
            " FROM pg_catalog.pg_stat_progress_create_index WHERE relid = pg_catalog.to_regclass($1)",
            {detail_of(blueprint).names.shadow});
        const std::vector<Cell>& row = running.rows.at(0);
        if (row[1] == "0" || !row[0]) {
            return std::nullopt;
        }
        return std::clamp(std::stod(*row[0]), 0.0, 1.0);
    }
};

} // namespace

std::unique_ptr<Indexer> make_indexer() {
    return std::make_unique<PostgresqlIndexer>();
}

} // namespace turntable::postgresql
