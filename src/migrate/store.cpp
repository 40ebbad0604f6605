#include "migrate/store.hpp"

#include <fmt/core.h>

#include "run/row_reader.hpp"

namespace turntable::migrate {
namespace {

RowState state_of(const std::string& word) {
    for (const RowState state :
         {RowState::applying, RowState::applied, RowState::reverting, RowState::reverted}) {
        if (to_string(state) == word) {
            return state;
        }
    }
    throw Error{ErrorKind::needs_repair, "unknown_state",
                "the history holds the state '" + word + "', which this version does not know"};
}

constexpr std::string_view row_columns =
    "version, slug, file_name, state, checksum, applied_text, inverse, steps, steps_done, step_note, "
    "error_text, row_count, started_ms, finished_ms, done_by, done_on";

HistoryRow row_from(const std::vector<Cell>& cells) {
    run::RowReader read{cells};
    HistoryRow row;
    row.version = read.text();
    row.slug = read.text();
    row.file = read.text();
    row.state = state_of(read.text());
    row.checksum = read.text();
    row.text = read.text();
    row.inverse = read.text();
    row.steps = read.integer();
    row.steps_done = read.integer();
    row.step_note = read.text();
    row.error = read.text();
    row.rows = read.integer();
    row.started_ms = read.integer();
    row.finished_ms = read.integer();
    row.who = read.text();
    row.host = read.text();
    return row;
}

std::vector<Value> values_of(const HistoryRow& row) {
    return {row.slug,        row.file,       std::string{to_string(row.state)},
            row.checksum,    row.text,       row.inverse,
            row.steps,       row.steps_done, row.step_note,
            row.error,       row.rows,       row.started_ms,
            row.finished_ms, row.who,        row.host};
}

} // namespace

std::string_view to_string(RowState state) {
    switch (state) {
    case RowState::applying:
        return "applying";
    case RowState::applied:
        return "applied";
    case RowState::reverting:
        return "reverting";
    case RowState::reverted:
        return "reverted";
    }
    check(false, "unknown RowState");
    return {};
}

std::vector<HistoryRow> Store::rows(Session& session) const {
    std::vector<HistoryRow> out;
    for (const auto& cells :
         session.run(fmt::format("SELECT {} FROM {} ORDER BY version", row_columns, table("migration")))
             .rows) {
        out.push_back(row_from(cells));
    }
    return out;
}

std::optional<HistoryRow> Store::row(Session& session, const std::string& version) const {
    const ResultSet found = session.run(
        fmt::format("SELECT {} FROM {} WHERE version = ?", row_columns, table("migration")), {version});
    return found.rows.empty() ? std::nullopt : std::optional{row_from(found.rows.front())};
}

void Store::put(Session& session, const HistoryRow& row) const {
    // Not by the count of an UPDATE: MySQL counts a row that is equal already as not updated.
    const bool known =
        session
            .run(fmt::format("SELECT count(*) FROM {} WHERE version = ?", table("migration")), {row.version})
            .only_integer() > 0;
    std::vector<Value> values = values_of(row);
    if (known) {
        values.emplace_back(row.version);
        session.run(
            fmt::format("UPDATE {} SET slug = ?, file_name = ?, state = ?, checksum = ?, applied_text = ?, "
                        "inverse = ?, steps = ?, steps_done = ?, step_note = ?, error_text = ?, "
                        "row_count = ?, started_ms = ?, finished_ms = ?, done_by = ?, done_on = ? "
                        "WHERE version = ?",
                        table("migration")),
            values);
        return;
    }
    values.insert(values.begin(), row.version);
    session.run(fmt::format("INSERT INTO {} ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            table("migration"), row_columns),
                values);
}

void Store::erase(Session& session, const std::string& version) const {
    session.run(fmt::format("DELETE FROM {} WHERE version = ?", table("migration")), {version});
}

std::vector<Event> Store::events(Session& session) const {
    std::vector<Event> out;
    for (const auto& cells :
         session
             .run(fmt::format(
                 "SELECT id, version, action, result, done_by, done_on, detail, at_ms, duration_ms, "
                 "row_count FROM {} ORDER BY id",
                 table("migration_event")))
             .rows) {
        run::RowReader read{cells}; // a list in braces is read from left to right
        out.push_back({read.integer(), read.text(), read.text(), read.text(), read.text(), read.text(),
                       read.text(), read.integer(), read.integer(), read.integer()});
    }
    return out;
}

void Store::append(Session& session, Event event) const {
    event.id = session.run(fmt::format("SELECT coalesce(max(id), 0) + 1 FROM {}", table("migration_event")))
                   .only_integer();
    session.run(fmt::format("INSERT INTO {} (id, version, action, result, done_by, done_on, detail, at_ms, "
                            "duration_ms, row_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            table("migration_event")),
                {event.id, event.version, event.action, event.result, event.who, event.host, event.detail,
                 event.at_ms, event.duration_ms, event.rows});
}

std::vector<AsideRow> Store::asides(Session& session) const {
    std::vector<AsideRow> out;
    for (const auto& cells :
         session
             .run(fmt::format("SELECT name, original, version, back, gone, due_ms FROM {} ORDER BY name",
                              table("migration_aside")))
             .rows) {
        run::RowReader read{cells};
        out.push_back({read.text(), read.text(), read.text(), read.text(), read.text(), read.integer()});
    }
    return out;
}

void Store::put(Session& session, const AsideRow& row) const {
    erase_aside(session, row.name);
    session.run(
        fmt::format("INSERT INTO {} (name, original, version, back, gone, due_ms) VALUES (?, ?, ?, ?, ?, ?)",
                    table("migration_aside")),
        {row.name, row.original, row.version, row.back, row.gone, row.due_ms});
}

void Store::erase_aside(Session& session, const std::string& name) const {
    session.run(fmt::format("DELETE FROM {} WHERE name = ?", table("migration_aside")), {name});
}

} // namespace turntable::migrate
