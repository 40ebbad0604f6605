// Event triggers fire on the DDL of a plan's trial and of the job; what they do with it nobody can tell
// beforehand.
#include <fmt/core.h>

#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

void refuse_event_triggers(Session& session) {
    const std::string names = named(session, R"(
SELECT quote_ident(evtname) || ' (' || evtevent || ')' FROM pg_event_trigger
 WHERE evtenabled IN ('O', 'A')
   AND evtevent IN ('ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite')
   AND (evttags IS NULL OR evttags && ARRAY['CREATE TABLE', 'ALTER TABLE', 'DROP TABLE', 'CREATE INDEX', 'ALTER INDEX',
        'DROP INDEX', 'CREATE TRIGGER', 'DROP TRIGGER', 'CREATE FUNCTION', 'DROP FUNCTION', 'CREATE SCHEMA',
        'CREATE SEQUENCE', 'ALTER SEQUENCE', 'CREATE POLICY', 'DROP POLICY', 'CREATE STATISTICS', 'ALTER STATISTICS',
        'GRANT', 'REVOKE', 'COMMENT'])
 ORDER BY evtname)",
                                    {});
    if (!names.empty()) {
        throw Error{ErrorKind::refused, "event_trigger",
                    fmt::format("event triggers would fire on the statements of the change: {}", names)}
            .next("disable them for the time of the change: ALTER EVENT TRIGGER … DISABLE");
    }
}

} // namespace turntable::postgresql
