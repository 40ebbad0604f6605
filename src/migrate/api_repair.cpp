// What changes the history and not the schema; and the end of tables that were set aside.
#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/book.hpp"
#include "migrate/checksum.hpp"
#include "migrate/schema_record.hpp"
#include "migrate/step_note.hpp"
#include "migrate/told_row.hpp"
#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

template <typename Change>
void write(const Env& env, Work& work, const std::string& version, const std::string& action,
           const std::string& reason, const Change& change) {
    with_retries(env, action, [&] {
        Transaction transaction{*work.session, TxMode::write};
        work.lease->fence(*work.session);
        change();
        work.store.append(*work.session,
                          {0, version, action, "done", env.who, env.host, reason, env.now_ms(), 0, 0});
        transaction.commit();
    });
}

} // namespace

void mark(const Env& env, const std::string& folder, const std::string& version, Mark as,
          const std::string& reason) {
    Book book{env, folder};
    Work work{env, "mark"};
    book.read();
    const Line& line = find_line(book.lines(), version);
    if (as == Mark::applied) {
        if (line.file == nullptr) {
            throw Error{ErrorKind::usage, "no_file", "there is no file of " + line.version};
        }
        if (line.standing == Standing::applied) {
            throw Error{ErrorKind::usage, "applied_already", line.version + " is applied already"};
        }
        write(env, work, line.version, "mark", "applied: " + reason, [&] {
            work.store.put(*work.session, told_row(env, *line.file));
            SchemaRecord{work.store, env.engine()}.take(*work.session);
        });
        return;
    }
    if (line.row == nullptr || line.standing == Standing::pending) {
        throw Error{ErrorKind::usage, "not_applied", line.version + " is not applied"};
    }
    HistoryRow row = *line.row;
    row.state = RowState::reverted;
    row.step_note.clear();
    row.error.clear();
    write(env, work, line.version, "mark", "unapplied: " + reason, [&] {
        work.store.put(*work.session, row);
        SchemaRecord{work.store, env.engine()}.take(*work.session);
    });
}

std::size_t baseline(const Env& env, const std::string& folder, const std::string& version) {
    Book book{env, folder};
    Work work{env, "baseline"};
    book.read();
    const std::string last = find_line(book.lines(), version).version;
    std::size_t count = 0;
    for (const Line& line : book.lines()) {
        if (line.row != nullptr) {
            throw Error{ErrorKind::refused, "history_not_empty",
                        fmt::format("{}_{} is in the history: a baseline is the beginning of one",
                                    line.version, line.slug)}
                .next("`turntable mark` changes a single migration");
        }
    }
    write(env, work, last, "baseline", "everything up to it was there before", [&] {
        for (const Line& line : book.lines()) {
            if (line.version <= last) {
                work.store.put(*work.session, told_row(env, *line.file));
                ++count;
            }
        }
        SchemaRecord{work.store, env.engine()}.take(*work.session);
    });
    return count;
}

void accept_text(const Env& env, const std::string& folder, const std::string& version) {
    Book book{env, folder};
    Work work{env, "repair"};
    book.read();
    const Line& line = find_line(book.lines(), version);
    if (!line.edited) {
        throw Error{ErrorKind::usage, "not_edited",
                    line.version + " is applied as the file says, or not applied"};
    }
    HistoryRow row = *line.row;
    const std::string before = row.checksum;
    row.text = line.file->text;
    row.checksum = checksum(row.text);
    write(env, work, line.version, "repair", "accepted the edited text; it was " + before,
          [&] { work.store.put(*work.session, row); });
}

void settle_statement(const Env& env, StatementOutcome outcome) {
    Work work{env, "repair"};
    for (HistoryRow row : work.store.rows(*work.session)) {
        StepNote note = StepNote::from(row.step_note);
        if ((row.state != RowState::applying && row.state != RowState::reverting) || !note.before) {
            continue;
        }
        note.before.reset();
        note.statement += outcome == StatementOutcome::done ? 1 : 0;
        row.step_note = note.text();
        const std::string said = outcome == StatementOutcome::done
                                     ? "the statement in hand took effect"
                                     : "the statement in hand did not take effect";
        write(env, work, row.version, "repair", said, [&] { work.store.put(*work.session, row); });
        return;
    }
    throw Error{ErrorKind::usage, "nothing_to_settle", "no statement is in hand"};
}

std::vector<std::string> purge_due(const Env& env) {
    std::vector<std::string> gone;
    {
        const Store store{env.engine()};
        const auto session = env.engine().open(SessionUse::plain);
        if (!store.exists(*session)) {
            return gone;
        }
    }
    Work work{env, "purge"};
    for (const AsideRow& row : work.store.asides(*work.session)) {
        if (row.due_ms > env.now_ms()) {
            continue;
        }
        // A crash between the two leaves a row whose table is gone: that is a success of the run before.
        try {
            with_retries(env, row.name, [&] { static_cast<void>(work.session->run(row.gone)); });
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::no_such_object) {
                throw;
            }
        }
        write(env, work, row.version, "purge", row.original,
              [&] { work.store.erase_aside(*work.session, row.name); });
        gone.push_back(row.original);
    }
    return gone;
}

} // namespace turntable::migrate
