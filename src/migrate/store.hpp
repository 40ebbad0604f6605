#pragma once
// The history in the target database. Tables beside the journal's (JournalDialect::table):
//   migration        one row per migration: state, step, applied text, checksum, inverse
//   migration_event  append-only: what was done, by whom, from where, how long, with what result
//   migration_lease  who may migrate (lease.hpp)
//   migration_aside  tables that drop_table set aside, and until when
// and the documented view turntable_current. Whoever writes state or events holds the lease and fences by it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::migrate {

// applying and reverting are seen only after a runner died or a step failed.
enum class RowState { applying, applied, reverting, reverted };
[[nodiscard]] std::string_view to_string(RowState state);

struct HistoryRow {
    std::string version, slug, file; // file: its name without the folder
    RowState state = RowState::applying;
    std::string checksum, text; // of the file, as it was applied
    std::string inverse;        // JSON array of UndoStep (undo.hpp), one per finished step
    std::int64_t steps = 0, steps_done = 0;
    std::string step_note; // JSON: what the step in hand has noted of itself (step_note.hpp)
    std::string error;     // why it stopped, if it did
    std::int64_t rows = 0; // written by its steps
    std::int64_t started_ms = 0, finished_ms = 0; // of the last action; 0: not finished
    std::string who, host;
};

struct Event {
    std::int64_t id = 0;
    std::string version, action, result; // "up", "down", "mark", "baseline", "repair"; "done", "failed"
    std::string who, host, detail;
    std::int64_t at_ms = 0, duration_ms = 0, rows = 0;
};

struct AsideRow {
    std::string name; // of the table as it is kept
    std::string original, version;
    std::string back, gone; // JSON array of statements; one statement
    std::int64_t due_ms = 0;
};

class Store {
  public:
    explicit Store(const Engine& engine) : journal_(engine.journal()), schema_(engine.schema()) {}

    // Creates what is missing. Safe to run twice and by several at once.
    void ensure(Session& session) const;
    // False: nobody has migrated this database yet. Never creates anything.
    [[nodiscard]] bool exists(Session& session) const;
    [[nodiscard]] bool has_schema_record(Session& session) const;

    // By version.
    [[nodiscard]] std::vector<HistoryRow> rows(Session& session) const;
    [[nodiscard]] std::optional<HistoryRow> row(Session& session, const std::string& version) const;
    // Inserts or replaces. In the caller's transaction, if there is one.
    void put(Session& session, const HistoryRow& row) const;
    void erase(Session& session, const std::string& version) const;

    // Oldest first. The id is given by append().
    [[nodiscard]] std::vector<Event> events(Session& session) const;
    void append(Session& session, Event event) const;

    [[nodiscard]] std::vector<AsideRow> asides(Session& session) const;
    void put(Session& session, const AsideRow& row) const;
    void erase_aside(Session& session, const std::string& name) const;

    [[nodiscard]] std::string table(std::string_view name) const { return journal_.table(name); }

  private:
    void create_all(Session& session) const;
    void create_schema_record(Session& session) const;
    void create_view(Session& session) const;
    [[nodiscard]] bool has_table(Session& session, std::string_view name) const;

    const JournalDialect& journal_;
    const SchemaDialect& schema_;
};

} // namespace turntable::migrate
