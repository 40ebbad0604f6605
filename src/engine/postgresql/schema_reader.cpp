#include "schema_reader.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "plan/read_table.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* columns_sql = R"(
SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
       a.attidentity = '' AND a.attgenerated = '',
       coalesce(array_position(k.conkey::int[], a.attnum::int), 0)
  FROM pg_attribute AS a
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_constraint AS k ON k.conrelid = a.attrelid AND k.contype = 'p'
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum)";

// Plain B-trees: what AddIndex can say. Each column by its own text; one that is no name is an expression.
constexpr const char* indexes_sql = R"(
SELECT c.relname, i.indisunique, pg_get_expr(i.indpred, i.indrelid), n.n,
       coalesce(a.attname, '(' || pg_get_indexdef(c.oid, n.n, true) || ')') ||
       CASE WHEN i.indoption[n.n - 1] & 1 = 1 THEN ' desc' ELSE '' END
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
  CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS n(n)
  LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n.n - 1]
 WHERE i.indrelid = $1::oid AND i.indnatts = i.indnkeyatts AND c.reloptions IS NULL
   AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
   AND NOT EXISTS (SELECT FROM unnest(i.indclass) AS o(oid) JOIN pg_opclass AS oc ON oc.oid = o.oid
                    WHERE NOT oc.opcdefault)
 ORDER BY c.relname COLLATE "C", n.n)";

constexpr const char* constraints_sql = R"(
SELECT c.conname, c.contype, pg_get_expr(c.conbin, c.conrelid),
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(num, n)
          JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.num),
       n.nspname, r.relname,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k(num, n)
          JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.num),
       c.confdeltype, c.confupdtype
  FROM pg_constraint AS c
  LEFT JOIN pg_class AS r ON r.oid = c.confrelid
  LEFT JOIN pg_namespace AS n ON n.oid = r.relnamespace
 WHERE c.conrelid = $1::oid AND c.contype IN ('c', 'u', 'f')
 ORDER BY c.conname COLLATE "C")";

// One row per object: kind, name, and a text that is the same for the same thing.
constexpr const char* objects_sql = R"(
WITH ours AS (
  SELECT c.oid, c.relkind, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'turntable')
     AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
     AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid
                        AND x.deptype = 'e'))
SELECT 'table', o.name, o.relkind::text || E'\n' ||
       coalesce((SELECT string_agg(format('column %I %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                                          CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                                          coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''),
                                          CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END,
                                          CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END),
                                   E'\n' ORDER BY a.attname COLLATE "C")
                   FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                  WHERE a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped), '') || E'\n' ||
       coalesce((SELECT string_agg(format('constraint %I %s', c.conname, pg_get_constraintdef(c.oid)), E'\n' ORDER BY c.conname COLLATE "C")
                   FROM pg_constraint AS c WHERE c.conrelid = o.oid AND c.contype <> 'n'), '') || E'\n' ||
       coalesce((SELECT string_agg(pg_get_indexdef(i.indexrelid), E'\n' ORDER BY i.indexrelid::regclass::text COLLATE "C")
                   FROM pg_index AS i WHERE i.indrelid = o.oid), '') || E'\n' ||
       coalesce((SELECT string_agg(pg_get_triggerdef(t.oid), E'\n' ORDER BY t.tgname COLLATE "C")
                   FROM pg_trigger AS t WHERE t.tgrelid = o.oid AND NOT t.tgisinternal
                    AND t.tgname NOT LIKE 'turntable%'), '')
  FROM ours AS o WHERE o.relkind IN ('r', 'p', 'f')
UNION ALL
SELECT 'view', o.name, pg_get_viewdef(o.oid) FROM ours AS o WHERE o.relkind IN ('v', 'm')
UNION ALL
SELECT 'sequence', o.name, format('%s start %s increment %s min %s max %s cycle %s', format_type(s.seqtypid, NULL),
                                  s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
  FROM ours AS o JOIN pg_sequence AS s ON s.seqrelid = o.oid
UNION ALL
SELECT 'routine', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
       CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END
  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'turntable')
   AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype = 'e')
UNION ALL
SELECT 'type', format('%I.%I', n.nspname, t.typname),
       coalesce((SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid),
                format_type(t.typbasetype, t.typtypmod))
  FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
 WHERE t.typtype IN ('e', 'd') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'turntable')
 ORDER BY 1, 2)";

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\x1f'), rest.size());
        parts.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return parts;
}

std::string action(const Cell& letter) {
    switch (letter.value_or("a").front()) {
    case 'r':
        return "restrict";
    case 'c':
        return "cascade";
    case 'n':
        return "set null";
    case 'd':
        return "set default";
    default:
        return {};
    }
}

Operation constraint_again(const Row& row) {
    const std::string name = row.text(0);
    const std::vector<std::string> columns = split(row.text(3));
    switch (row.letter(1)) {
    case 'c':
        return AddCheck{name, row.text(2)};
    case 'u':
        return AddUnique{name, columns};
    default:
        return AddForeignKey{name,
                             columns,
                             {row.text(4), row.text(5)},
                             split(row.text(6)),
                             action(row.cell(7)),
                             action(row.cell(8))};
    }
}

} // namespace

std::optional<std::string> table_oid(Session& session, const TableName& table) {
    const std::string written =
        table.schema.empty() ? quoted(table.name) : qualified(table.schema, table.name);
    return session.run("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", {written}).only();
}

TableDescription describe_table(Session& session, const std::string& oid) {
    TableDescription out;
    std::vector<std::pair<std::int64_t, std::string>> key;
    for (const auto& cells : session.run(columns_sql, {oid}).rows) {
        const Row row{cells};
        out.columns.push_back({row.text(0), row.text(1), row.truth(2), row.cell(3), row.truth(4)});
        if (row.integer(5) > 0) {
            key.emplace_back(row.integer(5), row.text(0));
        }
    }
    std::sort(key.begin(), key.end());
    for (auto& [position, name] : key) {
        out.primary_key.push_back(std::move(name));
    }
    for (const auto& cells : session.run(indexes_sql, {oid}).rows) {
        const Row row{cells};
        if (out.indexes.empty() || out.indexes.back().name != row.text(0)) {
            out.indexes.push_back({row.text(0), {}, row.truth(1), row.cell(2)});
        }
        out.indexes.back().columns.push_back(row.text(4));
    }
    for (const auto& cells : session.run(constraints_sql, {oid}).rows) {
        out.constraints.push_back({cells[0].value_or(""), constraint_again(Row{cells})});
    }
    return out;
}

// The server writes a name in full unless the search path finds it: the text must not depend on whose path
// that is.
std::vector<SchemaObject> schema_objects(Session& session) {
    const std::string path = session.run("SHOW search_path").only().value_or("");
    static_cast<void>(session.run("SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)"));
    std::vector<SchemaObject> out;
    for (const auto& row : session.run(objects_sql).rows) {
        out.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or("")});
    }
    static_cast<void>(session.run("SELECT pg_catalog.set_config('search_path', $1, false)", {path}));
    return out;
}

} // namespace turntable::postgresql
