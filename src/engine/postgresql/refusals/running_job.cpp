// Another job's capture is on the table.
#include <fmt/core.h>

#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

void refuse_running_job(Session& session, const Subject& subject) {
    const std::string triggers = named(session, R"(
SELECT t.tgname FROM pg_trigger AS t
 WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal AND t.tgname IN ('turntable_capture', 'turntable_truncate')
 ORDER BY 1)",
                                       {subject.oid});
    if (!triggers.empty()) {
        throw Error{
            ErrorKind::busy, "job_on_table",
            fmt::format("another change of {} is under way, or its revert window is open: it carries the "
                        "triggers {}",
                        subject.sql(), triggers)}
            .next("see `turntable jobs`; finalize, revert or abort that job first");
    }
}

} // namespace turntable::postgresql
