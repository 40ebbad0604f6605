// Indexes, with the PRIMARY KEY and UNIQUE constraints that rest on them.
#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "plan/read_parts.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* indexes_sql = R"(
SELECT i.indexrelid, c.relname, i.indisunique, i.indisprimary, i.indisexclusion, i.indimmediate,
       i.indisvalid AND i.indisready AND i.indislive, i.indisclustered, i.indisreplident, pg_get_indexdef(i.indexrelid),
       (SELECT string_agg(k::text, ' ' ORDER BY n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS x(k, n)
         WHERE n <= i.indnkeyatts),
       (SELECT string_agg((o & 1)::text, ' ' ORDER BY n) FROM unnest(i.indoption::int2[]) WITH ORDINALITY AS x(o, n)),
       CASE WHEN i.indpred IS NOT NULL THEN ' WHERE ' || pg_get_expr(i.indpred, i.indrelid) END, am.amname,
       k.contype, coalesce(k.condeferrable, false), coalesce(k.condeferred, false), coalesce(k.conname, ''),
       obj_description(i.indexrelid, 'pg_class'), obj_description(k.oid, 'pg_constraint'), ts.spcname,
       pg_get_expr(i.indpred, i.indrelid), coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false),
       (SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, n, false) ORDER BY n) FROM generate_series(1, i.indnkeyatts) AS n),
       'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX ' || quote_ident(c.relname) || ' ON '
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_am AS am ON am.oid = c.relam
  LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
  LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
 WHERE i.indrelid = $1::oid
 ORDER BY i.indisprimary DESC, c.relname COLLATE "C")";

// The operators = and < of each key column's operator family (btree), NULL for other access methods.
constexpr const char* operators_sql = R"(
SELECT (SELECT 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')'
          FROM pg_amop AS m JOIN pg_operator AS o ON o.oid = m.amopopr JOIN pg_namespace AS n ON n.oid = o.oprnamespace
         WHERE m.amopfamily = oc.opcfamily AND m.amopstrategy = s AND m.amoplefttype = oc.opcintype
           AND m.amoprighttype = oc.opcintype),
       s
  FROM pg_index AS i, unnest(i.indclass::oid[]) WITH ORDINALITY AS x(opclass, n)
  JOIN pg_opclass AS oc ON oc.oid = x.opclass, unnest(ARRAY[3, 1]) AS s
 WHERE i.indexrelid = $1::oid AND x.n <= i.indnkeyatts
 ORDER BY x.n, s)";

constexpr const char* statistics_sql = R"(
SELECT attnum, attstattarget FROM pg_attribute
 WHERE attrelid = $1::oid AND attnum > 0 AND coalesce(attstattarget, -1) >= 0 ORDER BY attnum)";

// pg_get_indexdef leaves the tablespace out; its place is before WHERE.
std::string tail_with_tablespace(std::string tail, const std::optional<std::string>& predicate,
                                 const std::optional<std::string>& tablespace) {
    if (!tablespace) {
        return tail;
    }
    const std::string where = predicate.value_or("");
    check(tail.ends_with(where), "the definition of a partial index does not end with its predicate");
    tail.resize(tail.size() - where.size());
    return tail + " TABLESPACE " + quoted(*tablespace) + where;
}

Index index_of(const Row& row, const Table& table) {
    Index index;
    index.oid = row.integer(0);
    index.name = row.text(1);
    index.unique = row.truth(2);
    index.primary = row.truth(3);
    index.exclusion = row.truth(4);
    index.immediate = row.truth(5);
    index.valid = row.truth(6);
    index.clustered = row.truth(7);
    index.replica_identity = row.truth(8);
    index.tail =
        tail_with_tablespace(split_at_table(row.text(9), row.text(24), table, "index " + index.name).after,
                             row.cell(12), row.cell(20));
    index.keys = numbers(row.text(10));
    for (const int descending : numbers(row.text(11))) {
        index.descending.push_back(descending != 0);
    }
    index.predicate = row.cell(21);
    index.nulls_not_distinct = row.truth(22);
    index.key_texts = strings_of_json(row.text(23));
    index.access_method = row.text(13);
    index.constraint = row.letter(14);
    index.deferrable = row.truth(15);
    index.deferred = row.truth(16);
    index.comment = row.cell(18);
    index.constraint_comment = row.cell(19);
    return index;
}

} // namespace

void read_indexes(Session& session, Table& table) {
    for (const auto& cells : session.run(indexes_sql, {table.oid}).rows) {
        Index index = index_of(Row{cells}, table);
        if (index.access_method == "btree") {
            for (const auto& operators : session.run(operators_sql, {index.oid}).rows) {
                const Row row{operators};
                (row.integer(1) == 3 ? index.equal : index.less).push_back(row.text(0));
            }
        }
        for (const auto& targets : session.run(statistics_sql, {index.oid}).rows) {
            const Row row{targets};
            index.statistics.emplace_back(row.integer(0), row.integer(1));
        }
        table.indexes.push_back(std::move(index));
    }
}

} // namespace turntable::postgresql
