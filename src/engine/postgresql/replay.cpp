#include "replay.hpp"

#include <span>

#include "job_state.hpp"
#include "replay_sql.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

using Keys = std::vector<KeyText>;

// Runs `work` in a savepoint. Answers the error if a row was refused: by another row (unique, exclusion) or
// by the new shape (NOT NULL, CHECK, range, a value that cannot be converted). Other errors are not about a
// row.
template <typename Work>
std::optional<DatabaseError> refused_by_row(Session& session, const Work& work) {
    session.run("SAVEPOINT turntable_rows");
    try {
        work();
        session.run("RELEASE SAVEPOINT turntable_rows");
        return std::nullopt;
    } catch (const DatabaseError& error) {
        const bool about_a_row = error.kind() == DatabaseErrorKind::unique_violation ||
                                 error.kind() == DatabaseErrorKind::bad_value;
        if (!about_a_row) {
            throw;
        }
        session.run("ROLLBACK TO SAVEPOINT turntable_rows");
        session.run("RELEASE SAVEPOINT turntable_rows");
        return error;
    }
}

class Batch {
  public:
    Batch(Session& session, const Blueprint& blueprint, const Detail& detail, Direction direction)
        : session_(session), blueprint_(blueprint), detail_(detail), direction_(direction) {}

    [[nodiscard]] Replayed apply(const LogEntries& entries) {
        out_.entries = entries.count;
        if (entries.truncated) {
            check(direction_ == Direction::back, "only the window's log marks a TRUNCATE");
            out_.deleted += session_.run(delete_after_truncate(detail_)).affected;
        }
        if (!entries.keys.empty()) {
            direction_ == Direction::forward ? follow_source(entries.keys) : follow_new(entries.keys);
        }
        if (out_.written + out_.deleted > 0) {
            mark_writer(session_, blueprint_, detail_);
        }
        return out_;
    }

  private:
    void follow_source(const Keys& keys) {
        const std::vector<Value> arguments = key_arrays(keys, detail_.key.size());
        Rows deleted = 0;
        Rows written = 0;
        const auto error = refused_by_row(session_, [&] {
            deleted = session_.run(Statement{delete_stale(blueprint_, detail_), arguments, {}, {}}).affected;
            written =
                session_.run(Statement{insert_missing(blueprint_, detail_), arguments, {}, {}}).affected;
        });
        if (!error) {
            out_.deleted += deleted;
            out_.written += written;
            return;
        }
        // All keys first, so that rows which trade unique values do not clash with their own former selves.
        out_.deleted += session_.run(Statement{delete_all(detail_), arguments, {}, {}}).affected;
        insert_or_put_back(keys);
    }

    // Halves a refused set until the refused rows stand alone.
    void insert_or_put_back(std::span<const KeyText> keys) {
        const Keys these{keys.begin(), keys.end()};
        Rows written = 0;
        const auto error = refused_by_row(session_, [&] {
            written =
                session_
                    .run(Statement{
                        insert_missing(blueprint_, detail_), key_arrays(these, detail_.key.size()), {}, {}})
                    .affected;
        });
        if (!error) {
            out_.written += written;
        } else if (keys.size() == 1) {
            put_back_clashing(these.front(), error->what());
        } else {
            insert_or_put_back(keys.first(keys.size() / 2));
            insert_or_put_back(keys.subspan(keys.size() / 2));
        }
    }

    void put_back_clashing(const KeyText& key, const std::string& reason) {
        put_back(session_, detail_, direction_, {key});
        const auto names = direction_ == Direction::forward ? source_names(detail_) : target_names(detail_);
        out_.clashes.push_back({shown(names, key), reason});
    }

    // A row of the old table as it must be, with the new table's key.
    struct OldRow {
        KeyText key;
        std::vector<Cell> values;
    };

