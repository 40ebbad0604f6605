// CHECK constraints and outgoing foreign keys.
#include "plan/quoting.hpp"
#include "plan/read_parts.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* checks_sql = R"(
SELECT c.conname, pg_get_constraintdef(c.oid), pg_get_expr(c.conbin, c.conrelid), coalesce(c.conkey::text, ''),
       c.convalidated, coalesce(to_jsonb(c)->>'conenforced', 'true')
  FROM pg_constraint AS c
 WHERE c.conrelid = $1::oid AND c.contype = 'c'
 ORDER BY c.conname COLLATE "C")";

// What follows REFERENCES t (columns). Columns of newer servers are read through jsonb, NULL where they do
// not exist.
constexpr const char* foreign_keys_sql = R"(
SELECT c.conname, c.confrelid, n.nspname, r.relname, c.conkey::text,
       (SELECT jsonb_agg(a.attname ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k(attnum, n)
          JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum),
       CASE c.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END
       || CASE c.confupdtype WHEN 'r' THEN ' ON UPDATE RESTRICT' WHEN 'c' THEN ' ON UPDATE CASCADE'
                             WHEN 'n' THEN ' ON UPDATE SET NULL' WHEN 'd' THEN ' ON UPDATE SET DEFAULT' ELSE '' END
       || CASE c.confdeltype WHEN 'r' THEN ' ON DELETE RESTRICT' WHEN 'c' THEN ' ON DELETE CASCADE'
                             WHEN 'n' THEN ' ON DELETE SET NULL' WHEN 'd' THEN ' ON DELETE SET DEFAULT' ELSE '' END
       || coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) || ')'
                      FROM jsonb_array_elements_text(nullif(to_jsonb(c)->'confdelsetcols', 'null')) WITH ORDINALITY AS k(attnum, n)
                      JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum::int), '')
       || CASE WHEN c.condeferrable THEN ' DEFERRABLE' ELSE '' END
       || CASE WHEN c.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END
       || CASE WHEN to_jsonb(c)->>'conenforced' = 'false' THEN ' NOT ENFORCED' ELSE '' END,
       c.convalidated, obj_description(c.oid, 'pg_constraint')
  FROM pg_constraint AS c
  JOIN pg_class AS r ON r.oid = c.confrelid
  JOIN pg_namespace AS n ON n.oid = r.relnamespace
 WHERE c.conrelid = $1::oid AND c.contype = 'f' AND c.conparentid = 0
 ORDER BY c.conname COLLATE "C")";

std::string without_suffix(std::string text, std::string_view suffix) {
    if (text.ends_with(suffix)) {
        text.resize(text.size() - suffix.size());
    }
    return text;
}

} // namespace

void read_constraints(Session& session, Table& table, const std::vector<StandIn>& stand_ins) {
    for (const auto& cells : session.run(checks_sql, {table.oid}).rows) {
        const Row row{cells};
        Check check;
        check.name = row.text(0);
        check.definition = without_suffix(row.text(1), " NOT VALID");
        check.expression = row.text(2);
        check.columns = numbers(row.text(3));
        check.validated = row.truth(4);
        check.plain = check.validated && row.text(5) == "true";
        table.checks.push_back(std::move(check));
    }
    for (const auto& cells : session.run(foreign_keys_sql, {table.oid}).rows) {
        const Row row{cells};
        ForeignKey key;
        key.name = row.text(0);
        key.referenced = row.integer(1);
        key.referenced_schema = row.text(2);
        key.referenced_name = row.text(3);
        key.columns = numbers(row.text(4));
        key.referenced_columns = strings_of_json(row.text(5));
        key.rest = row.text(6);
        key.validated = row.truth(7);
        key.comment = row.cell(8);
        for (const StandIn& stand_in : stand_ins) {
            if (stand_in.stand_in == key.referenced) {
                key.referenced = stand_in.real;
                key.referenced_schema = stand_in.schema;
                key.referenced_name = stand_in.name;
            }
        }
        table.foreign_keys.push_back(std::move(key));
    }
}

} // namespace turntable::postgresql
