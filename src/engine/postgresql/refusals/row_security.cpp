// Row level security that would hide rows from the copy.
#include <fmt/core.h>

#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

void refuse_row_security(Session& session, const Subject& subject) {
    const bool forced =
        session
            .run("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = $1::oid",
                 {subject.oid})
            .only() == "t";
    if (forced && !subject.bypasses_row_security) {
        throw Error{
            ErrorKind::refused, "row_security",
            fmt::format(
                "{} has FORCE ROW LEVEL SECURITY: its policies would hide rows from the copy made by {}",
                subject.sql(), subject.role)}
            .next("run the change as a role with BYPASSRLS");
    }
}

} // namespace turntable::postgresql
