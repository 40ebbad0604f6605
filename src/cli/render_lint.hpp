#pragma once
// Findings of the linter as text, as JSON, as commands of GitHub Actions, and as SARIF 2.1.0.

#include <string>

#include "migrate/lint/lint.hpp"

namespace turntable::cli {

[[nodiscard]] std::string lint_text(const migrate::lint::LintReport& report);
[[nodiscard]] std::string lint_json(const migrate::lint::LintReport& report);
[[nodiscard]] std::string lint_github(const migrate::lint::LintReport& report);
[[nodiscard]] std::string lint_sarif(const migrate::lint::LintReport& report);
// One line: how many of what.
[[nodiscard]] std::string lint_summary(const migrate::lint::LintReport& report);

} // namespace turntable::cli
