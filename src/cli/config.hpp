#pragma once
// turntable.toml: where the database is, and defaults for the options of `alter`.
//
//     url = "postgresql://dba@db.example/shop"
//     [alter]                     # defaults; the names of the options of `alter` that describe how a job
//     runs workers = 4 chunk-time = "250ms" [env.production]            # chosen with -e production; goes
//     before what stands above url = "postgresql://dba@db.example/shop" [env.production.alter] max-lag = "1s"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/env_policy.hpp"
#include "cli/invocation.hpp"
#include "migrate/lint/lint.hpp"
#include "turntable/settings.hpp"

namespace turntable::cli {

struct Config {
    std::optional<std::string> url;     // of the file
    std::optional<std::string> env_url; // of the chosen [env.NAME]
    migrate::lint::LintConfig lint;     // [lint], then that of the environment
    migrate::lint::Severity lint_fail_on = migrate::lint::Severity::error;
    EnvPolicy policy;                // of the chosen [env.NAME]
    std::vector<NamedText> settings; // in order of precedence, the weakest first
};

// Reads the text of a file. env: the environment asked for. Throws Error{usage} with file and line: a key
// that is not known, a value of the wrong type or not readable, an environment that the file does not have.
[[nodiscard]] Config parse_config(std::string_view toml, const std::string& file_name,
                                  const std::optional<std::string>& env);

// The file asked for, or turntable.toml of the working directory if it is there.
[[nodiscard]] Config load_config(const Globals& globals);

// Where variables of the process come from; nullptr: not set.
using Environment = const char* (*)(const char* name);

// -u, then the chosen environment's, TURNTABLE_URL, DATABASE_URL, the file's. Throws Error{usage, "no_url"}.
[[nodiscard]] std::string choose_url(const Globals& globals, const Config& config, Environment environment);

// `${NAME}` becomes the variable of the process. Throws Error{usage, "unset_variable"}.
[[nodiscard]] std::string expanded(const std::string& text, Environment environment);

// Built-in defaults, then the configuration's, then those of the command line.
[[nodiscard]] Settings choose_settings(const Config& config, const std::vector<NamedText>& given);

} // namespace turntable::cli
