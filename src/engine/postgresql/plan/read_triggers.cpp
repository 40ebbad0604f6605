// User triggers with their enabled state.
#include <algorithm>

#include "plan/read_parts.hpp"

namespace turntable::postgresql {
namespace {

// The text before the table's name, as the server's own deparsing writes it, and the whole definition.
constexpr const char* triggers_sql = R"(
SELECT t.tgname, t.tgenabled, pg_get_triggerdef(t.oid), obj_description(t.oid, 'pg_trigger'),
       'CREATE ' || CASE WHEN t.tgconstraint <> 0 THEN 'CONSTRAINT ' ELSE '' END || 'TRIGGER ' || quote_ident(t.tgname)
       || CASE t.tgtype & 66 WHEN 2 THEN ' BEFORE ' WHEN 64 THEN ' INSTEAD OF ' ELSE ' AFTER ' END
       || array_to_string(array_remove(ARRAY[
            CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' END,
            CASE WHEN t.tgtype & 8 <> 0 THEN 'DELETE' END,
            CASE WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' || coalesce((
                 SELECT ' OF ' || string_agg(quote_ident(a.attname), ', ' ORDER BY k.n)
                   FROM unnest(t.tgattr::int2[]) WITH ORDINALITY AS k(attnum, n)
                   JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = k.attnum), '') END,
            CASE WHEN t.tgtype & 32 <> 0 THEN 'TRUNCATE' END], NULL), ' OR ')
       || ' ON '
  FROM pg_trigger AS t
 WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal
 ORDER BY t.tgname COLLATE "C")";

} // namespace

void read_triggers(Session& session, Table& table, const std::vector<std::string>& ours) {
    for (const auto& cells : session.run(triggers_sql, {table.oid}).rows) {
        const Row row{cells};
        if (std::find(ours.begin(), ours.end(), row.text(0)) != ours.end()) {
            continue;
        }
        Trigger trigger;
        trigger.name = row.text(0);
        trigger.enabled = row.letter(1);
        trigger.create = split_at_table(row.text(2), row.text(4), table, "trigger " + trigger.name);
        trigger.comment = row.cell(3);
        table.triggers.push_back(std::move(trigger));
    }
}

} // namespace turntable::postgresql
