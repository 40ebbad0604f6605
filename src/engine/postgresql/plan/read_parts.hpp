#pragma once
// The parts of read_table, one file each; see read_table.hpp.

#include "plan/read_table.hpp"

namespace turntable::postgresql {

void read_columns(Session& session, Table& table);
void read_indexes(Session& session, Table& table);
void read_constraints(Session& session, Table& table, const std::vector<StandIn>& stand_ins);
void read_triggers(Session& session, Table& table, const std::vector<std::string>& ours);
void read_statistics(Session& session, Table& table);
void read_attachments(Session& session, Table& table);

// "1 2 3" or "{1,2,3}" as numbers.
[[nodiscard]] std::vector<Attnum> numbers(std::string_view text);
// The definition split at the place where it names the table; throws Error{refused,
// "definition_not_understood"} if it does not start with before.
[[nodiscard]] Template split_at_table(const std::string& definition, const std::string& before,
                                      const Table& table, const std::string& subject);

} // namespace turntable::postgresql
