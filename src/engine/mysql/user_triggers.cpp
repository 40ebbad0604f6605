#include "user_triggers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "capture.hpp"
#include "keep.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

Error refused(const std::string& trigger, const std::string& table, const std::string& why) {
    return Error{ErrorKind::refused, "user_triggers",
                 fmt::format("'{}' has the trigger '{}'{}", table, trigger, why)}
        .next("drop it for the time of the change, or ask for a native form (--strategy instant, online)");
}

// Readable under every sql_mode and character set that a trigger may have.
std::string literal(const std::string& text) {
    return "_utf8mb4 " + quote_bytes(text);
}

bool ascii(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; });
}

bool travels(const std::string& client_charset, const std::string& text) {
    return ascii(text) || client_charset == "utf8mb4" || client_charset == "utf8mb3" ||
           client_charset == "utf8";
}

// The settings that a trigger keeps from its creation.
class CreationSettings {
  public:
    CreationSettings(Session& session, const KeptTrigger& trigger) : session_(session) {
        own_mode_ = session.run("SELECT @@SESSION.sql_mode").only().value_or("");
        session.run(
            fmt::format("SET SESSION sql_mode = {}, character_set_client = {}, collation_connection = {}",
                        quote_text(trigger.sql_mode), trigger.client_charset, trigger.connection_collation));
    }
    ~CreationSettings() {
        try {
            if (session_.usable()) {
                session_.run("SET SESSION sql_mode = " + quote_text(own_mode_));
                session_.run("SET NAMES utf8mb4");
            }
        } catch (...) { // they end with the session
            return;
        }
    }
    CreationSettings(const CreationSettings&) = delete;
    CreationSettings& operator=(const CreationSettings&) = delete;

  private:
    Session& session_;
    std::string own_mode_;
};

std::string create_sql(const KeptTrigger& trigger, const std::string& name, const std::string& table,
                       const std::string& order, const std::string& body) {
    return fmt::format("CREATE DEFINER = {}@{} TRIGGER {} {} {} ON {} FOR EACH ROW {}{}",
                       quote_name(trigger.definer_user), quote_name(trigger.definer_host), quote_name(name),
                       trigger.timing, trigger.event, quote_name(table), order, body);
}

// The body may end with a comment to the end of its line.
std::string guarded_body(const Blueprint& blueprint, const KeptTrigger& trigger) {
    return fmt::format(
        "BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = {} AND "
        "TRIGGER_NAME = {} AND EVENT_OBJECT_TABLE = {}) THEN {}\n; END IF; END",
        literal(blueprint.source.schema), literal(trigger.name), literal(blueprint.source.name),
        trigger.body);
}

bool drop_within(Session& session, const std::string& name, Millis lock_timeout) {
    return run_within(session,
                      {"DROP TRIGGER IF EXISTS " + quote_name(name),
                       {},
                       "a trigger of the table has its own name again",
                       Blocks::everyone_briefly},
                      lock_timeout);
}

bool restore_one(Session& session, const Blueprint& blueprint, const KeptTrigger& trigger,
                 Millis lock_timeout) {
    const std::string& schema = blueprint.source.schema;
    const std::string& live = blueprint.source.name;
    if (!same_name(table_of_trigger(session, schema, trigger.provisional), live)) {
        return true; // not swapped, or done
    }
    const std::string on = table_of_trigger(session, schema, trigger.name);
    if (!same_name(on, live)) {
        if (!on.empty() && !drop_within(session, trigger.name, lock_timeout)) { // still on the parked table
            return false;
        }
        const CreationSettings settings{session, trigger};
        const std::string order = "FOLLOWS " + quote_name(trigger.provisional) + " ";
        if (!run_within(session,
                        {create_sql(trigger, trigger.name, live, order, trigger.body),
                         {},
                         "a trigger of the table gets its own name back",
                         Blocks::everyone_briefly},
                        lock_timeout)) {
            return false;
        }
    }
    return drop_within(session, trigger.provisional, lock_timeout);
}

constexpr const char* columns = "TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT, DEFINER, "
                                "SQL_MODE, CHARACTER_SET_CLIENT, "
                                "COLLATION_CONNECTION, DATABASE_COLLATION";

KeptTrigger trigger_of(const std::vector<Cell>& row) {
    KeptTrigger trigger;
    trigger.name = row[0].value_or("");
    trigger.timing = row[1].value_or("");
    trigger.event = row[2].value_or("");
    trigger.body = row[3].value_or("");
    const std::string definer = row[4].value_or("");
    const auto at = definer.rfind('@');
    trigger.definer_user = definer.substr(0, at);
    trigger.definer_host = at == std::string::npos ? "%" : definer.substr(at + 1);
    trigger.sql_mode = row[5].value_or("");
    trigger.client_charset = row[6].value_or("");
    trigger.connection_collation = row[7].value_or("");
    return trigger;
}

ResultSet triggers_of(Session& session, const std::string& schema, const std::string& table) {
    return session.run(
        fmt::format("SELECT {} FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND "
                    "EVENT_OBJECT_TABLE = ? ORDER BY EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER",
                    columns),
        {schema, table});
}

