#include "plan/clone.hpp"

#include <fmt/core.h>

#include "plan/make_table.hpp"
#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// The server's words without the schema of the clone, of which the user knows nothing.
std::string told(const DatabaseError& error, const std::string& schema) {
    std::string text = error.what();
    const std::string prefix = schema + ".";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
        text.erase(at, prefix.size());
    }
    return text;
}

[[noreturn]] void rethrow_as_users(const DatabaseError& error, const std::string& about,
                                   const std::string& schema) {
    switch (error.kind()) {
    case DatabaseErrorKind::no_such_object:
        throw Error{ErrorKind::usage, error.native() == "42703" ? "unknown_column" : "unknown_object",
                    fmt::format("{}: {}", about, told(error, schema))};
    case DatabaseErrorKind::privilege:
        throw Error{ErrorKind::connection, "missing_privilege",
                    fmt::format("{}: {}", about, told(error, schema))};
    case DatabaseErrorKind::unique_violation:
    case DatabaseErrorKind::bad_value:
    case DatabaseErrorKind::permanent:
        throw Error{ErrorKind::usage, "change_not_possible",
                    fmt::format("the server does not accept {}: {}", about, told(error, schema))};
    case DatabaseErrorKind::transient:
    case DatabaseErrorKind::lock_timeout:
    case DatabaseErrorKind::cancelled:
    case DatabaseErrorKind::lost_connection:
    case DatabaseErrorKind::outcome_unknown:
    case DatabaseErrorKind::read_only:
    case DatabaseErrorKind::disk_full:
    case DatabaseErrorKind::connect_failed:
        throw error;
    }
    throw error;
}

void run_all(Session& session, const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) {
        session.run(sql);
    }
}

} // namespace

Clone::Clone(Session& session, const Table& model, const RehearsalPlace& place)
    : session_(session), model_(model), place_(place), sql_(qualified(place.schema, model.name)) {
    const MakeOptions options{
        sql_, [&](const Column& column) { return qualified(place.schema, column.sequence->name); },
        place.schema, place.default_grantees, place.set_owner};
    for (const Statement& statement : make_table(model, options)) {
        session_.run(statement);
    }
    oid_ = session_.run("SELECT $1::regclass::oid", {sql_}).only_integer();
    stand_ins_.push_back({model.oid, oid_, model.schema, model.name});
    for (const Statement& statement : make_attachments(model, options)) {
        session_.run(statement);
    }
    for (const Index& index : model.indexes) {
        const std::string name = quoted(index.name);
        session_.run(make_index(index, name, sql_));
        if (index.constraint != 0) {
            session_.run(make_index_constraint(index, name, name, sql_));
        }
        run_all(session_, make_index_attachments(index, qualified(place.schema, index.name), name, sql_));
    }
    run_all(session_, make_late_checks(model, sql_));
    for (const ForeignKey& key : model.foreign_keys) {
        const std::string referenced = key.referenced == model.oid ? sql_ : stand_in(key.referenced);
        session_.run(make_foreign_key(key, model, sql_, referenced, Validation::as_was));
        if (key.comment) {
            session_.run(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS {}", quoted(key.name), sql_,
                                     literal(*key.comment)));
        }
    }
    for (const Trigger& trigger : model.triggers) {
        run_all(session_, make_trigger(trigger, sql_));
    }
    for (const ExtendedStatistics& statistics : model.statistics) {
        run_all(session_, make_statistics(statistics, qualified(place.schema, statistics.name), sql_));
    }
    run_all(session_, make_marks(model, sql_, [](const Index& index) { return quoted(index.name); }));
    run_all(session_, make_row_security(model, sql_));
}

