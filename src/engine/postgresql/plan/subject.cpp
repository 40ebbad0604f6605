#include "plan/subject.hpp"

#include <fmt/core.h>

#include "plan/helper_names.hpp"
#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// An owner is whoever has the rights of the owning role.
constexpr const char* subject_sql = R"(
SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner), current_setting('server_version_num'), d.oid, current_user,
       r.rolsuper, pg_has_role(c.relowner, 'USAGE'), r.rolsuper OR r.rolbypassrls,
       has_database_privilege(d.oid, 'CREATE'), ours.oid IS NOT NULL,
       coalesce(has_schema_privilege(ours.oid, 'CREATE') AND has_schema_privilege(ours.oid, 'USAGE'), false),
       has_schema_privilege(n.oid, 'CREATE')
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_database AS d ON d.datname = current_database()
  JOIN pg_roles AS r ON r.rolname = current_user
  LEFT JOIN pg_namespace AS ours ON ours.nspname = $2
 WHERE c.oid = $1::oid)";

Subject subject_of(const Row& row) {
    Subject subject;
    subject.schema = row.text(0);
    subject.name = row.text(1);
    subject.owner = row.text(2);
    subject.server_version = static_cast<int>(row.integer(3));
    subject.database_oid = row.integer(4);
    subject.role = row.text(5);
    subject.superuser = row.truth(6);
    subject.owns = row.truth(7);
    subject.bypasses_row_security = row.truth(8);
    subject.may_create_schema = row.truth(9);
    subject.our_schema_exists = row.truth(10);
    subject.may_create_in_our_schema = row.truth(11);
    subject.may_create_in_its_schema = row.truth(12);
    return subject;
}

} // namespace

std::string Subject::sql() const {
    return qualified(schema, name);
}

Subject find_subject(Session& session, const TableName& table) {
    const std::string written =
        table.schema.empty() ? quoted(table.name) : qualified(table.schema, table.name);
    // What this session was given at its start, by the role, the database or the server.
    const std::string path =
        session.run("SELECT reset_val FROM pg_settings WHERE name = 'search_path'").only().value_or("");
    session.run("SELECT set_config('search_path', $1, true)", {path});
    const Cell oid = session.run("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", {written}).only();
    session.run("SET LOCAL search_path = pg_catalog, pg_temp");
    if (!oid) {
        throw Error{ErrorKind::usage, "unknown_table", fmt::format("there is no table {}", table.display())};
    }
    const ResultSet found = session.run(subject_sql, {*oid, std::string{our_schema}});
    check(found.rows.size() == 1, "a table is gone between two looks");
    Subject subject = subject_of(Row{found.rows.front()});
    subject.oid = std::stoll(*oid);
    subject.user_path = path;
    return subject;
}

} // namespace turntable::postgresql
