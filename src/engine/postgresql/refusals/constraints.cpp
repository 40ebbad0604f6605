// Constraints, indexes, triggers and grants that cannot be carried over to another table.
#include <fmt/core.h>

#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

struct Refusal {
    const char* code;
    const char* what;
    const char* next;
    const char* sql;
};

constexpr Refusal refusals[] = {
    {"exclusion_constraint", "exclusion constraints are not carried over", "drop them first",
     "SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = $1::oid AND contype = 'x' ORDER BY 1"},
    {"temporal_constraint", "temporal constraints (WITHOUT OVERLAPS, PERIOD) are not carried over",
     "drop them first",
     "SELECT quote_ident(k.conname) FROM pg_constraint AS k WHERE k.conrelid = $1::oid"
     " AND to_jsonb(k)->>'conperiod' = 'true' ORDER BY 1"},
    {"invalid_index", "indexes are invalid, left over from a failed build",
     "REINDEX INDEX CONCURRENTLY or drop them first",
     "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = $1::oid"
     " AND NOT (indisvalid AND indisready AND indislive) ORDER BY 1"},
    {"disabled_foreign_key", "foreign keys are switched off (DISABLE TRIGGER ALL)",
     "enable their triggers first",
     "SELECT DISTINCT quote_ident(k.conname) FROM pg_trigger AS t JOIN pg_constraint AS k ON k.oid = "
     "t.tgconstraint"
     " WHERE t.tgrelid = $1::oid AND t.tgisinternal AND t.tgenabled <> 'O' ORDER BY 1"},
    {"foreign_grant", "privileges were granted by another role than the owner",
     "grant them again as the owner",
     "SELECT DISTINCT g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE"
     " quote_ident(pg_get_userbyid(g.grantee)) END || ' by ' || quote_ident(pg_get_userbyid(g.grantor))"
     " FROM pg_class AS c, LATERAL (SELECT c.relacl AS acl UNION ALL SELECT a.attacl FROM pg_attribute AS a"
     " WHERE a.attrelid = c.oid) AS s, aclexplode(s.acl) AS g"
     " WHERE c.oid = $1::oid AND g.grantor <> c.relowner ORDER BY 1"},
    {"foreign_statistics", "extended statistics belong to a role that ours is no member of",
     "ALTER STATISTICS … OWNER TO the owner of the table",
     "SELECT quote_ident(stxname) || ' of ' || quote_ident(pg_get_userbyid(stxowner)) FROM pg_statistic_ext"
     " WHERE stxrelid = $1::oid AND NOT pg_has_role(stxowner, 'MEMBER') ORDER BY 1"},
    {"self_reference", "policies or triggers refer to the table itself by a subquery", "drop them first",
     "SELECT quote_ident(p.polname) FROM pg_policy AS p WHERE p.polrelid = $1::oid"
     " AND (p.polqual::text || coalesce(p.polwithcheck::text, '')) LIKE '%:relid ' || $1 || ' %' ORDER BY 1"},
};

} // namespace

void refuse_constraints(Session& session, const Subject& subject) {
    for (const Refusal& refusal : refusals) {
        const std::string names = named(session, refusal.sql, {subject.oid});
        if (!names.empty()) {
            throw Error{ErrorKind::refused, refusal.code,
                        fmt::format("{}: {}: {}", subject.sql(), refusal.what, names)}
                .next(refusal.next);
        }
    }
}

} // namespace turntable::postgresql
