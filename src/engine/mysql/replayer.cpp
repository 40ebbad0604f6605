#include "replayer.hpp"

#include <fmt/format.h>

#include "key_sql.hpp"
#include "quote.hpp"
#include "replay_sql.hpp"
#include "warnings.hpp"

namespace turntable::mysql {
namespace {

bool is_about_the_row(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::unique_violation ||
           error.kind() == DatabaseErrorKind::bad_value;
}

Rows insert(Session& session, const ReplaySql& sql, Keys keys, const std::vector<Value>& arguments) {
    Rows rows = 0;
    for (const std::string& statement : sql.insert(keys)) {
        rows += session.run(statement, arguments).affected;
        refuse_warnings(session, statement);
    }
    return rows;
}

// Key by key, after the whole batch failed: those that still clash go to the end of the log again.
void insert_one_by_one(Session& session, const Route& route, const ReplaySql& sql, Replayed& replayed) {
    // What the failed statement left: nothing, or rows that came in with a warning.
    static_cast<void>(session.run(sql.remove(Keys::all)));
    for (const auto& row : session.run(sql.key_numbers()).rows) {
        const std::vector<Value> number{std::int64_t{std::stoll(row[0].value_or("0"))}};
        try {
            replayed.written += insert(session, sql, Keys::one, number);
        } catch (const DatabaseError& error) {
            if (!is_about_the_row(error)) {
                throw;
            }
            static_cast<void>(session.run(sql.remove(Keys::one), number));
            static_cast<void>(session.run(sql.requeue(), number));
            KeyTexts texts;
            const ResultSet shown = session.run(sql.key_texts(), number);
            for (const Cell& cell : shown.rows.at(0)) {
                texts.push_back(cell.value_or(""));
            }
            replayed.clashes.push_back({display_key(route.from_key, texts), error.what()});
        }
    }
}

} // namespace

Replayed replay_route(Session& session, const Route& route, Rows keys_max) {
    const ReplaySql sql{route};
    for (const std::string& statement : sql.create_tables()) {
        session.run(statement);
    }
    Replayed replayed;
    replayed.entries = session.run(sql.take_entries(keys_max)).affected;
    if (replayed.entries == 0) {
        return replayed;
    }
    session.run(sql.take_keys());
    if (!route.spellings_matter) {
        session.run(sql.find_same());
        session.run(sql.forget_same());
    }
    if (const std::string keep = sql.keep_old(); !keep.empty()) {
        session.run(keep);
    }
    replayed.deleted = session.run(sql.remove(Keys::all)).affected;
    try {
        replayed.written = insert(session, sql, Keys::all, {});
    } catch (const DatabaseError& error) {
        if (!is_about_the_row(error)) {
            throw;
        }
        replayed.written = 0;
        insert_one_by_one(session, route, sql, replayed);
    }
    session.run(sql.consume());
    return replayed;
}

std::int64_t MysqlReplayer::backlog(Session& session, const Blueprint& blueprint, Direction direction,
                                    std::int64_t limit) const {
    const std::string& log =
        direction == Direction::forward ? blueprint.log_name : blueprint.reverse_log_name;
    return session
        .run(fmt::format("SELECT COUNT(*) FROM (SELECT 1 FROM {} LIMIT {}) AS waiting", quote_name(log),
                         limit))
        .only_integer();
}

Replayed MysqlReplayer::replay_batch(Session& session, const Blueprint& blueprint, Direction direction,
                                     Rows keys_max) const {
    return replay_route(session, make_route(blueprint, detail_of(blueprint), direction), keys_max);
}

} // namespace turntable::mysql
