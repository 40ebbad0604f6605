#include "window_check.hpp"

#include <fmt/core.h>

#include "job_state.hpp"
#include "source_guard.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

// By name, not by oid, so that what was altered and put back counts as untouched, and REINDEX as nothing.
// Left out is what the way back need not keep: statistics, comments, storage parameters, whether a constraint
// is validated (the job itself does that online after the swap).
std::string definition_sql(const Detail& detail) {
    return fmt::format(R"((
SELECT jsonb_object_agg(lines.subject, lines.definition) FROM (
  SELECT 'owner', relowner::text FROM pg_class WHERE oid = {0}
  UNION ALL
  SELECT 'row security and replica identity', row(relrowsecurity, relforcerowsecurity, relreplident, relpersistence)::text
    FROM pg_class WHERE oid = {0}
  UNION ALL
  SELECT 'privileges', (SELECT string_agg(acl::text, ',' ORDER BY acl::text)
                          FROM unnest(coalesce(c.relacl, acldefault('r', c.relowner))) AS acl)
    FROM pg_class AS c WHERE c.oid = {0}
  UNION ALL
  SELECT 'privileges on column ' || a.attname, (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(a.attacl) AS acl)
    FROM pg_attribute AS a WHERE a.attrelid = {0} AND a.attnum > 0 AND NOT a.attisdropped AND cardinality(a.attacl) > 0
  UNION ALL
  SELECT 'column ' || a.attname, row(format_type(a.atttypid, a.atttypmod), a.attcollation, a.attnotnull, a.attidentity,
                                     a.attgenerated, pg_get_expr(d.adbin, d.adrelid))::text
    FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = {0} AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'constraint ' || k.conname || CASE WHEN k.conrelid = {0} THEN '' ELSE ' of ' || k.conrelid::regclass::text END,
         regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')
    FROM pg_constraint AS k WHERE k.conrelid = {0} OR k.confrelid = {0}
  UNION ALL
  SELECT 'index ' || i.indexrelid::regclass::text, row(pg_get_indexdef(i.indexrelid), i.indisprimary, i.indisreplident)::text
    FROM pg_index AS i WHERE i.indrelid = {0}
  UNION ALL
  SELECT 'trigger ' || t.tgname, row(t.tgenabled, pg_get_triggerdef(t.oid))::text
    FROM pg_trigger AS t WHERE t.tgrelid = {0} AND NOT t.tgisinternal AND t.tgname NOT IN ({1}, {2})
  UNION ALL
  SELECT 'policy ' || p.polname, row(p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid),
                                     pg_get_expr(p.polwithcheck, p.polrelid))::text
    FROM pg_policy AS p WHERE p.polrelid = {0}
  UNION ALL
  SELECT 'rule ' || r.rulename || ' of ' || r.ev_class::regclass::text, pg_get_ruledef(r.oid)
    FROM pg_rewrite AS r
   WHERE r.ev_class = {0} OR r.oid IN (SELECT e.objid FROM pg_depend AS e
                                        WHERE e.classid = 'pg_rewrite'::regclass
                                          AND e.refclassid = 'pg_class'::regclass AND e.refobjid = {0})
  UNION ALL
  SELECT coalesce(pg_describe_object(e.classid, e.objid, e.objsubid), 'an object that goes'), ''
    FROM pg_depend AS e
   WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = {0}
     AND (e.classid IN ('pg_proc'::regclass, 'pg_publication_rel'::regclass)
          OR e.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = e.objid
                                                                     AND c.relkind IN ('S', 'r', 'p', 'f')))
) AS lines(subject, definition)))",
                       literal(detail.names.source) + "::regclass", literal(detail.names.row_trigger),
                       literal(detail.names.truncate_trigger));
}

std::string signature_sql(const Detail& detail) {
    return capture_signature(detail, literal(detail.names.source) + "::regclass");
}

} // namespace

void remember_window(Session& session, const Blueprint& blueprint, const Detail& detail) {
    session.run(fmt::format("UPDATE {} SET reverse_capture = {}, definition = {}",
                            job_objects(blueprint, detail).state, signature_sql(detail),
                            definition_sql(detail)));
}

DriftReport check_window(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const std::string state = job_objects(blueprint, detail).state;
    const std::string table = blueprint.source.display();
    const std::string in_place =
        fmt::format("SELECT to_regclass({})::oid = shadow AND to_regclass({})::oid = {} FROM {}",
                    literal(detail.names.source), literal(detail.names.old), detail.source_oid, state);
    if (session.run(in_place).only() != "t") {
        return {Drift::stop, table + " is not the table that the swap put there"};
    }
    const ResultSet found = session.run(
        fmt::format("SELECT s.reverse_capture IS NOT DISTINCT FROM {}, (SELECT string_agg(coalesce(kept.key, "
                    "now.key), ', ' ORDER"
                    " BY coalesce(kept.key, now.key)) FROM jsonb_each_text(s.definition) AS kept FULL JOIN"
                    " jsonb_each_text({}) AS now ON now.key = kept.key WHERE now.value IS DISTINCT FROM "
                    "kept.value) FROM {}"
                    " AS s",
                    signature_sql(detail), definition_sql(detail), state));
    const std::vector<Cell>& row = found.rows.at(0);
    if (row[0] != "t") {
        return {Drift::stop, "the triggers on " + table +
                                 " were disabled or changed since the swap: writes may be missing"};
    }
    if (row[1]) {
        return {Drift::stop, table + " was altered since the swap: " + *row[1]};
    }
    return {};
}

} // namespace turntable::postgresql
