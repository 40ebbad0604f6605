#include "replayer.hpp"

#include <fmt/format.h>

#include <optional>
#include <span>

#include "errors.hpp"
#include "key_sql.hpp"
#include "quote.hpp"
#include "replay_sql.hpp"
#include "short_lock.hpp"
#include "unchecked.hpp"
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

// START TRANSACTION would give up LOCK TABLES; without autocommit a transaction begins by itself.
// A row that somebody holds is waited for no longer than a second, the least that the server knows; less is
// the watchdog's business, where it gets a connection.
class OneCommit {
  public:
    explicit OneCommit(Session& session) : session_(session) {
        session_.run("SET SESSION autocommit = 0, innodb_lock_wait_timeout = 1");
    }
    ~OneCommit() {
        run_at_last(session_, "ROLLBACK"); // nothing is left after a commit
        run_at_last(session_, "SET SESSION autocommit = 1, innodb_lock_wait_timeout = 5");
    }
    OneCommit(const OneCommit&) = delete;
    OneCommit& operator=(const OneCommit&) = delete;

  private:
    Session& session_;
};

struct Clashing {
    std::int64_t number;
    bool duplicate;
    Clash clash;
};

Clashing clashing_key(Session& session, const Route& route, const ReplaySql& sql, std::int64_t number,
                      const DatabaseError& error) {
    KeyTexts texts;
    const ResultSet shown = session.run(sql.key_texts(), {number});
    for (const Cell& cell : shown.rows.at(0)) {
        texts.push_back(cell.value_or(""));
    }
    return {number,
            error.kind() == DatabaseErrorKind::unique_violation,
            {display_key(route.from_key, texts), error.what()}};
}

using Numbers = std::span<const std::int64_t>;

// Inserts the rows of these keys. nullopt: done; else nothing was inserted, and why.
std::optional<DatabaseError> try_insert(Session& session, const ReplaySql& sql, Numbers numbers,
                                        Rows& written) {
    session.run("SAVEPOINT _tt_part");
    try {
        written += insert(session, sql, Keys::range, {numbers.front(), numbers.back()});
        return std::nullopt;
    } catch (const DatabaseError& error) {
        if (!is_about_the_row(error)) {
            throw;
        }
        session.run("ROLLBACK TO SAVEPOINT _tt_part");
        return error;
    }
}

// After the insert of the whole batch failed and was taken back: in order, by halves of what fails, so that a
// few clashes among thousands of keys cost few statements. Returns the keys that clash, which are not on the
// to-side then.
std::vector<Clashing> insert_what_fits(Session& session, const Route& route, const ReplaySql& sql,
                                       Rows& written) {
    std::vector<std::int64_t> all;
    for (const auto& row : session.run(sql.key_numbers()).rows) {
        all.push_back(std::stoll(row[0].value_or("0")));
    }
    std::vector<Clashing> clashing;
    std::vector<Numbers> waiting{all};
    while (!waiting.empty()) {
        const Numbers numbers = waiting.back();
        waiting.pop_back();
        const bool whole_batch = numbers.size() == all.size() && numbers.size() > 1; // is known to fail
        const auto error = whole_batch ? std::nullopt : try_insert(session, sql, numbers, written);
        if (error && numbers.size() == 1) {
            clashing.push_back(clashing_key(session, route, sql, numbers.front(), *error));
        } else if (error || whole_batch) {
            const std::size_t half = numbers.size() / 2;
            waiting.push_back(numbers.subspan(half));
            waiting.push_back(numbers.first(half));
        }
    }
    return clashing;
}

// The rows of the whole batch at once if they fit, else as many as do.
std::vector<Clashing> insert_rows(Session& session, const Route& route, const ReplaySql& sql, Rows& written) {
    session.run("SAVEPOINT _tt_whole");
    try {
        written = insert(session, sql, Keys::all, {});
        return {};
    } catch (const DatabaseError& error) {
        if (!is_about_the_row(error)) {
            throw;
        }
    }
    session.run("ROLLBACK TO SAVEPOINT _tt_whole"); // rows may have come in with a warning
    written = 0;
    return insert_what_fits(session, route, sql, written);
}

