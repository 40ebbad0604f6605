// Keys that something else stands on: the server would refuse to drop them, or drop more than was asked for.
#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* referring_sql =
    "SELECT quote_ident(k.conname) || ' of ' || k.conrelid::regclass::text FROM pg_constraint AS k"
    " JOIN pg_constraint AS d ON d.conindid = k.conindid AND d.contype IN ('p', 'u')"
    " WHERE k.contype = 'f' AND d.conrelid = $1::oid AND d.conname = $2 ORDER BY 1";

constexpr const char* identity_sql =
    "SELECT quote_ident(d.conname) FROM pg_constraint AS d JOIN pg_index AS i ON i.indexrelid = d.conindid"
    " WHERE i.indisreplident AND d.conrelid = $1::oid AND d.conname = $2";

} // namespace

void refuse_used_keys(Session& session, const Subject& subject, const std::vector<std::string>& dropped) {
    for (const std::string& name : dropped) {
        if (const std::string keys = named(session, referring_sql, {subject.oid, name}); !keys.empty()) {
            throw Error{ErrorKind::refused, "key_in_use",
                        fmt::format("{}: foreign keys refer to {}: {}", subject.sql(), quoted(name), keys)}
                .next("drop them first, and add them again to the new key");
        }
        if (!named(session, identity_sql, {subject.oid, name}).empty()) {
            throw Error{ErrorKind::refused, "key_is_replica_identity",
                        fmt::format("{}: {} is its replica identity", subject.sql(), quoted(name))}
                .next("ALTER TABLE … REPLICA IDENTITY DEFAULT, or another index, first");
        }
    }
}

} // namespace turntable::postgresql
