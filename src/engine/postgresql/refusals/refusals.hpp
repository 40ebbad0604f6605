#pragma once
// What is refused before anything is touched, one file per small group. Every function throws Error that
// names the objects, or returns.

#include "plan/read_table.hpp"
#include "plan/rehearsal.hpp"
#include "plan/subject.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::postgresql {

// Whatever the strategy.
void refuse_kind(Session& session, const Subject& subject);        // kind.cpp: no plain, permanent heap table
void refuse_event_triggers(Session& session);                      // event_triggers.cpp
void refuse_missing_ownership(const Subject& subject);             // privileges.cpp; exit 8
void refuse_running_job(Session& session, const Subject& subject); // running_job.cpp; exit 4

// Where the server drops constraints of the table itself.
void refuse_used_keys(Session& session, const Subject& subject,
                      const std::vector<std::string>& dropped); // keys.cpp

// Only where the table is exchanged for another.
void refuse_dependents(Session& session, const Subject& subject);   // dependents.cpp
void refuse_publications(Session& session, const Subject& subject); // publications.cpp
void refuse_row_security(Session& session, const Subject& subject); // row_security.cpp
void refuse_constraints(Session& session, const Subject& subject);  // constraints.cpp
void refuse_missing_privileges(Session& session, const Subject& subject,
                               const Rehearsal& rehearsal); // privileges.cpp
void refuse_full_disk(const Estimate& estimate);            // disk.cpp

// The first cells of a query's rows, joined by commas.
[[nodiscard]] std::string named(Session& session, const std::string& sql,
                                const std::vector<Value>& arguments);

} // namespace turntable::postgresql
