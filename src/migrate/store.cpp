#include "migrate/store.hpp"

#include <array>
#include <charconv>

#include <fmt/core.h>

namespace turntable::migrate {
namespace {

std::int64_t integer(const Cell& cell) {
    check(cell.has_value(), "the history holds a NULL");
    std::int64_t value = 0;
    std::from_chars(cell->data(), cell->data() + cell->size(), value);
    return value;
}

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
    HistoryRow row;
    row.version = cells[0].value();
    row.slug = cells[1].value();
    row.file = cells[2].value();
    row.state = state_of(cells[3].value());
    row.checksum = cells[4].value();
    row.text = cells[5].value();
    row.inverse = cells[6].value();
    row.steps = integer(cells[7]);
    row.steps_done = integer(cells[8]);
    row.step_note = cells[9].value();
    row.error = cells[10].value();
    row.rows = integer(cells[11]);
    row.started_ms = integer(cells[12]);
    row.finished_ms = integer(cells[13]);
    row.who = cells[14].value();
    row.host = cells[15].value();
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
        out.push_back({integer(cells[0]), cells[1].value(), cells[2].value(), cells[3].value(),
                       cells[4].value(), cells[5].value(), cells[6].value(), integer(cells[7]),
                       integer(cells[8]), integer(cells[9])});
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
        out.push_back({cells[0].value(), cells[1].value(), cells[2].value(), cells[3].value(),
                       cells[4].value(), integer(cells[5])});
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