    // The rows are read before the old ones are deleted: columns that only the old table has are carried
    // across.
    void follow_new(const Keys& keys) {
        std::vector<OldRow> rows;
        read_wanted(keys, rows);
        const std::vector<Value> arguments = key_arrays(keys, detail_.key.size());
        out_.deleted += session_.run(Statement{delete_absent_old(detail_), arguments, {}, {}}).affected;
        while (!rows.empty()) {
            std::vector<std::size_t> clashing;
            const auto undone = replace_old_rows(rows, clashing);
            if (!undone) {
                return;
            }
            for (auto n = clashing.rbegin(); n != clashing.rend(); ++n) {
                rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(*n));
            }
        }
    }

    // Replaces all rows or none: a row that clashes keeps its old self, with the columns that only the old
    // table has, and is put back into the log; the others are tried again without it.
    [[nodiscard]] bool replace_old_rows(const std::vector<OldRow>& rows, std::vector<std::size_t>& clashing) {
        Keys replaced;
        for (const OldRow& row : rows) {
            replaced.push_back(row.key);
        }
        session_.run("SAVEPOINT turntable_batch");
        const std::vector<Value> arguments = key_arrays(replaced, detail_.key.size());
        const Rows deleted = session_.run(Statement{delete_old(detail_), arguments, {}, {}}).affected;
        std::vector<std::string> reasons;
        insert_old_rows(rows, 0, clashing, reasons);
        if (!clashing.empty()) {
            session_.run("ROLLBACK TO SAVEPOINT turntable_batch");
        }
        session_.run("RELEASE SAVEPOINT turntable_batch");
        if (clashing.empty()) {
            out_.deleted += deleted;
            out_.written += static_cast<Rows>(rows.size());
        }
        for (std::size_t i = 0; i < clashing.size(); ++i) {
            put_back_clashing(rows[clashing[i]].key, reasons[i]);
        }
        return !clashing.empty();
    }

    // Halves as above: one value that has no inverse must not hide the others.
    void read_wanted(std::span<const KeyText> keys, std::vector<OldRow>& rows) {
        const Keys these{keys.begin(), keys.end()};
        ResultSet found;
        const auto error = refused_by_row(session_, [&] {
            found = session_.run(Statement{
                wanted_old_rows(blueprint_, detail_), key_arrays(these, detail_.key.size()), {}, {}});
        });
        if (!error) {
            for (const std::vector<Cell>& row : found.rows) {
                const auto values = row.begin() + static_cast<std::ptrdiff_t>(detail_.key.size());
                rows.push_back({key_of(row, detail_.key.size()), {values, row.end()}});
            }
        } else if (keys.size() == 1) {
            put_back_clashing(these.front(), error->what());
        } else {
            read_wanted(keys.first(keys.size() / 2), rows);
            read_wanted(keys.subspan(keys.size() / 2), rows);
        }
    }

    // first: the position of rows[0] in the whole batch.
    void insert_old_rows(std::span<const OldRow> rows, std::size_t first, std::vector<std::size_t>& clashing,
                         std::vector<std::string>& reasons) {
        std::vector<Value> arguments;
        for (std::size_t column = 0; column < rows.front().values.size(); ++column) {
            std::vector<Cell> cells;
            for (const OldRow& row : rows) {
                cells.push_back(row.values[column]);
            }
            arguments.emplace_back(array_literal(cells));
        }
        const auto error = refused_by_row(session_, [&] {
            session_.run(Statement{insert_old(detail_), arguments, {}, {}});
        });
        if (error && rows.size() == 1) {
            clashing.push_back(first);
            reasons.emplace_back(error->what());
        } else if (error) {
            const std::size_t half = rows.size() / 2;
            insert_old_rows(rows.first(half), first, clashing, reasons);
            insert_old_rows(rows.subspan(half), first + half, clashing, reasons);
        }
    }

    Session& session_;
    const Blueprint& blueprint_;
    const Detail& detail_;
    Direction direction_;
    Replayed out_;
};

} // namespace

Replayed apply_entries(Session& session, const Blueprint& blueprint, const Detail& detail,
                       Direction direction, const LogEntries& entries) {
    return Batch{session, blueprint, detail, direction}.apply(entries);
}

} // namespace turntable::postgresql
