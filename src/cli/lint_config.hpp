#pragma once
// [lint] and [env.NAME.lint] of turntable.toml.
//
//     [lint]
//     engines = ["postgresql", "sqlite"]   # whose SQL the files without engine=… are
//     ignore_before = "20260101000000"     # older migrations are quiet
//     fail_on = "warning"                  # exit 3 from this severity on; default "error"
//     [lint.rules]
//     drop-column = "warning"              # error, warning, info or off
//     [env.production.lint]
//     drop-column = "error"

#include <functional>
#include <string>

#include <toml++/toml.h>

#include "migrate/lint/lint.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {

// Makes the error of a place in the configuration.
using BadConfig = std::function<Error(const toml::node& where, const std::string& what)>;

void read_lint_section(const toml::table& section, const BadConfig& bad, migrate::lint::LintConfig& config,
                       migrate::lint::Severity& fail_on);
void read_lint_rules(const toml::table& section, const BadConfig& bad, migrate::lint::LintConfig& config);

} // namespace turntable::cli
