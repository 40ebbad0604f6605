// Builds the shadow's indexes in bulk after the copy, the key's first, then what refers to them, and
// statistics last.
#include <algorithm>
#include <thread>

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

constexpr std::string_view one_worker =
    "SELECT pg_catalog.set_config('max_parallel_maintenance_workers', '1', true) FROM pg_catalog.pg_settings"
    " WHERE name = 'max_parallel_maintenance_workers' AND setting::int > 1";

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

// Parallel workers of one build: those the server allows for one, divided among the sessions that build.
void share_workers(Session& session, int sessions) {
    session.run(fmt::format(
        "SELECT pg_catalog.set_config('max_parallel_maintenance_workers', greatest((setting::int + 1)"
        " / {} - 1, 0)::text, true) FROM pg_catalog.pg_settings"
        " WHERE name = 'max_parallel_maintenance_workers'",
        sessions));
}

enum class Company { alone, application };

// One transaction: the index is there, or nothing is.
void create_index(Session& session, const Detail& detail, const IndexStep& step, Company company,
                  int sessions) {
    Transaction transaction{session, TxMode::write};
    use_job_settings(session, detail);
    const State state = state_of(session, step.name);
    if (state == State::invalid) {
        session.run("DROP INDEX " + step.name);
    }
    if (state != State::built) {
        session.run(std::string{enough_memory});
        if (company == Company::application) {
            session.run(std::string{one_worker});
        } else if (sessions > 1) {
            share_workers(session, sessions);
        }
        session.run(step.create);
    }
    transaction.commit();
}

// What belongs to the index, in one transaction; a constraint that uses the index says that it was done.
void complete_index(Session& session, const Blueprint& blueprint, const Detail& detail,
                    const IndexStep& step) {
    Transaction transaction{session, TxMode::write};
    use_job_settings(session, detail);
    mark_writer(session, blueprint, detail);
    const bool done = session
                          .run("SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid ="
                               " pg_catalog.to_regclass($1))",
                               {step.name})
                          .only() == "t";
    if (!done) {
        for (const Statement& statement : step.then) {
            session.run(statement);
        }
    }
    transaction.commit();
}

struct Look {
    std::int64_t transactions = 0, active = 0;
};

// Ids given to transactions so far, and sessions of others that are working; those of other roles may be
// hidden.
Look look_at_load(Session& session) {
    const ResultSet found = session.run(
        "SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()), (SELECT count(*) FROM"
        " pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active' AND pid <>"
        " pg_catalog.pg_backend_pid() AND application_name NOT LIKE 'turntable %')");
    const std::vector<Cell>& row = found.rows.at(0);
    return {std::stoll(row[0].value_or("0")), std::stoll(row[1].value_or("0"))};
}

// Beside an application one build with one worker disturbs least; on an idle server nothing is gained by
// modesty.
Company company_of(Session& session) {
    constexpr Millis between_looks{50};
    constexpr std::int64_t own_transactions_max = 2; // the heartbeat's
    const Look first = look_at_load(session);
    std::this_thread::sleep_for(between_looks);
    const Look second = look_at_load(session);
    const bool working =
        first.active + second.active > 0 || second.transactions - first.transactions > own_transactions_max;
    return working ? Company::application : Company::alone;
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

    [[nodiscard]] std::vector<std::size_t> beside_each_other(Session& session, const Blueprint& blueprint,
                                                             std::size_t n, int sessions_max) const override {
        const Detail detail = detail_of(blueprint);
        std::vector<std::size_t> missing;
        for (std::size_t step = n; step < detail.indexes.size(); ++step) {
            if (state_of(session, detail.indexes[step].name) != State::built) {
                missing.push_back(step);
            }
        }
        const bool allowed = missing.size() > 1 && sessions_max > 1 && company_of(session) == Company::alone;
        return allowed ? missing : std::vector<std::size_t>{};
    }

    void build_beside(Session& session, const Blueprint& blueprint, std::size_t n,
                      int sessions) const override {
        const Detail detail = detail_of(blueprint);
        create_index(session, detail, detail.indexes.at(n), Company::alone, sessions);
    }

    void build(Session& session, const Blueprint& blueprint, std::size_t n) const override {
        const Detail detail = detail_of(blueprint);
        if (n < detail.indexes.size()) {
            const IndexStep& step = detail.indexes[n];
            if (state_of(session, step.name) != State::built) {
                create_index(session, detail, step, company_of(session), 1);
            }
            complete_index(session, blueprint, detail, step);
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
