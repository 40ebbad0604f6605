#include "script.hpp"

#include <fmt/format.h>

#include "capture.hpp"
#include "cascades.hpp"
#include "copier.hpp"
#include "create_text.hpp"
#include "inbound_keys.hpp"
#include "indexer.hpp"
#include "keep.hpp"
#include "preparer.hpp"
#include "quote.hpp"
#include "replay_sql.hpp"
#include "swap_ids.hpp"
#include "user_triggers.hpp"
#include "verify_sql.hpp"

namespace turntable::mysql {
namespace {

constexpr std::string_view range_shown = "<range of the key>";
constexpr Rows batch_shown = 10'000;

class Script {
  public:
    explicit Script(Blueprint& blueprint) : blueprint_(blueprint) {}

    void add(Phase phase, Statement statement) { blueprint_.script.push_back({phase, std::move(statement)}); }
    void add(Phase phase, std::string sql, std::string purpose, Blocks blocks = Blocks::nobody) {
        add(phase, Statement{std::move(sql), {}, std::move(purpose), blocks});
    }

  private:
    Blueprint& blueprint_;
};

void native_script(Script& script, const Blueprint& blueprint, const Change& change,
                   const Decision& decision) {
    for (const std::string& list : change.lists) {
        script.add(
            Phase::native,
            fmt::format("ALTER TABLE {} {}{}", quote_name(blueprint.source.name), list, decision.suffix),
            "the change, in the server's own form", Blocks::everyone_briefly);
    }
}

void replay_script(Script& script, const Route& route) {
    const ReplaySql sql{route};
    script.add(Phase::replay, sql.take_entries(batch_shown), "take a batch of log entries by their ids");
    script.add(Phase::replay, sql.take_keys(), "their distinct keys");
    script.add(Phase::replay, sql.find_same(), "keys whose rows are equal already need no write");
    script.add(Phase::replay, sql.remove(),
               "remove all rows of the batch first: unique values may have moved");
    for (const std::string& statement : sql.insert(Keys::all)) {
        script.add(Phase::replay, statement, "insert the rows as they are now");
    }
    script.add(Phase::replay, sql.consume(), "exactly these entries are done");
}

void swap_script(Script& script, const Blueprint& blueprint, const Detail& detail) {
    const std::string source = quote_name(blueprint.source.name), shadow = quote_name(blueprint.shadow_name),
                      old = quote_name(blueprint.old_name);
    for (const CaptureTrigger& trigger : keep_triggers(blueprint, detail)) {
        script.add(Phase::swap, trigger.create);
    }
    for (const CaptureTrigger& trigger : capture_triggers(blueprint, detail, Direction::back)) {
        script.add(Phase::swap, trigger.create);
    }
    for (const CaptureTrigger& trigger : cascade_triggers(blueprint, detail, Direction::back)) {
        script.add(Phase::swap, trigger.create);
    }
    script.add(Phase::swap,
               fmt::format("ALTER TABLE {} COMMENT = '{}{}<ids>'", quote_name(blueprint.reverse_log_name),
                           log_comment, swap_ids_mark),
               "what tells a TRUNCATE of the new table, until the window ends");
    if (renames_under_lock_tables(detail.kind)) {
        script.add(Phase::swap,
                   fmt::format("LOCK TABLES {} WRITE, {} WRITE{}, …", source, shadow, inbound_locks(detail)),
                   "no writer from here on; the rest of the log is replayed", Blocks::everyone_briefly);
        for (Statement& statement : provisional_trigger_statements(blueprint, detail)) {
            script.add(Phase::swap, std::move(statement));
        }
        for (Statement& statement : inbound_statements(blueprint, detail)) {
            script.add(Phase::swap, std::move(statement));
        }
        script.add(Phase::swap, fmt::format("RENAME TABLE {} TO {}, {} TO {}", source, old, shadow, source),
                   "the swap; then UNLOCK TABLES", Blocks::everyone_briefly);
        return;
    }
    script.add(Phase::swap, fmt::format("CREATE TABLE {} (sentry INT PRIMARY KEY)", old),
               "a sentry: if a session dies half-way, the renaming fails on it");
    script.add(Phase::swap, fmt::format("LOCK TABLES {} READ, {} WRITE", source, old),
               "session A: no writer from here on; session D replays the rest of the log",
               Blocks::writers_briefly);
    script.add(Phase::swap, fmt::format("RENAME TABLE {} TO {}, {} TO {}", source, old, shadow, source),
               "session B: waits before all queued writers; A drops the sentry and unlocks",
               Blocks::everyone_briefly);
}

} // namespace

void write_script(Blueprint& blueprint, const Detail& detail, const Change& change,
                  const Decision& decision) {
    Script script{blueprint};
    if (blueprint.strategy == Strategy::nothing) {
        return;
    }
    if (blueprint.strategy == Strategy::instant || blueprint.strategy == Strategy::online) {
        native_script(script, blueprint, change, decision);
        return;
    }
    for (Statement& statement : shadow_statements(blueprint)) {
        script.add(Phase::prepare, std::move(statement));
    }
    script.add(Phase::prepare, create_log(blueprint, detail, Direction::forward));
    script.add(Phase::prepare, create_log(blueprint, detail, Direction::back));
    for (const CaptureTrigger& trigger : capture_triggers(blueprint, detail, Direction::forward)) {
        script.add(Phase::prepare, trigger.create);
    }
    for (const CaptureTrigger& trigger : cascade_triggers(blueprint, detail, Direction::forward)) {
        script.add(Phase::prepare, trigger.create);
    }
    script.add(Phase::copy, copy_statement(blueprint, std::string{range_shown}),
               "copy one range; no source row is locked", Blocks::nobody);
    for (Statement& statement : MysqlIndexer{}.steps(blueprint)) {
        script.add(Phase::index, std::move(statement));
    }
    const Route route = make_route(blueprint, detail, Direction::forward);
    replay_script(script, route);
    const VerifySql verify{blueprint, detail, route};
    script.add(Phase::verify, verify.compare(std::string{range_shown}),
               "every source row must have its image");
    script.add(Phase::verify, verify.count_to(std::string{range_shown}), "and the shadow no other row");
    swap_script(script, blueprint, detail);
    script.add(
        Phase::window,
        fmt::format("RENAME TABLE {0} TO {1}, {2} TO {0}", quote_name(blueprint.source.name),
                    quote_name(blueprint.shadow_name), quote_name(blueprint.old_name)),
        "on `revert` only: after the log of the window was replayed into the old table, under the same lock "
        "as the swap",
        Blocks::everyone_briefly);
    for (const Statement& statement : contract_statements(blueprint, detail)) {
        script.add(Phase::finalize, statement);
    }
    script.add(Phase::finalize, "DROP TABLE " + quote_name(blueprint.old_name),
               "after it was emptied in slices, so that the drop stalls nobody");
}

void write_notes(Blueprint& blueprint, const Detail& detail, const Table& source) {
    blueprint.notes.emplace_back(
        "statements that the application has prepared are prepared again by the server; a "
        "SELECT * sees the new columns");
    blueprint.notes.emplace_back(
        "a transaction at REPEATABLE READ that is older than the swap gets error 1412 (table "
        "definition has changed) when it reads the table after it");
    for (const NamedLine& check : check_lines(source.create_text)) {
        if (detail.kind == ServerKind::mysql && !check.name.starts_with(source.name + "_chk_")) {
            blueprint.notes.push_back(
                "the CHECK '" + check.name +
                "' gets a name that MySQL makes up: its own is the old table's until the end, "
                "and giving it back would copy the whole table under a lock");
        }
    }
    for (const MappedColumn& column : blueprint.columns) {
        if (!column.source && column.forward_sql == "DEFAULT") {
            blueprint.notes.push_back("the new column '" + column.target +
                                      "' takes its default in every copied row and is not compared");
        }
    }
}

void estimate(Blueprint& blueprint, const Table& source) {
    constexpr Rows rows_per_second = 120'000; // copy, index and verification together, two cores
    blueprint.estimate.rows = source.rows;
    blueprint.estimate.table_bytes = source.data_bytes;
    blueprint.estimate.index_bytes = source.index_bytes;
    const bool shadow = blueprint.strategy == Strategy::shadow;
    blueprint.estimate.disk_needed = shadow ? (source.data_bytes + source.index_bytes) * 11 / 10 : 0;
    blueprint.estimate.expected = Seconds{shadow ? 1 + source.rows / rows_per_second : 1};
}

} // namespace turntable::mysql
