#include "dump_sql.hpp"

// Namespaces of a user, and objects that no extension brought.
#define TT_USERS "n.nspname NOT IN ('pg_catalog', 'information_schema', 'turntable') AND n.nspname !~ '^pg_'"
#define TT_OWN(catalog, oid)                                                                                 \
    "NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = '" catalog "'::regclass AND x.objid = " oid    \
    " AND x.deptype = 'e')"
#define TT_CLASS_FROM "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "

namespace turntable::postgresql {
namespace {

constexpr const char* schemas_sql =
    "SELECT 'pg_namespace'::regclass::oid, n.oid, quote_ident(n.nspname), '', format('CREATE SCHEMA %I', "
    "n.nspname), format('DROP SCHEMA %I', n.nspname) FROM pg_namespace AS n WHERE n.nspname <> 'public' "
    "AND " TT_USERS " AND " TT_OWN("pg_namespace", "n.oid");

constexpr const char* extensions_sql =
    "SELECT 'pg_extension'::regclass::oid, e.oid, quote_ident(e.extname), '', format('CREATE EXTENSION IF "
    "NOT "
    "EXISTS %I WITH SCHEMA %I', e.extname, n.nspname), format('DROP EXTENSION %I', e.extname) FROM "
    "pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'";

constexpr const char* enums_sql =
    "SELECT 'pg_type'::regclass::oid, t.oid, format('%I.%I', n.nspname, t.typname), '', format('CREATE TYPE "
    "%I.%I AS ENUM (%s)', n.nspname, t.typname, (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY "
    "e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid)), format('DROP TYPE %I.%I', n.nspname, "
    "t.typname) FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE t.typtype = 'e' "
    "AND " TT_USERS " AND " TT_OWN("pg_type", "t.oid");

constexpr const char* domains_sql =
    "SELECT 'pg_type'::regclass::oid, t.oid, format('%I.%I', n.nspname, t.typname), '', format('CREATE "
    "DOMAIN "
    "%I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod)) || CASE WHEN "
    "t.typcollation "
    "<> b.typcollation THEN ' COLLATE ' || (SELECT format('%I.%I', m.nspname, l.collname) FROM pg_collation "
    "AS "
    "l JOIN pg_namespace AS m ON m.oid = l.collnamespace WHERE l.oid = t.typcollation) ELSE '' END || "
    "coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END || "
    "coalesce((SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' "
    "ORDER "
    "BY k.conname COLLATE \"C\") FROM pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'c'), ''), "
    "format('DROP DOMAIN %I.%I', n.nspname, t.typname) FROM pg_type AS t JOIN pg_type AS b ON b.oid = "
    "t.typbasetype JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND " TT_USERS
    " AND " TT_OWN("pg_type", "t.oid");

constexpr const char* composites_sql =
    "SELECT 'pg_class'::regclass::oid, c.oid, format('%I.%I', n.nspname, c.relname), '', format('CREATE TYPE "
    "%I.%I AS (%s)', n.nspname, c.relname, (SELECT string_agg(format('%I %s', a.attname, "
    "format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid "
    "= "
    "c.oid AND a.attnum > 0 AND NOT a.attisdropped)), format('DROP TYPE %I.%I', n.nspname, "
    "c.relname) " TT_CLASS_FROM "WHERE c.relkind = 'c' AND " TT_USERS " AND " TT_OWN("pg_class", "c.oid");

#define TT_SEQUENCE                                                                                          \
    "format('AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', "                      \
    "format_type(s.seqtypid, "                                                                               \
    "NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' " \
    "ELSE '' END)"

constexpr const char* sequences_sql =
    "SELECT 'pg_class'::regclass::oid, c.oid, format('%I.%I', n.nspname, c.relname), '', format('CREATE "
    "SEQUENCE %I.%I %s', n.nspname, c.relname, " TT_SEQUENCE
    "), format('DROP SEQUENCE %I.%I', n.nspname, c.relname) " TT_CLASS_FROM
    "JOIN pg_sequence AS s ON s.seqrelid = c.oid WHERE " TT_USERS
    " AND " TT_OWN("pg_class", "c.oid") " AND NOT EXISTS (SELECT FROM pg_depend AS i WHERE i.classid = "
                                        "'pg_class'::regclass AND i.objid = c.oid AND "
                                        "i.deptype = 'i')";

// The columns in their order; defaults, identities and generated columns with them, constraints later.
constexpr const char* tables_sql =
    "SELECT 'pg_class'::regclass::oid, c.oid, format('%I.%I', n.nspname, c.relname), n.nspname || chr(31) || "
    "c.relname, format(E'CREATE %sTABLE %I.%I (%s\\n)%s%s', CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED "
    "' "
    "ELSE '' END, n.nspname, c.relname, coalesce((SELECT string_agg(E'\\n    ' || format('%I %s', a.attname, "
    "format_type(a.atttypid, a.atttypmod)) || CASE WHEN a.attcollation <> t.typcollation THEN (SELECT "
    "format(' "
    "COLLATE %I.%I', m.nspname, l.collname) FROM pg_collation AS l JOIN pg_namespace AS m ON m.oid = "
    "l.collnamespace WHERE l.oid = a.attcollation) ELSE '' END || CASE WHEN a.attgenerated = 's' THEN "
    "format(' "
    "GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid)) WHEN a.attgenerated <> '' THEN "
    "format(' "
    "GENERATED ALWAYS AS (%s) VIRTUAL', pg_get_expr(d.adbin, d.adrelid)) WHEN q.name IS NOT NULL THEN "
    "format(' "
    "GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY "
    "DEFAULT' END, q.name, q.options) ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END "
    "|| "
    "CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ',' ORDER BY a.attnum) FROM pg_attribute AS a JOIN "
    "pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = "
    "a.attnum LEFT JOIN LATERAL (SELECT format('%I.%I', m.nspname, k.relname) AS name, replace(" TT_SEQUENCE
    ", format('AS %s ', format_type(s.seqtypid, NULL)), '') AS options FROM pg_depend AS o JOIN pg_class AS "
    "k "
    "ON k.oid = o.objid JOIN pg_sequence AS s ON s.seqrelid = k.oid JOIN pg_namespace AS m ON m.oid = "
    "k.relnamespace WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND "
    "o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype = 'i') AS q ON true WHERE a.attrelid "
    "= "
    "c.oid AND a.attnum > 0 AND NOT a.attisdropped), ''), coalesce(' PARTITION BY ' || "
    "pg_get_partkeydef(c.oid), ''), coalesce(' WITH "
    "(' || "
    "array_to_string(c.reloptions, "
    "', ') || ')', '')), format('DROP TABLE %I.%I', n.nspname, c.relname) " TT_CLASS_FROM
    "WHERE c.relkind IN ('r', 'p') AND " TT_USERS " AND " TT_OWN("pg_class", "c.oid");

#define TT_CONSTRAINTS(types)                                                                                \
    "SELECT 'pg_constraint'::regclass::oid, k.oid, format('%s.%s.%s', n.nspname, c.relname, k.conname), "    \
    "n.nspname || chr(31) || c.relname, format('ALTER TABLE %s%I.%I ADD CONSTRAINT %I %s', CASE WHEN "       \
    "k.contype = 'f' AND c.relkind = 'p' THEN '' ELSE 'ONLY ' END, n.nspname, "                              \
    "c.relname, k.conname, pg_get_constraintdef(k.oid)), format('ALTER TABLE %I.%I DROP CONSTRAINT %I', "    \
    "n.nspname, c.relname, k.conname) FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid "     \
    "JOIN "                                                                                                  \
    "pg_namespace AS n ON n.oid = c.relnamespace WHERE k.contype IN (" types                                 \
    ") AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_constraint AS w WHERE w.oid = "            \
    "k.conparentid AND w.conrelid = k.conrelid) AND " TT_USERS " AND " TT_OWN("pg_class", "c.oid")

// Those of constraints come with them; an invalid one is what a failed build left.
constexpr const char* indexes_sql =
    "SELECT 'pg_class'::regclass::oid, c.oid, format('%s.%s', n.nspname, c.relname), n.nspname || chr(31) || "
    "r.relname, pg_get_indexdef(c.oid), format('DROP INDEX %I.%I', n.nspname, c.relname) " TT_CLASS_FROM
    "JOIN pg_index AS i ON i.indexrelid = c.oid JOIN pg_class AS r ON r.oid = i.indrelid WHERE i.indisvalid "
    "AND "
    "r.relkind IN ('r', 'm', 'p') AND " TT_USERS
    " AND " TT_OWN("pg_class", "r.oid") " AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = "
                                        "c.oid AND k.contype IN ('p', 'u', 'x'))";

constexpr const char* views_sql =
    "SELECT 'pg_class'::regclass::oid, c.oid, format('%I.%I', n.nspname, c.relname), '', format(E'CREATE %s "
    "%I.%I%s AS\\n%s', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, n.nspname, "
    "c.relname, "
    "coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''), rtrim(pg_get_viewdef(c.oid), "
    "';')), "
    "format('DROP %s %I.%I', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, n.nspname, "
    "c.relname) " TT_CLASS_FROM "WHERE c.relkind IN ('v', 'm') AND " TT_USERS
    " AND " TT_OWN("pg_class", "c.oid");

constexpr const char* routines_sql =
    "SELECT 'pg_proc'::regclass::oid, p.oid, format('%I.%I(%s)', n.nspname, p.proname, "
    "pg_get_function_identity_arguments(p.oid)), '', rtrim(pg_get_functiondef(p.oid), E'\\n'), format('DROP "
    "%s "
    "%I.%I(%s)', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, p.proname, "
    "pg_get_function_identity_arguments(p.oid)) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = "
    "p.pronamespace WHERE p.prokind <> 'a' AND " TT_USERS " AND " TT_OWN("pg_proc", "p.oid");

constexpr const char* triggers_sql =
    "SELECT 'pg_trigger'::regclass::oid, t.oid, format('%I.%I.%I', n.nspname, c.relname, t.tgname), "
    "n.nspname || chr(31) || c.relname, pg_get_triggerdef(t.oid), format('DROP TRIGGER %I ON %I.%I', "
    "t.tgname, n.nspname, c.relname) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN "
    "pg_namespace AS n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgname "
    "NOT LIKE "
    "'turntable%' AND " TT_USERS " AND " TT_OWN("pg_class", "c.oid");

constexpr const char* policies_sql =
    "SELECT 'pg_policy'::regclass::oid, p.oid, format('%I.%I.%I', n.nspname, c.relname, p.polname), "
    "n.nspname || chr(31) || c.relname, format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s', p.polname, "
    "n.nspname, c.relname, CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END, CASE p.polcmd WHEN "
    "'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, "
    "(SELECT string_agg(CASE g WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g)) END, ', ' ORDER BY "
    "pg_get_userbyid(g) COLLATE \"C\") FROM unnest(p.polroles) AS g)) || coalesce(' USING (' || "
    "pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' WITH CHECK (' || "
    "pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''), format('DROP POLICY %I ON %I.%I', p.polname, "
    "n.nspname, c.relname) FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid JOIN pg_namespace AS "
    "n ON n.oid = c.relnamespace WHERE " TT_USERS " AND " TT_OWN("pg_class", "c.oid");

constexpr const char* dependencies_sql = R"(
WITH part(class, oid, of_class, of_oid) AS (
  SELECT 'pg_attrdef'::regclass::oid, oid, 'pg_class'::regclass::oid, adrelid FROM pg_attrdef
  UNION ALL SELECT 'pg_rewrite'::regclass::oid, oid, 'pg_class'::regclass::oid, ev_class FROM pg_rewrite
  UNION ALL SELECT 'pg_type'::regclass::oid, oid, 'pg_class'::regclass::oid, typrelid FROM pg_type WHERE typrelid <> 0
  UNION ALL SELECT 'pg_type'::regclass::oid, a.oid,
                   CASE WHEN e.typrelid <> 0 THEN 'pg_class'::regclass::oid ELSE 'pg_type'::regclass::oid END,
                   CASE WHEN e.typrelid <> 0 THEN e.typrelid ELSE e.oid END
              FROM pg_type AS a JOIN pg_type AS e ON e.typarray = a.oid
  UNION ALL SELECT 'pg_constraint'::regclass::oid, oid, 'pg_type'::regclass::oid, contypid FROM pg_constraint
             WHERE contypid <> 0
  UNION ALL SELECT 'pg_class'::regclass::oid, conindid, 'pg_constraint'::regclass::oid, oid FROM pg_constraint
             WHERE contype IN ('p', 'u', 'x'))
SELECT DISTINCT coalesce(a.of_class, d.classid), coalesce(a.of_oid, d.objid),
                coalesce(b.of_class, d.refclassid), coalesce(b.of_oid, d.refobjid)
  FROM pg_depend AS d
  LEFT JOIN part AS a ON a.class = d.classid AND a.oid = d.objid
  LEFT JOIN part AS b ON b.class = d.refclassid AND b.oid = d.refobjid
 WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a')
   AND NOT (d.deptype = 'a' AND EXISTS (SELECT FROM pg_sequence AS s WHERE s.seqrelid = d.objid)))";

constexpr const char* refusals_sql =
    "SELECT CASE c.relkind WHEN 'f' THEN 'the foreign table ' ELSE 'the table with inheritance or of a type "
    "' END || format('%I.%I', n.nspname, c.relname) " TT_CLASS_FROM "WHERE " TT_USERS " AND " TT_OWN(
        "pg_class",
        "c.oid") " AND (c.relkind = 'f' OR c.relkind = 'r' AND (NOT c.relispartition AND EXISTS (SELECT "
                 "FROM pg_inherits AS "
                 "i WHERE c.oid IN (i.inhrelid, i.inhparent)) OR c.reloftype <> 0))"
                 " UNION ALL SELECT format('the aggregate %I.%I', n.nspname, p.proname) FROM pg_proc AS p "
                 "JOIN pg_namespace AS n "
                 "ON n.oid = p.pronamespace WHERE p.prokind = 'a' AND " TT_USERS " AND " TT_OWN(
                     "pg_proc",
                     "p.oid") " UNION ALL SELECT format('the type %I.%I', n.nspname, t.typname) FROM pg_type "
                              "AS t JOIN pg_namespace AS n ON "
                              "n.oid = t.typnamespace WHERE (t.typtype IN ('r', 'p') OR t.typtype = 'b' AND "
                              "t.typelem = 0) AND " TT_USERS " AND " TT_OWN(
                                  "pg_type",
                                  "t.oid") " UNION ALL SELECT format('the rule %I on %s', r.rulename, "
                                           "r.ev_class::regclass) FROM pg_rewrite AS r JOIN "
                                           "pg_class AS c ON c.oid = r.ev_class JOIN pg_namespace AS n ON "
                                           "n.oid = c.relnamespace WHERE r.rulename <> "
                                           "'_RETURN' AND " TT_USERS " AND " TT_OWN(
                                               "pg_class",
                                               "c.oid") " UNION ALL SELECT format('the event trigger %I', "
                                                        "e.evtname) FROM pg_event_trigger AS e WHERE " TT_OWN(
                                                            "pg_event_trigger",
                                                            "e.oid") " UNION ALL SELECT format('the operator "
                                                                     "%I.%s', n.nspname, o.oprname) FROM "
                                                                     "pg_operator AS o JOIN pg_namespace AS "
                                                                     "n ON n.oid = o.oprnamespace "
                                                                     "WHERE " TT_USERS " AND " TT_OWN(
                                                                         "pg_operator",
                                                                         "o.oid") " UNION ALL SELECT "
                                                                                  "format('the collation "
                                                                                  "%I.%I', n.nspname, "
                                                                                  "o.collname) FROM "
                                                                                  "pg_collation AS o JOIN "
                                                                                  "pg_namespace "
                                                                                  "AS n ON n.oid = "
                                                                                  "o.collnamespace "
                                                                                  "WHERE " TT_USERS
                                                                                  " AND " TT_OWN(
                                                                                      "pg_collation",
                                                                                      "o.oid") " UNION ALL "
                                                                                               "SELECT "
                                                                                               "format('the "
                                                                                               "text search "
                                                                                               "configuration"
                                                                                               " %I.%I', "
                                                                                               "n.nspname, "
                                                                                               "o.cfgname) "
                                                                                               "FROM "
                                                                                               "pg_ts_config "
                                                                                               "AS o "
                                                                                               "JOIN "
                                                                                               "pg_namespace "
                                                                                               "AS n ON "
                                                                                               "n.oid = "
                                                                                               "o."
                                                                                               "cfgnamespace "
                                                                                               "WHERE"
                                                                                               " " TT_USERS
                                                                                               " AND " TT_OWN(
                                                                                                   "pg_ts_"
                                                                                                   "config",
                                                                                                   "o.oid") " UNION ALL SELECT format('the cast from %s to %s', format_type(o.castsource, NULL), format_type(o.casttarget, "
                                                                                                            "NULL)) FROM pg_cast AS o WHERE o.oid >= 16384 AND " TT_OWN(
                                                                                                                "pg_cast",
                                                                                                                "o.oid") " UNION ALL SELECT format('the extended statistics %I.%I', n.nspname, o.stxname) FROM pg_statistic_ext AS o JOIN "
                                                                                                                         "pg_namespace AS n ON n.oid = o.stxnamespace WHERE " TT_USERS
                                                                                                                         " ORDER BY 1 LIMIT 10";

// Partitions come last: the parent takes their own indexes and constraints for its own.
constexpr const char* endings_sql =
    "SELECT 0, 'partition', format('%I.%I', n.nspname, c.relname), n.nspname || chr(31) || c.relname, "
    "format('ALTER TABLE ONLY %I.%I ATTACH PARTITION %I.%I %s', m.nspname, r.relname, n.nspname, c.relname, "
    "pg_get_expr(c.relpartbound, c.oid)), format('ALTER TABLE %I.%I DETACH PARTITION %I.%I', m.nspname, "
    "r.relname, n.nspname, c.relname) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid AND "
    "c.relkind IN ('r', 'p') AND c.relispartition JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN "
    "pg_class AS r ON r.oid = i.inhparent JOIN pg_namespace AS m ON m.oid = r.relnamespace WHERE " TT_USERS
    " AND " TT_OWN(
        "pg_class",
        "c.oid") " UNION ALL SELECT 4, 'row_security', format('%I.%I', n.nspname, "
                 "c.relname), n.nspname || chr(31) || c.relname, format('ALTER TABLE %I.%I %s', n.nspname, "
                 "c.relname, concat_ws(', ', CASE WHEN c.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' "
                 "END, CASE WHEN "
                 "c.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END)), "
                 "format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', "
                 "n.nspname, "
                 "c.relname) " TT_CLASS_FROM
                 "WHERE (c.relrowsecurity OR c.relforcerowsecurity) AND c.relkind IN ('r', "
                 "'p') AND " TT_USERS " AND " TT_OWN(
                     "pg_class",
                     "c.oid") " UNION ALL SELECT 1, 'ownership', format('%I.%I', n.nspname, c.relname), "
                              "m.nspname || chr(31) || r.relname, "
                              "format('ALTER SEQUENCE %I.%I OWNED BY "
                              "%I.%I.%I', n.nspname, c.relname, m.nspname, r.relname, a.attname), "
                              "format('ALTER SEQUENCE %I.%I OWNED "
                              "BY "
                              "NONE', n.nspname, c.relname) FROM pg_depend AS d JOIN pg_class AS c ON c.oid "
                              "= d.objid AND c.relkind = "
                              "'S' "
                              "JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_class AS r ON r.oid "
                              "= d.refobjid JOIN "
                              "pg_namespace "
                              "AS m ON m.oid = r.relnamespace JOIN pg_attribute AS a ON a.attrelid = r.oid "
                              "AND a.attnum = "
                              "d.refobjsubid "
                              "WHERE d.classid = 'pg_class'::regclass AND d.refclassid = "
                              "'pg_class'::regclass AND d.deptype = 'a' AND "
                              "m.nspname <> 'turntable' AND " TT_USERS " AND " TT_OWN(
                                  "pg_class",
                                  "c.oid") " UNION ALL SELECT 2, 'trigger_state', format('%I.%I.%I', "
                                           "n.nspname, c.relname, t.tgname), "
                                           "n.nspname || chr(31) || c.relname, format('ALTER TABLE %I.%I %s "
                                           "TRIGGER %I', n.nspname, "
                                           "c.relname, CASE t.tgenabled WHEN "
                                           "'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE "
                                           "ALWAYS' END, t.tgname), "
                                           "format('ALTER TABLE "
                                           "%I.%I ENABLE TRIGGER %I', n.nspname, c.relname, t.tgname) FROM "
                                           "pg_trigger AS t JOIN "
                                           "pg_class AS c ON c.oid = "
                                           "t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE "
                                           "NOT t.tgisinternal AND "
                                           "t.tgparentid = 0 AND t.tgenabled <> 'O' "
                                           "AND t.tgname NOT LIKE 'turntable%' AND " TT_USERS
                                           " UNION ALL SELECT 3, 'comment', o.what, '', format('COMMENT ON "
                                           "%s IS %L', o.what, o.text), "
                                           "format('COMMENT ON "
                                           "%s IS NULL', o.what) FROM (SELECT format('%s %I.%I', CASE "
                                           "c.relkind WHEN 'v' THEN 'VIEW' "
                                           "WHEN 'm' THEN "
                                           "'MATERIALIZED VIEW' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' "
                                           "WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' "
                                           "ELSE 'TABLE' END, "
                                           "n.nspname, c.relname) AS what, d.description AS "
                                           "text " TT_CLASS_FROM
                                           "JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass "
                                           "AND d.objoid = c.oid AND "
                                           "d.objsubid = 0 WHERE " TT_USERS " AND " TT_OWN(
                                               "pg_class",
                                               "c.oid") " UNION ALL SELECT format('COLUMN %I.%I.%I', "
                                                        "n.nspname, c.relname, a.attname), "
                                                        "d.description " TT_CLASS_FROM
                                                        "JOIN pg_description AS d ON d.classoid = "
                                                        "'pg_class'::regclass AND d.objoid = "
                                                        "c.oid JOIN pg_attribute AS a ON "
                                                        "a.attrelid = c.oid AND a.attnum = d.objsubid AND "
                                                        "a.attnum > 0 WHERE " TT_USERS " AND " TT_OWN(
                                                            "pg_class",
                                                            "c.oid") " UNION ALL SELECT format('ROUTINE "
                                                                     "%I.%I(%s)', n.nspname, "
                                                                     "p.proname, "
                                                                     "pg_get_function_identity_arguments(p."
                                                                     "oid)), "
                                                                     "d.description FROM pg_proc AS p JOIN "
                                                                     "pg_namespace AS n ON n.oid "
                                                                     "= p.pronamespace JOIN pg_description "
                                                                     "AS d ON "
                                                                     "d.classoid = 'pg_proc'::regclass AND "
                                                                     "d.objoid = p.oid "
                                                                     "WHERE " TT_USERS " AND " TT_OWN(
                                                                         "pg_proc",
                                                                         "p.oid") ") AS o ORDER BY 1, 3";

} // namespace

const std::array<DumpQuery, 14>& dump_queries() {
    static constexpr std::array<DumpQuery, 14> queries{
        {{"schema", 0, schemas_sql},
         {"extension", 1, extensions_sql},
         {"type", 2, enums_sql},
         {"type", 2, domains_sql},
         {"type", 2, composites_sql},
         {"sequence", 3, sequences_sql},
         {"table", 4, tables_sql},
         {"constraint", 5, TT_CONSTRAINTS("'p', 'u', 'x', 'c'")},
         {"index", 6, indexes_sql},
         {"constraint", 7, TT_CONSTRAINTS("'f'")},
         {"routine", 8, routines_sql},
         {"view", 9, views_sql},
         {"trigger", 10, triggers_sql},
         {"policy", 11, policies_sql}}};
    return queries;
}

const char* dump_dependencies_sql() {
    return dependencies_sql;
}
const char* dump_refusals_sql() {
    return refusals_sql;
}
const char* dump_endings_sql() {
    return endings_sql;
}

} // namespace turntable::postgresql