std::string Clone::stand_in(Oid real) {
    const std::string name = qualified(place_.schema, fmt::format("turntable_parent_{}", real));
    for (const StandIn& known : stand_ins_) {
        if (known.real == real) {
            return name;
        }
    }
    const ResultSet found = session_.run(
        "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE c.oid = $1::oid",
        {real});
    check(found.rows.size() == 1, "a referenced table is gone from the catalogue");
    const Row row{found.rows.front()};
    session_.run(fmt::format("CREATE TABLE {} (LIKE {} INCLUDING INDEXES)", name,
                             qualified(row.text(0), row.text(1))));
    if (place_.set_owner) {
        session_.run(fmt::format("ALTER TABLE {} OWNER TO {}", name, quoted(model_.owner)));
    }
    stand_ins_.push_back(
        {real, session_.run("SELECT $1::regclass::oid", {name}).only_integer(), row.text(0), row.text(1)});
    return name;
}

Table Clone::read() const {
    session_.run("SET LOCAL search_path = pg_catalog, pg_temp");
    Table table = read_table(session_, oid_, {}, stand_ins_);
    for (ForeignKey& key : table.foreign_keys) {
        if (key.referenced == model_.oid) {
            key.referenced = table.oid; // its image says: the table itself
        }
    }
    return table;
}

std::map<Attnum, std::string> Clone::names() const {
    std::map<Attnum, std::string> names;
    for (const auto& cells : session_
                                 .run("SELECT attnum, attname FROM pg_catalog.pg_attribute WHERE attrelid ="
                                      " $1::pg_catalog.oid AND attnum > 0 AND NOT attisdropped",
                                      {oid_})
                                 .rows) {
        const Row row{cells};
        names[static_cast<Attnum>(row.integer(0))] = row.text(1);
    }
    return names;
}

void Clone::run_users(const std::string& sql, const std::string& about) const {
    session_.run("SELECT pg_catalog.set_config('search_path', $1, true)", {place_.user_path});
    try {
        session_.run(sql);
    } catch (const DatabaseError& error) {
        rethrow_as_users(error, about, place_.schema);
    }
    session_.run("SET LOCAL search_path = pg_catalog, pg_temp");
}

std::vector<std::string> Clone::take_triggers_and_policies() const {
    const Table now = read();
    std::vector<std::string> again;
    for (const Trigger& trigger : now.triggers) {
        for (const std::string& sql : make_trigger(trigger, sql_)) {
            again.push_back(sql);
        }
        session_.run(fmt::format("DROP TRIGGER {} ON {}", quoted(trigger.name), sql_));
    }
    for (const Attachment& policy : now.policies) {
        again.push_back(policy.statement.of(sql_));
    }
    for (const auto& cells :
         session_.run("SELECT polname FROM pg_policy WHERE polrelid = $1::oid", {oid_}).rows) {
        session_.run(fmt::format("DROP POLICY {} ON {}", quoted(cells.front().value()), sql_));
    }
    return again;
}

void Clone::add_foreign_key(const ForeignKeyClause& key) {
    const std::string written = key.referenced_schema.empty()
                                    ? quoted(key.referenced_name)
                                    : qualified(key.referenced_schema, key.referenced_name);
    session_.run("SELECT pg_catalog.set_config('search_path', $1, true)", {place_.user_path});
    const Cell real = session_.run("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", {written}).only();
    session_.run("SET LOCAL search_path = pg_catalog, pg_temp");
    if (!real) {
        throw Error{ErrorKind::usage, "unknown_table",
                    fmt::format("the foreign key refers to {}, which does not exist", written)};
    }
    const Oid oid = std::stoll(*real);
    const std::string referenced = oid == model_.oid ? sql_ : stand_in(oid);
    const std::string columns =
        key.referenced_columns.empty() ? "" : " (" + quoted_list(key.referenced_columns) + ")";
    run_users(fmt::format("ALTER TABLE {} ADD {}FOREIGN KEY ({}) REFERENCES {}{}{}{}", sql_,
                          key.name.empty() ? "" : "CONSTRAINT " + quoted(key.name) + " ",
                          quoted_list(key.columns), referenced, columns, key.rest,
                          key.validated ? "" : " NOT VALID"),
              fmt::format("the foreign key to {}", written));
}

} // namespace turntable::postgresql
