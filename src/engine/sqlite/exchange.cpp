#include "exchange.hpp"

#include "capture_state.hpp"
#include "names.hpp"
#include "objects.hpp"

namespace turntable::sqlite {
namespace {

struct Leaving {
    Parked table;
    const std::vector<Parked>& indexes;
};

void drop_triggers(Session& session, const std::vector<NamedSql>& triggers) {
    for (const NamedSql& trigger : triggers) {
        drop_if_ours(session, {"trigger", trigger.name, trigger.sql});
    }
}

void create_triggers(Session& session, const std::vector<NamedSql>& triggers) {
    for (const NamedSql& trigger : triggers) {
        session.run(trigger.sql);
    }
}

void rename_table(Session& session, const std::string& from, const std::string& to) {
    session.run("ALTER TABLE " + identifier(from) + " RENAME TO " + identifier(to));
}

void set_index(Session& session, const std::string& from, const std::string& to, const std::string& sql) {
    session.run("UPDATE sqlite_schema SET name = ?, sql = ? WHERE type = 'index' AND name = ?",
                {to, sql, from});
}

void set_table_sql(Session& session, const std::string& name, const std::string& sql) {
    session.run("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", {sql, name});
}

// Index names are unique in the file and SQLite cannot rename an index, nor change a foreign key: the texts
// are set directly. The renames before have already told every other connection to read the catalogue again.
void set_texts(Session& session, const Leaving& leaving, const Leaving& arriving) {
    session.run("PRAGMA writable_schema = ON");
    for (const Parked& index : leaving.indexes) {
        set_index(session, index.name, index.parked_name, index.parked_sql);
    }
    for (const Parked& index : arriving.indexes) {
        set_index(session, index.parked_name, index.name, index.sql);
    }
    set_table_sql(session, leaving.table.parked_name, leaving.table.parked_sql);
    set_table_sql(session, arriving.table.name, arriving.table.sql);
    session.run("PRAGMA writable_schema = RESET");
}

// A number given out by either table is never given out again.
void continue_sequence(Session& session, const Leaving& leaving, const Leaving& arriving) {
    const std::string larger = "(SELECT max(seq) FROM sqlite_sequence WHERE name IN (?, ?))";
    const std::vector<Value> both{arriving.table.name, leaving.table.parked_name};
    if (!session.run("SELECT " + larger, both).only()) {
        return;
    }
    session.run(
        "INSERT INTO sqlite_sequence(name, seq) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence "
        "WHERE name = ?)",
        {arriving.table.name, arriving.table.name});
    session.run("UPDATE sqlite_sequence SET seq = " + larger + " WHERE name = ?",
                {both[0], both[1], arriving.table.name});
}

void exchange(Session& session, const Leaving& leaving, const Leaving& arriving) {
    rename_table(session, leaving.table.name, leaving.table.parked_name);
    rename_table(session, arriving.table.parked_name, arriving.table.name);
    set_texts(session, leaving, arriving);
}

} // namespace

RenameSettings::RenameSettings(Session& session) : session_(session) {
    session_.run("PRAGMA foreign_keys = OFF");
    session_.run("PRAGMA legacy_alter_table = ON");
}

RenameSettings::~RenameSettings() {
    for (const char* const statement :
         {"PRAGMA writable_schema = RESET", "PRAGMA legacy_alter_table = OFF"}) {
        try {
            session_.run(statement);
        } catch (...) { // a destructor never throws
            // A dead session needs no settings; a fault injected here leaves one that only this tool uses.
        }
    }
}

void exchange_forward(Session& session, const Detail& detail, ReverseCapture reverse) {
    const Leaving leaving{detail.source, detail.source_indexes};
    const Leaving arriving{detail.shadow, detail.shadow_indexes};
    drop_triggers(session, detail.capture);
    drop_triggers(session, detail.triggers);
    exchange(session, leaving, arriving);
    if (detail.source_autoincrement && detail.target_autoincrement) {
        continue_sequence(session, leaving, arriving);
    }
    create_triggers(session, detail.triggers);
    create_triggers(session, detail.keep);
    if (reverse == ReverseCapture::leave) {
        install_triggers(session, detail.reverse_capture, detail.reverse_capture_end);
    }
}

void exchange_back(Session& session, const Detail& detail) {
    Leaving leaving{detail.shadow, detail.shadow_indexes};
    leaving.table.parked_sql = detail.retired_sql;
    const Leaving arriving{detail.source, detail.source_indexes};
    drop_triggers(session, detail.reverse_capture);
    drop_triggers(session, detail.keep);
    drop_triggers(session, detail.triggers);
    exchange(session, leaving, arriving);
    if (detail.source_autoincrement && detail.target_autoincrement) {
        continue_sequence(session, leaving, arriving);
    }
    create_triggers(session, detail.triggers);
}

} // namespace turntable::sqlite
