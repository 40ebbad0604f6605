#pragma once
// Cases of the linter as data: tests/data/lint/rules/RULE.cases.
//
//     == fires ENGINE [word…]      or  == misses ENGINE [word…]
//     text
//
// The text is the up section of an SQL file. A line `++` ends an earlier migration. Words: toml (the text is
// one), files (the text is several files, each below a line `>> NAME`, or `<< NAME` for the revision that is
// compared with), tx=off, phase=expand|contract, other=PATH (changed, too).

#include <optional>
#include <string>
#include <vector>

#include "migrate/lint/lint.hpp"

namespace turntable::test {

struct LintCase {
    std::string rule;
    int line = 0; // of its head in the file
    bool fires = false;
    migrate::SqlFlavor engine = migrate::SqlFlavor::postgresql;
    std::vector<migrate::lint::LintFile> files; // the last one is the one that is looked at
    std::optional<migrate::lint::LintBase> base;
    bool whole_folder = false; // findings in any file count
};

// The cases of a rule; none if there is no such file. Throws std::runtime_error for a line that is not
// understood.
[[nodiscard]] std::vector<LintCase> lint_cases(const std::string& rule);

// The rules that found something where the case looks.
[[nodiscard]] std::vector<std::string> rules_that_fire(const LintCase& lint_case);

} // namespace turntable::test
