#pragma once
// Results of the commands on whole schemas as text and JSON.

#include <string>
#include <vector>

#include "migrate/compose.hpp"
#include "migrate/drift.hpp"
#include "migrate/import/import.hpp"

namespace turntable::cli {

[[nodiscard]] std::string dump_json(const std::vector<SchemaPart>& parts, const std::string& engine);
[[nodiscard]] std::string drift_text(const std::vector<migrate::SchemaDifference>& found);
[[nodiscard]] std::string drift_json(const std::vector<migrate::SchemaDifference>& found,
                                     const std::string& against);
[[nodiscard]] std::string import_text(const migrate::Imported& imported,
                                      const migrate::ImportOptions& options);
[[nodiscard]] std::string import_json(const migrate::Imported& imported,
                                      const migrate::ImportOptions& options);
// path "": nothing was written.
[[nodiscard]] std::string composed_text(const std::string& path, const migrate::Composed& composed);
[[nodiscard]] std::string composed_json(const std::string& path, const migrate::Composed& composed);

} // namespace turntable::cli
