#include "support/catalog_image.hpp"

#include <algorithm>
#include <iterator>
#include <regex>

namespace turntable::test {
namespace {

// Every query gives two columns: the table a line belongs to, and the line.
std::vector<std::string> sqlite_queries() {
    return {"SELECT tbl_name, type || ' ' || name || ': ' || coalesce(sql, 'automatic') FROM sqlite_schema "
            "WHERE tbl_name NOT LIKE '\\_turntable\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite_stat%' "
            "AND name <> 'turntable_current'"};
}

// Schemas that are not ours and not the server's.
const std::string& postgres_schemas() {
    static const std::string text =
        "n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'turntable')";
    return text;
}

std::vector<std::string> postgres_queries() {
    const std::string from_class = " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ";
    const std::string where = " WHERE " + postgres_schemas();
    return {
        "SELECT c.relname, 'relation ' || n.nspname || '.' || c.relname || ' kind ' || c.relkind::text || ' "
        "owner ' || "
        "c.relowner::regrole || ' persistence ' || c.relpersistence::text || ' identity ' || "
        "c.relreplident::text || ' rls ' || "
        "c.relrowsecurity || c.relforcerowsecurity || ' options ' || coalesce(c.reloptions::text, '') || ' "
        "acl ' || "
        "coalesce(c.relacl::text, '') || ' tablespace ' || c.reltablespace || ' comment ' || "
        "coalesce(obj_description(c.oid, 'pg_class'), '')" +
            from_class + where + " AND c.relkind IN ('r','S','v','m','p')",
        "SELECT c.relname, 'column ' || n.nspname || '.' || c.relname || '.' || a.attname || ' place ' || "
        "row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || format_type(a.atttypid, "
        "a.atttypmod) || "
        "' not null ' || a.attnotnull || ' default ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' "
        "identity ' "
        "|| a.attidentity::text || ' generated ' || a.attgenerated::text || ' collation ' || "
        "coalesce((SELECT collname::text FROM pg_collation WHERE oid = a.attcollation), '') "
        "|| ' storage ' || "
        "a.attstorage::text || ' stats ' || coalesce(a.attstattarget, -1) || ' acl ' || "
        "coalesce(a.attacl::text, '') || "
        "' options ' || coalesce((SELECT array_agg(o)::text FROM unnest(a.attoptions) AS o WHERE o NOT LIKE "
        "'pg\\_%'), '') || ' comment ' || coalesce(col_description(c.oid, "
        "a.attnum), '')" +
            from_class +
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum" +
            where + " AND c.relkind IN ('r','v','m','p')",
        "SELECT c.relname, 'constraint ' || c.relname || '.' || k.conname || ' ' || "
        "pg_get_constraintdef(k.oid) || "
        "' valid ' || k.convalidated" +
            from_class + "JOIN pg_constraint k ON k.conrelid = c.oid" + where,
        "SELECT c.relname, 'index ' || pg_get_indexdef(i.indexrelid) || ' valid ' || i.indisvalid || ' "
        "primary ' || "
        "i.indisprimary || ' clustered ' || i.indisclustered || ' identity ' || i.indisreplident" +
            from_class + "JOIN pg_index i ON i.indrelid = c.oid" + where,
        "SELECT c.relname, 'trigger ' || pg_get_triggerdef(t.oid) || ' enabled ' || t.tgenabled::text" +
            from_class + "JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal" + where,
        "SELECT c.relname, 'policy ' || p.polname || ' ' || p.polcmd::text || "
        "coalesce(pg_get_expr(p.polqual, p.polrelid), '')" +
            from_class + "JOIN pg_policy p ON p.polrelid = c.oid" + where,
        "SELECT coalesce(c.relname, ''), 'sequence ' || s.relname || ' of ' || coalesce(c.relname, '') || ' "
        "type ' || "
        "q.seqtypid::regtype FROM pg_sequence q JOIN pg_class s ON s.oid = q.seqrelid JOIN pg_namespace n ON "
        "n.oid = "
        "s.relnamespace LEFT JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND "
        "d.deptype IN "
        "('a','i') AND d.refclassid = 'pg_class'::regclass LEFT JOIN pg_class c ON c.oid = d.refobjid" +
            where,
        "SELECT '', 'function ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = "
        "p.pronamespace" +
            where,
        "SELECT '', 'schema ' || n.nspname FROM pg_namespace n" + where,
    };
}

std::vector<std::string> mysql_lines(Client& client, const std::string& only) {
    static const std::regex counter{" AUTO_INCREMENT=[0-9]+"};
    std::vector<std::string> lines;
    const std::string and_only = only.empty() ? "" : " AND TABLE_NAME = '" + only + "'";
    for (const auto& row :
         client
             .query("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
                    "DATABASE() AND TABLE_NAME NOT LIKE '\\_turntable\\_%' AND TABLE_NAME <> "
                    "'turntable_current'" +
                    and_only)
             .rows) {
        const Answer create = client.query("SHOW CREATE TABLE `" + *row[0] + "`");
        lines.push_back(std::regex_replace(*create.rows[0][1], counter, ""));
    }
    for (const auto& row : client
                               .query("SELECT CONCAT('trigger ', TRIGGER_NAME, ' ', ACTION_TIMING, ' ', "
                                      "EVENT_MANIPULATION, ' ', DEFINER, ' ', ACTION_STATEMENT) FROM "
                                      "information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()" +
                                      (only.empty() ? "" : " AND EVENT_OBJECT_TABLE = '" + only + "'"))
                               .rows) {
        lines.push_back(*row[0]);
    }
    std::ranges::sort(lines);
    return lines;
}

std::vector<std::string> lines_of(Flavor flavor, Client& client, const std::string& only) {
    if (is_mysql_like(flavor)) {
        return mysql_lines(client, only);
    }
    std::vector<std::string> lines;
    for (const std::string& query : flavor == Flavor::sqlite ? sqlite_queries() : postgres_queries()) {
        for (const auto& row : client.query(query).rows) {
            if (only.empty() || row[0].value_or("") == only) {
                lines.push_back(row[1].value_or("(null line) " + query));
            }
        }
    }
    std::ranges::sort(lines);
    return lines;
}

} // namespace

std::vector<std::string> catalog_image(Flavor flavor, Client& client) {
    return lines_of(flavor, client, {});
}

std::vector<std::string> catalog_image(Flavor flavor, Client& client, const std::string& plain_table) {
    return lines_of(flavor, client, plain_table);
}

std::vector<std::string> image_changes(const std::vector<std::string>& before,
                                       const std::vector<std::string>& after) {
    std::vector<std::string> gone, come, changes;
    std::ranges::set_difference(before, after, std::back_inserter(gone));
    std::ranges::set_difference(after, before, std::back_inserter(come));
    for (const std::string& line : gone) {
        changes.push_back("- " + line);
    }
    for (const std::string& line : come) {
        changes.push_back("+ " + line);
    }
    return changes;
}

} // namespace turntable::test
