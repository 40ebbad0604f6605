#include "keep.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "catalog.hpp"
#include "names.hpp"
#include "quote.hpp"
#include "short_lock.hpp"

namespace turntable::mysql {
namespace {

// The old columns that are still there.
std::vector<std::string> present(Session& session, const Blueprint& blueprint, const Keep& keep) {
    const Table table = read_table(session, blueprint.source.schema, blueprint.source.name);
    std::vector<std::string> out;
    for (const std::string& column : keep.old_columns) {
        if (table.column(column) != nullptr) {
            out.push_back(column);
        }
    }
    return out;
}

std::string alter(const Blueprint& blueprint, const std::string& clauses) {
    return fmt::format("ALTER TABLE {} {}", quote_name(blueprint.source.name), clauses);
}

Statement drop_trigger(const std::string& name) {
    return {"DROP TRIGGER IF EXISTS " + quote_name(name),
            {},
            "the old and the new column no longer follow each other",
            Blocks::everyone_briefly};
}

// No writer may come between the triggers and the column: without them a row lacks a value, without it they
// fail.
std::vector<Statement> under_the_lock(const Blueprint& blueprint, const Detail& detail, bool columns_left) {
    std::vector<Statement> out;
    if (columns_left && detail.keep.instant) {
        out.push_back({alter(blueprint, detail.keep.drops + ", ALGORITHM = INSTANT"),
                       {},
                       "the old column goes; only the catalogue is written",
                       Blocks::everyone_briefly});
    } else if (columns_left && !detail.keep.let_go.empty()) {
        out.push_back({alter(blueprint, detail.keep.let_go),
                       {},
                       "rows may leave the old column out; only the catalogue is written",
                       Blocks::everyone_briefly});
    }
    for (const CaptureTrigger& trigger : keep_triggers(blueprint, detail)) {
        out.push_back(drop_trigger(trigger.name));
    }
    return out;
}

Statement lock(const Blueprint& blueprint) {
    return {fmt::format("LOCK TABLES {} WRITE", quote_name(blueprint.source.name)),
            {},
            "the triggers and the old column go at one moment",
            Blocks::everyone_briefly};
}

Statement drop_online(const Blueprint& blueprint, const Detail& detail) {
    return {alter(blueprint, detail.keep.drops + ", ALGORITHM = INPLACE, LOCK = NONE"),
            {},
            "the old column goes; the server rebuilds the table beside its writers",
            Blocks::nobody};
}

} // namespace

std::vector<CaptureTrigger> keep_triggers(const Blueprint& blueprint, const Detail& detail) {
    if (detail.keep.old_columns.empty()) {
        return {};
    }
    std::vector<CaptureTrigger> out;
    for (const auto& [event, suffix, body] : {std::tuple{"INSERT", "kin", detail.keep.insert_body},
                                              std::tuple{"UPDATE", "kup", detail.keep.update_body}}) {
        const std::string name = trigger_name(blueprint.reverse_log_name, suffix);
        out.push_back({name,
                       blueprint.shadow_name,
                       {fmt::format("CREATE TRIGGER {} BEFORE {} ON {} FOR EACH ROW {}", quote_name(name),
                                    event, quote_name(blueprint.shadow_name), body),
                        {},
                        "keeps the old and the new column in step, whichever is written",
                        Blocks::nobody}});
    }
    return out;
}

std::vector<Statement> contract_statements(const Blueprint& blueprint, const Detail& detail) {
    if (detail.keep.old_columns.empty()) {
        return {};
    }
    std::vector<Statement> out{lock(blueprint)};
    for (Statement& statement : under_the_lock(blueprint, detail, true)) {
        out.push_back(std::move(statement));
    }
    out.push_back({"UNLOCK TABLES", {}, "writers go on", Blocks::nobody});
    if (!detail.keep.instant) {
        out.push_back(drop_online(blueprint, detail));
    }
    return out;
}

bool contract(Session& session, const Blueprint& blueprint, const Detail& detail, Millis lock_timeout) {
    const Keep& keep = detail.keep;
    if (keep.old_columns.empty()) {
        return true;
    }
    const auto triggers = keep_triggers(blueprint, detail);
    const bool triggers_left = std::ranges::any_of(triggers, [&](const CaptureTrigger& trigger) {
        return !table_of_trigger(session, blueprint.source.schema, trigger.name).empty();
    });
    if (triggers_left) {
        const bool columns_left = !present(session, blueprint, keep).empty();
        if (!run_within(session, lock(blueprint), lock_timeout)) {
            return false;
        }
        try {
            for (const Statement& statement : under_the_lock(blueprint, detail, columns_left)) {
                session.run(statement);
            }
        } catch (const DatabaseError&) {
            if (session.usable()) {
                session.run("UNLOCK TABLES");
            }
            throw;
        }
        session.run("UNLOCK TABLES");
    }
    return present(session, blueprint, keep).empty() ||
           run_within(session, drop_online(blueprint, detail), lock_timeout);
}

} // namespace turntable::mysql
