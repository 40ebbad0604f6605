#include "indexer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog.hpp"
#include "create_text.hpp"
#include "detail.hpp"
#include "quote.hpp"
#include "replayer.hpp"

namespace turntable::mysql {
namespace {

constexpr Rows replay_batch_keys = 10'000;

// What one step adds; empty: ANALYZE.
struct Step {
    std::vector<std::string> definitions;
    bool unique = false;
    std::string statistics; // what follows ANALYZE TABLE
};

std::vector<Step> steps_of(const Detail& detail) {
    std::vector<Step> steps;
    if (!detail.deferred.plain.empty()) {
        steps.push_back({detail.deferred.plain, false, ""});
    }
    if (!detail.deferred.unique.empty()) {
        steps.push_back({detail.deferred.unique, true, ""});
    }
    for (const std::string& definition : detail.deferred.single) {
        steps.push_back({{definition}, false, ""});
    }
    steps.push_back({});
    for (const std::string& clause : detail.statistics) {
        steps.push_back({{}, false, clause});
    }
    return steps;
}

Statement statement_of(const Blueprint& blueprint, const Step& step) {
    if (step.definitions.empty()) {
        return {"ANALYZE TABLE " + quote_name(blueprint.shadow_name) + step.statistics,
                {},
                "statistics before the swap",
                Blocks::nobody};
    }
    std::string adds;
    for (const std::string& definition : step.definitions) {
        adds += (adds.empty() ? "ADD " : ", ADD ") + definition;
    }
    return {fmt::format("ALTER TABLE {} {}", quote_name(blueprint.shadow_name), adds),
            {},
            step.unique ? "build the deferred unique indexes" : "build the deferred indexes",
            Blocks::nobody};
}

// Whole replays until nothing is left; then no row of the shadow is staler than a moment.
void replay_all(Session& session, const Blueprint& blueprint) {
    const Route route = make_route(blueprint, detail_of(blueprint), Direction::forward);
    Rows taken = 0;
    do {
        Transaction transaction{session, TxMode::write};
        taken = replay_route(session, route, replay_batch_keys).entries;
        transaction.commit();
    } while (taken == replay_batch_keys);
}

// A duplicate that is a stale row's is gone after a replay; one that stays is in the source.
void build_unique(Session& session, const Blueprint& blueprint, const Statement& statement) {
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        replay_all(session, blueprint);
        try {
            session.run(statement);
            return;
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::unique_violation || attempt == attempts) {
                throw;
            }
        }
    }
}

} // namespace

std::vector<Statement> MysqlIndexer::steps(const Blueprint& blueprint) const {
    std::vector<Statement> statements;
    for (const Step& step : steps_of(detail_of(blueprint))) {
        statements.push_back(statement_of(blueprint, step));
    }
    return statements;
}

void MysqlIndexer::build(Session& session, const Blueprint& blueprint, std::size_t n) const {
    Step step = steps_of(detail_of(blueprint)).at(n);
    if (!step.definitions.empty()) {
        const auto built = index_lines(create_text(session, blueprint.source.schema, blueprint.shadow_name));
        std::erase_if(step.definitions, [&](const std::string& definition) {
            return std::ranges::any_of(built,
                                       [&](const IndexLine& line) { return line.definition == definition; });
        });
        if (step.definitions.empty()) {
            return;
        }
    }
    const Statement statement = statement_of(blueprint, step);
    if (step.unique) {
        build_unique(session, blueprint, statement);
    } else {
        session.run(statement);
    }
}

std::optional<double> MysqlIndexer::progress(Session& session, const Blueprint& blueprint) const {
    // performance_schema's stage events (MySQL) are off by default and MariaDB reports only to the client
    // that asked.
    static_cast<void>(session);
    static_cast<void>(blueprint);
    return std::nullopt;
}

} // namespace turntable::mysql
