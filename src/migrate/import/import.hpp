#pragma once
// A history of another tool becomes one of turntable (docs/decisions/046).

#include <optional>
#include <string>
#include <vector>

#include "migrate/env.hpp"

namespace turntable::migrate {

struct ImportOptions {
    std::string tool;
    std::string folder;               // of the migrations that are written
    std::optional<std::string> from;  // of the other tool's files
    std::optional<std::string> table; // of its history, if it is not the usual one
    enum class Shape {
        files,   // each of its files becomes a migration
        baseline // what is applied becomes one migration: the schema as it is
    };
    Shape shape = Shape::files;
    enum class Effect { everything, nothing };
    Effect effect = Effect::everything; // nothing: only say what would be done
};

struct ImportedLine {
    std::string version, slug, file; // as it is here
    std::string key;                 // as the other tool names it; of a baseline: how many
    bool applied = false;
};
struct Imported {
    std::vector<ImportedLine> lines;
    std::vector<std::string> skipped; // files that are not SQL, with the reason
};

// Throws Error{usage, "unknown_tool"|"no_history"}, Error{refused, "history_not_empty"|"folder_not_empty"|
// "not_imported"}: then nothing is written. The other tool's table stays.
[[nodiscard]] Imported import_history(const Env& env, const ImportOptions& options);

} // namespace turntable::migrate
