// Logical replication: subscribers would not follow the swap, and would be sent shadow and logs.
#include <fmt/core.h>

#include "plan/helper_names.hpp"
#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

void refuse_publications(Session& session, const Subject& subject) {
    std::string names = named(session, R"(
SELECT quote_ident(p.pubname) || CASE WHEN p.puballtables THEN ' (FOR ALL TABLES)' ELSE '' END
  FROM pg_publication AS p
 WHERE p.puballtables OR EXISTS (SELECT FROM pg_publication_rel AS r WHERE r.prpubid = p.oid AND r.prrelid = $1::oid)
 ORDER BY 1)",
                              {subject.oid});
    if (names.empty() && subject.server_version >= 150000) {
        names = named(session, R"(
SELECT quote_ident(p.pubname) || ' (FOR TABLES IN SCHEMA ' || quote_ident(n.nspname) || ')'
  FROM pg_publication AS p
  JOIN pg_publication_namespace AS s ON s.pnpubid = p.oid
  JOIN pg_namespace AS n ON n.oid = s.pnnspid
 WHERE n.nspname IN ($1, $2)
 ORDER BY 1)",
                      {subject.schema, std::string{our_schema}});
    }
    if (!names.empty()) {
        throw Error{ErrorKind::refused, "publication",
                    fmt::format("publications contain {} or would contain the tables of the change: {}",
                                subject.sql(), names)}
            .next("take the table out of them for the time of the change");
    }
    const std::string subscriptions = named(session,
                                            "SELECT quote_ident(s.subname) FROM pg_subscription_rel AS r"
                                            " JOIN pg_subscription AS s ON s.oid = r.srsubid"
                                            " WHERE r.srrelid = $1::oid ORDER BY 1",
                                            {subject.oid});
    if (!subscriptions.empty()) {
        throw Error{
            ErrorKind::refused, "subscription",
            fmt::format("{} receives its rows by logical replication: {}", subject.sql(), subscriptions)}
            .next("change it where its rows come from, or drop the subscription first");
    }
}

} // namespace turntable::postgresql