std::string line_of(const KeptTrigger& trigger) {
    return fmt::format("{} {} {} by {}@{} in \"{}\", {}, {}: {}\n", trigger.name, trigger.timing,
                       trigger.event, trigger.definer_user, trigger.definer_host, trigger.sql_mode,
                       trigger.client_charset, trigger.connection_collation, trigger.body);
}

bool is_ours(const Blueprint& blueprint, const Detail& detail, const std::string& name) {
    const auto named = [&](const CaptureTrigger& trigger) { return same_name(trigger.name, name); };
    if (std::ranges::any_of(keep_triggers(blueprint, detail), named)) {
        return true;
    }
    return std::ranges::any_of(std::vector{Direction::forward, Direction::back}, [&](Direction direction) {
        const auto capture = capture_triggers(blueprint, detail, direction);
        return std::ranges::any_of(capture, named);
    });
}

} // namespace

std::vector<KeptTrigger> kept_triggers(Session& session, ServerKind kind, const Table& source,
                                       const Blueprint& blueprint) {
    std::vector<KeptTrigger> kept;
    const std::string collation = session.run("SELECT @@collation_database").only().value_or("");
    for (const auto& row : triggers_of(session, source.schema, source.name).rows) {
        KeptTrigger trigger = trigger_of(row);
        if (kind == ServerKind::mariadb) {
            throw refused(trigger.name, source.name,
                          "; MariaDB has no gapless way to move it to the new table");
        }
        if (!travels(trigger.client_charset, trigger.body + trigger.name)) {
            throw refused(trigger.name, source.name,
                          ", written in the character set " + trigger.client_charset);
        }
        if (trigger.body.find("``") != std::string::npos) {
            throw refused(trigger.name, source.name,
                          ", whose text the server shows wrongly (a doubled backquote)");
        }
        if (row[8].value_or("") != collation) {
            throw refused(trigger.name, source.name,
                          fmt::format(", made when the database's collation was {} (now {})",
                                      row[8].value_or(""), collation));
        }
        trigger.provisional = fmt::format("{}_t{}", blueprint.shadow_name, kept.size() + 1);
        kept.push_back(std::move(trigger));
    }
    return kept;
}

void rehearse_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& clone) {
    for (const KeptTrigger& trigger : detail.user_triggers) {
        const std::string name = clone + "_t";
        try {
            const CreationSettings settings{session, trigger};
            session.run(create_sql(trigger, name, clone, "", guarded_body(blueprint, trigger)));
        } catch (const DatabaseError& error) {
            if (!session.usable()) {
                throw;
            }
            throw refused(trigger.name, blueprint.source.name,
                          std::string{", which cannot be created on the new table: "} + error.what());
        }
        session.run("DROP TRIGGER IF EXISTS " + quote_name(name));
    }
}

std::vector<Statement> provisional_trigger_statements(const Blueprint& blueprint, const Detail& detail) {
    std::vector<Statement> statements;
    for (const KeptTrigger& trigger : detail.user_triggers) {
        statements.push_back({create_sql(trigger, trigger.provisional, blueprint.shadow_name, "",
                                         guarded_body(blueprint, trigger)),
                              {},
                              "the trigger '" + trigger.name + "', silent while the table has that trigger",
                              Blocks::nobody});
    }
    return statements;
}

void add_provisional_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                              const std::string& waiting) {
    for (const KeptTrigger& trigger : detail.user_triggers) {
        if (table_of_trigger(session, blueprint.source.schema, trigger.provisional).empty()) {
            const CreationSettings settings{session, trigger};
            session.run(
                create_sql(trigger, trigger.provisional, waiting, "", guarded_body(blueprint, trigger)));
        }
    }
}

void drop_parked_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                          const std::string& parked) {
    for (const KeptTrigger& trigger : detail.user_triggers) {
        for (const std::string& name : {trigger.name, trigger.provisional}) {
            if (same_name(table_of_trigger(session, blueprint.source.schema, name), parked)) {
                session.run("DROP TRIGGER IF EXISTS " + quote_name(name));
            }
        }
    }
}

bool restore_trigger_names(Session& session, const Blueprint& blueprint, const Detail& detail,
                           Millis lock_timeout) {
    return std::ranges::all_of(detail.user_triggers, [&](const KeptTrigger& trigger) {
        return restore_one(session, blueprint, trigger, lock_timeout);
    });
}

std::string user_triggers_text(Session& session, const Blueprint& blueprint, const Detail& detail,
                               const std::string& table) {
    std::string text;
    for (const auto& row : triggers_of(session, blueprint.source.schema, table).rows) {
        const KeptTrigger trigger = trigger_of(row);
        const auto copied = std::ranges::find_if(detail.user_triggers, [&](const KeptTrigger& kept) {
            return same_name(kept.provisional, trigger.name);
        });
        if (copied == detail.user_triggers.end()) {
            text += is_ours(blueprint, detail, trigger.name) ? "" : line_of(trigger);
        } else if (!same_name(table_of_trigger(session, blueprint.source.schema, copied->name), table)) {
            text += line_of(*copied); // it fires in its place
        }
    }
    return text;
}

std::string user_triggers_text(const Detail& detail) {
    std::string text;
    for (const KeptTrigger& trigger : detail.user_triggers) {
        text += line_of(trigger);
    }
    return text;
}

} // namespace turntable::mysql
