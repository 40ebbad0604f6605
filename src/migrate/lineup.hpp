#pragma once
// Files and history side by side, and what a target means. Pure.

#include <optional>
#include <string>
#include <vector>

#include "migrate/migration_file.hpp"
#include "migrate/store.hpp"

namespace turntable::migrate {

enum class Standing { pending, applied, unfinished };
[[nodiscard]] std::string_view to_string(Standing standing);

struct Line {
    std::string version, slug;
    Standing standing = Standing::pending;
    const MigrationFile* file = nullptr; // nullptr: applied, and this checkout does not have it
    const HistoryRow* row = nullptr;     // nullptr: never seen by this database
    bool edited = false;                 // applied, and the file is another one now
    bool out_of_order = false;           // pending, and a later one is applied
};

// By version. Files and rows must outlive it.
[[nodiscard]] std::vector<Line> line_up(const std::vector<MigrationFile>& files,
                                        const std::vector<HistoryRow>& rows);

// "head", a version, a unique beginning of a version or a slug, "+N". Pending ones, in order. Throws
// Error{usage, "unknown_target"|"ambiguous_target"}.
[[nodiscard]] std::vector<const Line*> to_apply(const std::vector<Line>& lines, const std::string& target);

// "-N", "base", or a version that is the newest afterwards. Applied and unfinished ones, newest first.
[[nodiscard]] std::vector<const Line*> to_revert(const std::vector<Line>& lines, const std::string& target);

// The line that a version or a unique beginning of one, or a slug, names.
[[nodiscard]] const Line& find_line(const std::vector<Line>& lines, const std::string& name);

} // namespace turntable::migrate