void requeue(Session& session, const ReplaySql& sql, const std::vector<Clashing>& clashing,
             Duplicates duplicates, Replayed& replayed) {
    for (const Clashing& one : clashing) {
        static_cast<void>(session.run(sql.requeue(), {one.number}));
        if (duplicates == Duplicates::told || !one.duplicate) {
            replayed.clashes.push_back(one.clash);
        }
    }
}

// Forward: a row that clashes is absent until its entry is taken again, which is at the end of the log now.
void replace_rows(Session& session, const Route& route, const ReplaySql& sql, Duplicates duplicates,
                  Replayed& replayed) {
    replayed.deleted = session.run(sql.remove()).affected;
    requeue(session, sql, insert_rows(session, route, sql, replayed.written), duplicates, replayed);
}

// Back: a row of the old table has values that nothing else has, so one that clashes must stay as it is.
// Without it the rest of the batch is tried again; what does not fit then waits as a whole.
void replace_rows_that_fit(Session& session, const Route& route, const ReplaySql& sql, Duplicates duplicates,
                           Replayed& replayed) {
    // Each row put aside holds the value of another one, so that long cycles would end row by row.
    constexpr int rounds = 3;
    for (int round = 0; round < rounds; ++round) {
        session.run("SAVEPOINT _tt_batch");
        Replayed tried;
        tried.deleted = session.run(sql.remove()).affected;
        const std::vector<Clashing> clashing = insert_rows(session, route, sql, tried.written);
        if (clashing.empty()) {
            replayed.deleted = tried.deleted;
            replayed.written = tried.written;
            return;
        }
        session.run("ROLLBACK TO SAVEPOINT _tt_batch");
        requeue(session, sql, clashing, duplicates, replayed);
        // Another spelling of such a key would still remove its row.
        session.run(sql.requeue_spellings());
        session.run(sql.forget_spellings());
        for (const Clashing& one : clashing) {
            session.run(sql.forget_key(), {one.number});
        }
    }
    session.run(sql.requeue_all());
}

} // namespace

Replayed replay_route(Session& session, const Route& route, Rows keys_max, Duplicates duplicates) {
    const ReplaySql sql{route};
    std::optional<UncheckedForeignKeys> unchecked;
    if (route.others_refer) {
        unchecked.emplace(session);
    }
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
    if (sql.keeps_values()) {
        replace_rows_that_fit(session, route, sql, duplicates, replayed);
    } else {
        replace_rows(session, route, sql, duplicates, replayed);
    }
    session.run(sql.consume());
    return replayed;
}

std::optional<Replayed> replay_under_lock(Session& session, const Route& route, Rows keys_max, Millis limit) {
    const OneCommit one_commit{session};
    Watchdog watchdog{session, limit};
    std::optional<Replayed> replayed;
    try {
        replayed = replay_route(session, route, keys_max);
    } catch (const DatabaseError& error) {
        const bool row_lock = error.native() == error_lock_wait_timeout;
        if ((!watchdog.stop() && !row_lock) || !session.usable()) {
            throw;
        }
        settle(session);
        if (!row_lock && error.kind() != DatabaseErrorKind::cancelled) {
            throw;
        }
        return std::nullopt;
    }
    if (watchdog.stop()) {
        settle(session);
        return std::nullopt;
    }
    session.run("COMMIT");
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
    const Route route = make_route(blueprint, detail_of(blueprint), direction);
    if (direction == Direction::forward) {
        return replay_route(session, route, keys_max);
    }
    // A duplicate says nothing here: its partner was changed a moment later, or waits itself. Under the
    // swap's lock every entry is in one batch, and one that clashes there is told.
    return replay_route(session, route, keys_max, Duplicates::awaited);
}

} // namespace turntable::mysql
