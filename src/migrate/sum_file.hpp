#pragma once
// The integrity file of a folder of migrations: one line per file and one line of all, so that two branches
// which each add a migration meet in a conflict of git, and a file that was edited is seen without a
// database.

#include <string>
#include <vector>

#include "migrate/migration_file.hpp"

namespace turntable::migrate {

inline constexpr const char* sum_file_name = "turntable.sum";

[[nodiscard]] std::string sum_text(const std::vector<MigrationFile>& files);
// What differs between the file and the folder, one sentence each; empty if nothing does, or there is no such
// file.
[[nodiscard]] std::vector<std::string> sum_differences(const std::string& folder,
                                                       const std::vector<MigrationFile>& files);
// The same, of the text of such a file; path is for the sentences.
[[nodiscard]] std::vector<std::string> sum_differences(const std::string& sum_file, const std::string& path,
                                                       const std::vector<MigrationFile>& files);
void write_sum(const std::string& folder, const std::vector<MigrationFile>& files);

} // namespace turntable::migrate
