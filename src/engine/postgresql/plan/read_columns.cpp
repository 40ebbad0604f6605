// Columns with their defaults, identity, owned sequences and per-column settings.
#include <algorithm>
#include <array>

#include "plan/quoting.hpp"
#include "plan/read_parts.hpp"

namespace turntable::postgresql {
namespace {

// Of the options only those that a user can set: 15.20 keeps a stamp of its own (pg_attver) among them.
constexpr const char* columns_sql = R"(
SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), base.oid, a.atttypid, a.atttypmod,
       CASE WHEN a.attcollation <> 0 THEN ' COLLATE ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END,
       a.attcollation <> 0 AND a.attcollation <> t.typcollation, coalesce(co.collisdeterministic, true), base.typtype,
       a.attnotnull, coalesce(nn.conname, ''), coalesce(nn.convalidated, true), a.attidentity, a.attgenerated,
       pg_get_expr(d.adbin, d.adrelid), a.attstorage, t.typstorage, a.attcompression, coalesce(a.attstattarget, -1),
       (SELECT string_agg(split_part(x, '=', 1) || '=' || quote_literal(substr(x, strpos(x, '=') + 1)), ', ' ORDER BY x)
          FROM unnest(a.attoptions) AS x WHERE split_part(x, '=', 1) IN ('n_distinct', 'n_distinct_inherited')),
       (SELECT p.objid FROM pg_depend AS p JOIN pg_class AS s ON s.oid = p.objid AND s.relkind = 'S'
         WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid
           AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i') ORDER BY p.deptype DESC LIMIT 1)
  FROM pg_attribute AS a
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN LATERAL (
       WITH RECURSIVE down AS (
         SELECT t.oid, t.typtype, t.typbasetype
         UNION ALL
         SELECT b.oid, b.typtype, b.typbasetype FROM down JOIN pg_type AS b ON b.oid = down.typbasetype
          WHERE down.typtype = 'd')
       SELECT oid, typtype FROM down WHERE typtype <> 'd' LIMIT 1) AS base ON true
  LEFT JOIN pg_collation AS co ON co.oid = a.attcollation
  LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_constraint AS nn ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey = ARRAY[a.attnum]
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum)";

constexpr const char* sequence_sql = R"(
SELECT n.nspname, c.relname, format_type(s.seqtypid, NULL),
       format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s %s', s.seqstart, s.seqincrement,
              s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_sequence AS s ON s.seqrelid = c.oid
 WHERE c.oid = $1::oid)";

constexpr const char* sequence_attachments_sql = R"(
SELECT 'COMMENT ON SEQUENCE ', ' IS ' || quote_literal(d)
  FROM obj_description($1::oid, 'pg_class') AS d WHERE d IS NOT NULL
UNION ALL
SELECT 'GRANT ' || g.privilege_type || ' ON SEQUENCE ',
       ' TO ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END ||
       CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  FROM pg_class AS c, aclexplode(c.relacl) AS g
 WHERE c.oid = $1::oid AND g.grantee <> c.relowner
 ORDER BY 1, 2)";

Sequence read_sequence(Session& session, Oid oid) {
    Sequence sequence;
    sequence.oid = oid;
    const ResultSet found = session.run(sequence_sql, {oid});
    check(found.rows.size() == 1, "an owned sequence is gone from the catalogue");
    const Row row{found.rows.front()};
    sequence.schema = row.text(0);
    sequence.name = row.text(1);
    sequence.type = row.text(2);
    sequence.options = row.text(3);
    for (const auto& cells : session.run(sequence_attachments_sql, {oid}).rows) {
        sequence.attachments.push_back({Row{cells}.text(0), Row{cells}.text(1)});
    }
    return sequence;
}

Column column_of(const Row& row) {
    Column column;
    column.attnum = static_cast<Attnum>(row.integer(0));
    column.name = row.text(1);
    column.type = row.text(2);
    column.type_oid = row.integer(3);
    column.declared_type_oid = row.integer(4);
    column.typmod = static_cast<int>(row.integer(5));
    column.collation = row.text(6);
    column.explicit_collation = row.truth(7) ? row.text(6) : "";
    column.deterministic = row.truth(8);
    column.type_class = row.letter(9);
    column.not_null = row.truth(10);
    column.not_null_name = row.text(11);
    column.not_null_validated = row.truth(12);
    column.identity = row.letter(13);
    column.generated = row.letter(14);
    column.default_sql = row.cell(15);
    column.storage = row.letter(16);
    column.type_storage = row.letter(17);
    column.compression = row.letter(18);
    column.statistics = static_cast<int>(row.integer(19));
    column.options = row.text(20);
    return column;
}

} // namespace

void read_columns(Session& session, Table& table) {
    for (const auto& cells : session.run(columns_sql, {table.oid}).rows) {
        const Row row{cells};
        table.columns.push_back(column_of(row));
        if (row.cell(21)) {
            table.columns.back().sequence = read_sequence(session, row.integer(21));
        }
    }
}

ImageSuffix Column::image() const {
    // Types of pg_catalog whose = holds exactly where the values are the same: "char", name, integers, bool,
    // bytea, oid, date, time, timestamps, money, bit, uuid, network addresses, xid8, pg_lsn.
    static constexpr std::array plain{16,  17,  18,   19,   20,   21,   23,   26,   650,  774,  790,
                                      829, 869, 1082, 1083, 1114, 1184, 1560, 1562, 2950, 3220, 5069};
    static constexpr std::array text{25, 1042, 1043};
    if (type_class == 'e' || std::find(plain.begin(), plain.end(), type_oid) != plain.end()) {
        return "";
    }
    if (std::find(text.begin(), text.end(), type_oid) != text.end()) {
        return deterministic ? "" : " COLLATE pg_catalog.\"C\"";
    }
    return "::text";
}

} // namespace turntable::postgresql
