#pragma once
// What the runtime keeps in the database beside the journal: one row per job in schema "turntable", which
// tells that the job's objects were created by it, which transaction wrote the shadow last, and what the
// swap left: its reverse capture and the new table's definition. And a function by which the copy puts keys
// into the log.

#include <cstdint>
#include <optional>
#include <string>

#include "detail.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

struct JobObjects {
    std::string state;      // quoted, qualified: the table of one row
    std::string queue;      // quoted, qualified: the function, without parentheses
    std::string state_text; // as to_regclass() takes it
};
[[nodiscard]] JobObjects job_objects(const Blueprint& blueprint, const Detail& detail);

[[nodiscard]] std::vector<Statement> create_job_objects(const Blueprint& blueprint, const Detail& detail);
[[nodiscard]] std::vector<Statement> drop_job_objects(const Blueprint& blueprint, const Detail& detail);

// True if the job's objects were created by this job.
[[nodiscard]] bool job_objects_exist(Session& session, const Blueprint& blueprint, const Detail& detail);

// In the caller's transaction, which writes the to-side: an older snapshot would see it without these rows.
void mark_writer(Session& session, const Blueprint& blueprint, const Detail& detail);

// Settings of the job (Detail::settings) for the current transaction; a no-op if there are none.
void use_job_settings(Session& session, const Detail& detail);

} // namespace turntable::postgresql
