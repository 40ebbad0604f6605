#pragma once
// What git knows of the folder of migrations at a revision. Runs the program git; reads only.

#include <string>
#include <vector>

#include "migrate/lint/lint.hpp"

namespace turntable::cli {

// Compares with where this branch left `revision` (their merge base), so that what others added to it since
// is not taken for removed here. Throws Error{usage}: no git, no repository, no such revision.
[[nodiscard]] migrate::lint::LintBase read_git_base(const std::string& folder, const std::string& revision,
                                                    const std::vector<migrate::lint::LintFile>& files);

} // namespace turntable::cli
