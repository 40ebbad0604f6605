#include "plan/fingerprint.hpp"

#include <fmt/core.h>

#include "plan/quoting.hpp"

namespace turntable::postgresql {

std::string fingerprint_sql(const Detail& detail) {
    // pg_depend holds what others hang on the table: views, foreign keys, publications, columns of its row
    // type.
    return fmt::format(R"(
SELECT md5(string_agg(lines.line, E'\n' ORDER BY lines.line COLLATE "C")) FROM (
  SELECT 'c' || (to_jsonb(c) - ARRAY['relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid',
                                     'relfilenode', 'relhastriggers', 'relhasindex'])::text
    FROM pg_class AS c WHERE c.oid = {0} OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = {0})
  UNION ALL
  SELECT 'a' || row(a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.atthasdef, a.attidentity,
                    a.attgenerated, a.attisdropped, a.attstattarget, a.attstorage, a.attcompression, a.attacl,
                    (SELECT array_agg(o) FROM unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_%'))::text
    FROM pg_attribute AS a WHERE a.attrelid = {0} AND a.attnum > 0
  UNION ALL
  SELECT 'd' || row(d.adnum, pg_get_expr(d.adbin, d.adrelid))::text FROM pg_attrdef AS d WHERE d.adrelid = {0}
  UNION ALL
  SELECT 'k' || row(k.oid, k.conname, pg_get_constraintdef(k.oid), k.convalidated)::text
    FROM pg_constraint AS k WHERE k.conrelid = {0} OR k.confrelid = {0}
  UNION ALL
  SELECT 'i' || row(i.indexrelid, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indislive, i.indisprimary,
                    i.indisclustered, i.indisreplident)::text
    FROM pg_index AS i WHERE i.indrelid = {0}
  UNION ALL
  SELECT 't' || row(t.oid, t.tgname, t.tgenabled, CASE WHEN NOT t.tgisinternal THEN pg_get_triggerdef(t.oid) END)::text
    FROM pg_trigger AS t WHERE t.tgrelid = {0} AND t.tgname NOT IN ({1}, {2})
  UNION ALL
  SELECT 'p' || row(p.polname, p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid),
                    pg_get_expr(p.polwithcheck, p.polrelid))::text
    FROM pg_policy AS p WHERE p.polrelid = {0}
  UNION ALL
  SELECT 's' || row(s.oid, s.stxname, pg_get_statisticsobjdef(s.oid))::text FROM pg_statistic_ext AS s WHERE s.stxrelid = {0}
  UNION ALL
  SELECT 'm' || row(m.classoid, m.objoid, m.objsubid, m.description)::text
    FROM pg_description AS m WHERE m.classoid = 'pg_class'::regclass AND m.objoid = {0}
  UNION ALL
  SELECT 'r' || row(r.prrelid, r.prpubid)::text FROM pg_publication_rel AS r WHERE r.prrelid = {0}
  UNION ALL
  SELECT 'e' || row(e.classid, e.objid, e.objsubid, e.refobjsubid, e.deptype)::text
    FROM pg_depend AS e
   WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = {0} AND e.classid <> 'pg_trigger'::regclass
  UNION ALL
  SELECT 'f' || (publication.oid)::text FROM pg_publication AS publication WHERE publication.puballtables
) AS lines(line))",
                       detail.source_oid, literal(detail.names.row_trigger),
                       literal(detail.names.truncate_trigger));
}

} // namespace turntable::postgresql
