#pragma once
// Files that are written and not typed: `new --from-diff` and `new --fix`.

#include <optional>
#include <string>
#include <vector>

#include "migrate/env.hpp"
#include "migrate/migration_file.hpp"
#include "migrate/schema_diff.hpp"

namespace turntable::migrate {

struct Composed {
    std::string text;                  // of a .toml migration; "": there is nothing to write
    std::vector<std::string> notes;    // for who reads it
    std::vector<std::string> leftover; // what it does not bring about, one sentence each
};

// The schema that a database has.
[[nodiscard]] SchemaSide wanted_schema(const Env& env);
// The schema that a text of SQL makes, tried on the scratch database, which is empty before and after.
[[nodiscard]] SchemaSide wanted_schema(const Env& scratch, const std::string& path);

// What brings the schema that the migrations of the folder make to the wanted one. The migrations and the
// result are run on the scratch database, which stays as they leave it.
[[nodiscard]] Composed compose_difference(const Env& scratch, const std::string& folder, const FileName& name,
                                          const std::string& description, const SchemaSide& wanted);

// What takes an applied migration back, as a migration of its own; if its file was edited since, also what
// the file says now. Reads only.
struct Fix {
    Composed file;
    // An edited file: its path, and the text as it was applied, which must stand there again.
    std::optional<std::pair<std::string, std::string>> restore;
};
[[nodiscard]] Fix compose_fix(const Env& env, const std::string& folder, const std::string& version,
                              const std::string& description);

} // namespace turntable::migrate
