// Objects that hold on to the table by its OID: after the swap they would still mean the old one.
#include <fmt/core.h>

#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* inbound_sql = R"(
SELECT quote_ident(c.conname) || ' of ' || c.conrelid::regclass FROM pg_constraint AS c
 WHERE c.confrelid = $1::oid AND c.contype = 'f' AND c.conrelid <> c.confrelid ORDER BY 1)";

constexpr const char* views_sql = R"(
SELECT DISTINCT CASE v.relkind WHEN 'm' THEN 'materialized view ' WHEN 'v' THEN 'view ' ELSE 'rule of ' END || v.oid::regclass
  FROM pg_depend AS d
  JOIN pg_rewrite AS r ON r.oid = d.objid
  JOIN pg_class AS v ON v.oid = r.ev_class
 WHERE d.classid = 'pg_rewrite'::regclass
   AND ((d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid)
        OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (SELECT t.oid FROM pg_type AS t WHERE t.typrelid = $1::oid)))
 ORDER BY 1)";

// Everything else that refers to the table or to its row type, without what belongs to the table itself.
constexpr const char* others_sql = R"(
SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)
  FROM pg_depend AS d
 WHERE ((d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid)
        OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (
              SELECT t.oid FROM pg_type AS t WHERE t.typrelid = $1::oid
              UNION ALL SELECT t.typarray FROM pg_type AS t WHERE t.typrelid = $1::oid)))
   AND d.deptype IN ('n', 'a') AND d.classid <> 'pg_rewrite'::regclass
   AND NOT (d.classid = 'pg_class'::regclass AND (
              d.objid IN (SELECT indexrelid FROM pg_index WHERE indrelid = $1::oid)
              OR EXISTS (SELECT FROM pg_class AS s WHERE s.oid = d.objid AND s.relkind = 'S' AND d.deptype = 'a')
              OR (d.objid = $1::oid AND d.refobjid = $1::oid)))
   AND NOT (d.classid = 'pg_constraint'::regclass
            AND EXISTS (SELECT FROM pg_constraint AS k WHERE k.oid = d.objid AND k.conrelid = $1::oid))
   AND NOT (d.classid = 'pg_attrdef'::regclass
            AND EXISTS (SELECT FROM pg_attrdef AS f WHERE f.oid = d.objid AND f.adrelid = $1::oid))
   AND NOT (d.classid = 'pg_trigger'::regclass
            AND EXISTS (SELECT FROM pg_trigger AS t WHERE t.oid = d.objid AND t.tgrelid = $1::oid))
   AND NOT (d.classid = 'pg_policy'::regclass
            AND EXISTS (SELECT FROM pg_policy AS p WHERE p.oid = d.objid AND p.polrelid = $1::oid))
   AND d.classid NOT IN ('pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass)
 ORDER BY 1)";

void refuse_if_any(Session& session, const Subject& subject, const char* sql, const char* code,
                   const char* what, const char* next) {
    const std::string names = named(session, sql, {subject.oid});
    if (!names.empty()) {
        throw Error{ErrorKind::refused, code, fmt::format("{} {}: {}", what, subject.sql(), names)}.next(
            next);
    }
}

} // namespace

void refuse_dependents(Session& session, const Subject& subject) {
    refuse_if_any(session, subject, inbound_sql, "inbound_foreign_key",
                  "foreign keys of other tables refer to",
                  "drop them first and add them again afterwards (NOT VALID, then VALIDATE)");
    refuse_if_any(session, subject, views_sql, "dependent_view", "views or rules are bound to",
                  "drop them first and create them again afterwards");
    refuse_if_any(session, subject, others_sql, "dependent_object", "other objects are bound to",
                  "drop them first and create them again afterwards");
}

} // namespace turntable::postgresql
