// What hangs on the table and is one statement each: comments, grants, policies, security labels; and
// extended statistics.
#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "plan/read_parts.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* comments_sql = R"(
SELECT 'comment', 'COMMENT ON TABLE ', ' IS ' || quote_literal(d)
  FROM obj_description($1::oid, 'pg_class') AS d WHERE d IS NOT NULL
UNION ALL
SELECT 'comment on column ' || a.attname, 'COMMENT ON COLUMN ', '.' || quote_ident(a.attname) || ' IS ' || quote_literal(d.description)
  FROM pg_description AS d JOIN pg_attribute AS a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
 WHERE d.classoid = 'pg_class'::regclass AND d.objoid = $1::oid AND d.objsubid > 0
UNION ALL
SELECT 'comment on constraint ' || c.conname, 'COMMENT ON CONSTRAINT ' || quote_ident(c.conname) || ' ON ',
       ' IS ' || quote_literal(d)
  FROM pg_constraint AS c, obj_description(c.oid, 'pg_constraint') AS d
 WHERE c.conrelid = $1::oid AND c.contype IN ('c', 'n') AND d IS NOT NULL
 ORDER BY 1, 2)";

// Privileges beyond the owner's own; and what the owner revoked from itself.
constexpr const char* grants_sql = R"(
SELECT 'grant ' || g.privilege_type || ' to ' || r.role, 'GRANT ' || g.privilege_type || ' ON TABLE ',
       ' TO ' || r.role || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  FROM pg_class AS c, aclexplode(c.relacl) AS g,
       LATERAL (SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS role) AS r
 WHERE c.oid = $1::oid AND g.grantee <> c.relowner
UNION ALL
SELECT 'revoke ' || o.privilege_type || ' from the owner', 'REVOKE ' || o.privilege_type || ' ON TABLE ',
       ' FROM ' || quote_ident(pg_get_userbyid(c.relowner))
  FROM pg_class AS c, aclexplode(acldefault('r', c.relowner)) AS o
 WHERE c.oid = $1::oid AND c.relacl IS NOT NULL AND o.grantee = c.relowner
   AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) AS g
                    WHERE g.grantee = c.relowner AND g.privilege_type = o.privilege_type)
UNION ALL
SELECT 'grant ' || g.privilege_type || ' on column ' || a.attname || ' to ' || r.role,
       'GRANT ' || g.privilege_type || ' (' || quote_ident(a.attname) || ') ON TABLE ',
       ' TO ' || r.role || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  FROM pg_attribute AS a, aclexplode(a.attacl) AS g,
       LATERAL (SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS role) AS r
 WHERE a.attrelid = $1::oid AND NOT a.attisdropped
 ORDER BY 1, 2)";

constexpr const char* policies_sql = R"(
SELECT 'policy ' || p.polname, 'CREATE POLICY ' || quote_ident(p.polname) || ' ON ',
       CASE WHEN p.polpermissive THEN ' AS PERMISSIVE' ELSE ' AS RESTRICTIVE' END
       || ' FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                                   WHEN 'd' THEN 'DELETE' ELSE 'ALL' END
       || ' TO ' || (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY r)
                       FROM unnest(p.polroles) AS r)
       || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
       || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
  FROM pg_policy AS p
 WHERE p.polrelid = $1::oid
UNION ALL
SELECT 'policy ' || p.polname || ' comment', 'COMMENT ON POLICY ' || quote_ident(p.polname) || ' ON ',
       ' IS ' || quote_literal(d)
  FROM pg_policy AS p, obj_description(p.oid, 'pg_policy') AS d
 WHERE p.polrelid = $1::oid AND d IS NOT NULL
 ORDER BY 1)";

constexpr const char* labels_sql = R"(
SELECT 'security label ' || l.provider || coalesce(' on column ' || a.attname, ''),
       'SECURITY LABEL FOR ' || quote_ident(l.provider) || CASE WHEN a.attname IS NULL THEN ' ON TABLE ' ELSE ' ON COLUMN ' END,
       coalesce('.' || quote_ident(a.attname), '') || ' IS ' || quote_literal(l.label)
  FROM pg_seclabel AS l
  LEFT JOIN pg_attribute AS a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
 WHERE l.classoid = 'pg_class'::regclass AND l.objoid = $1::oid
 ORDER BY 1)";

constexpr const char* statistics_sql = R"(
SELECT s.oid, n.nspname, s.stxname, pg_get_statisticsobjdef(s.oid), coalesce(s.stxstattarget, -1),
       obj_description(s.oid, 'pg_statistic_ext'),
       'CREATE STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname),
       ' FROM ' || quote_ident(tn.nspname) || '.' || quote_ident(c.relname), pg_get_userbyid(s.stxowner)
  FROM pg_statistic_ext AS s
  JOIN pg_namespace AS n ON n.oid = s.stxnamespace
  JOIN pg_class AS c ON c.oid = s.stxrelid
  JOIN pg_namespace AS tn ON tn.oid = c.relnamespace
 WHERE s.stxrelid = $1::oid
 ORDER BY s.stxname COLLATE "C")";

std::vector<Attachment> attachments(Session& session, const char* sql, const Table& table) {
    std::vector<Attachment> out;
    for (const auto& cells : session.run(sql, {table.oid}).rows) {
        const Row row{cells};
        out.push_back({row.text(0), {row.text(1), row.text(2)}});
    }
    return out;
}

} // namespace

void read_attachments(Session& session, Table& table) {
    table.comments = attachments(session, comments_sql, table);
    table.grants = attachments(session, grants_sql, table);
    table.policies = attachments(session, policies_sql, table);
    table.labels = attachments(session, labels_sql, table);
}

void read_statistics(Session& session, Table& table) {
    for (const auto& cells : session.run(statistics_sql, {table.oid}).rows) {
        const Row row{cells};
        ExtendedStatistics statistics;
        statistics.oid = row.integer(0);
        statistics.schema = row.text(1);
        statistics.name = row.text(2);
        const std::string& text = row.text(3);
        const std::string& before = row.text(6);
        const std::string& after = row.text(7);
        if (!text.starts_with(before) || !text.ends_with(after)) {
            throw Error{
                ErrorKind::refused, "definition_not_understood",
                fmt::format("the definition of statistics {} is not understood: {}", statistics.name, text)};
        }
        statistics.create = {
            text.substr(before.size(), text.size() - before.size() - after.size()) + " FROM ", ""};
        statistics.target = static_cast<int>(row.integer(4));
        statistics.comment = row.cell(5);
        statistics.owner = row.text(8);
        table.statistics.push_back(std::move(statistics));
    }
}

} // namespace turntable::postgresql
