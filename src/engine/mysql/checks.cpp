#include "checks.hpp"

#include <algorithm>
#include <array>

#include "foreign_keys.hpp"
#include "quote.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

// The value of a system variable, "" if this server has none of that name.
std::string variable(Session& session, const std::string& name) {
    const ResultSet found = session.run("SHOW GLOBAL VARIABLES LIKE " + quote_text(name));
    return found.rows.empty() ? "" : found.rows[0].at(1).value_or("");
}

Error refused(const std::string& code, const std::string& what, const std::string& next) {
    return Error{ErrorKind::refused, code, what}.next(next);
}

void check_version(const ServerVersion& version) {
    const bool fits =
        version.kind == ServerKind::mysql ? version.at_least(8, 0, 13) : version.at_least(10, 6, 0);
    if (!fits) {
        throw refused("server_too_old",
                      "the server is " + version.text + "; MySQL 8.0.13 or MariaDB 10.6 is needed",
                      "upgrade the server");
    }
}

void check_writable(Session& session) {
    if (variable(session, "read_only") == "ON" || variable(session, "super_read_only") == "ON") {
        throw refused("read_only", "the server is read-only (a replica?)", "connect to the primary");
    }
}

void check_binlog(Session& session) {
    if (variable(session, "log_bin") != "ON") {
        return;
    }
    const std::string format = session.run("SELECT @@SESSION.binlog_format").only().value_or("");
    if (format != "ROW") {
        throw refused(
            "binlog_format",
            "the binary log's format is " + format +
                ": the replicas would run the statements of copy and triggers again, with other results",
            "SET GLOBAL binlog_format = 'ROW', then reconnect the application");
    }
}

void check_cluster(Session& session) {
    if (variable(session, "wsrep_on") == "ON") {
        throw refused("galera", "the server is a Galera node; metadata locks do not span nodes",
                      "not supported by this version");
    }
    const ResultSet members = session.run("SHOW GLOBAL VARIABLES LIKE 'group_replication_group_name'");
    if (!members.rows.empty() && !members.rows[0].at(1).value_or("").empty()) {
        throw refused("group_replication", "the server is a member of a replication group",
                      "not supported by this version");
    }
}

void check_lock_count(Session& session) {
    const std::string count = variable(session, "max_write_lock_count");
    constexpr std::int64_t needed = 1'000'000;
    if (!count.empty() && count.size() < 12 && std::stoll(count) < needed) {
        throw refused("max_write_lock_count",
                      "max_write_lock_count is " + count +
                          ": queued writers could overtake the renaming of the swap",
                      "SET GLOBAL max_write_lock_count = DEFAULT");
    }
}

void check_kind(const Table& table) {
    if (table.kind == "SYSTEM VERSIONED") {
        throw refused("system_versioned",
                      "'" + table.name + "' is system-versioned: a copy would lose its history",
                      "not supported by this version");
    }
    if (table.kind != "BASE TABLE") {
        throw refused("not_a_table", "'" + table.name + "' is a " + table.kind + ", not a table",
                      "name a table");
    }
    if (!same_name(table.engine, "InnoDB")) {
        throw refused("storage_engine",
                      "'" + table.name + "' uses the storage engine " + table.engine +
                          ", which has no transactions: a change rolled back would leave no entry in the log",
                      "only InnoDB tables are handled");
    }
}

void check_column_names(const Table& table) {
    for (const Column& column : table.columns) {
        if (column.name.starts_with("_tt_") || same_name(column.name, "_turntable_id")) {
            throw refused("column_name",
                          "the column name '" + column.name + "' is one that the change itself uses",
                          "rename the column first");
        }
    }
}

void check_helpers(Session& session, const Table& table, const HelperNames& helpers) {
    // Not the clone of planning: one that a killed planning left is taken over, if it is empty.
    for (const std::string& name : {helpers.shadow, helpers.log, helpers.reverse_log, helpers.old}) {
        if (table_exists(session, table.schema, name)) {
            throw refused("foreign_object",
                          "a table '" + name +
                              "' exists already: of another job on this table, or of somebody else",
                          "turntable jobs; resume or abort the other job, or rename that table");
        }
    }
}

void check_ids_readable(Session& session, const ServerVersion& version, const Table& table) {
    try {
        if (!table_ids(session, version.kind, table.schema, table.name).empty()) {
            return;
        }
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::privilege) {
            throw;
        }
    }
    throw Error{ErrorKind::connection, "process_privilege",
                "the account cannot read InnoDB's table ids, by which a TRUNCATE or an exchanged partition "
                "is noticed"}
        .next("GRANT PROCESS ON *.* TO this account");
}

} // namespace

void check_server_fitness(Session& session, const ServerVersion& version) {
    check_version(version);
    check_writable(session);
    check_binlog(session);
    check_cluster(session);
    check_lock_count(session);
}

void check_table(Session& session, const ServerVersion& version, const Table& table,
                 const HelperNames& helpers) {
    check_kind(table);
    check_column_names(table);
    check_helpers(session, table, helpers);
    check_ids_readable(session, version, table);
}

void check_shadowable(ServerKind kind, const Table& table, const Settings& settings) {
    check_foreign_keys(kind, table, settings);
}

} // namespace turntable::mysql
