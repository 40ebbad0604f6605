#pragma once
// Results of the commands on migrations as text and JSON.

#include <string>
#include <string_view>
#include <vector>

#include "migrate/api.hpp"

namespace turntable::cli {

[[nodiscard]] std::string run_text(const migrate::RunResult& result);
[[nodiscard]] std::string run_json(const migrate::RunResult& result);
[[nodiscard]] std::string status_text(const migrate::Status& status);
[[nodiscard]] std::string status_json(const migrate::Status& status);
[[nodiscard]] std::string history_text(const std::vector<migrate::Event>& events);
[[nodiscard]] std::string history_json(const std::vector<migrate::Event>& events);
[[nodiscard]] std::string findings_text(const std::vector<std::string>& findings);
[[nodiscard]] std::string findings_json(const std::vector<std::string>& findings);
[[nodiscard]] std::string lock_text(const migrate::LeaseHolder& holder);
[[nodiscard]] std::string lock_json(const migrate::LeaseHolder& holder);
[[nodiscard]] std::string migrations_text(const std::vector<migrate::PlannedMigration>& plan,
                                          std::string_view command);
[[nodiscard]] std::string migrations_json(const std::vector<migrate::PlannedMigration>& plan);
[[nodiscard]] std::string rehearsal_text(const migrate::Rehearsal& rehearsal);
[[nodiscard]] std::string rehearsal_json(const migrate::Rehearsal& rehearsal);

} // namespace turntable::cli
