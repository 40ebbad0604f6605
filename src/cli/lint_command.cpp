#include "cli/lint_command.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/core.h>

#include "cli/config.hpp"
#include "cli/git_base.hpp"
#include "cli/render_lint.hpp"
#include "migrate/directory.hpp"
#include "migrate/lint/lint.hpp"
#include "migrate/sum_file.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

namespace fs = std::filesystem;
using namespace migrate::lint;

std::vector<LintFile> read_folder(const std::string& folder) {
    if (!fs::is_directory(folder)) {
        throw Error{ErrorKind::usage, "no_migrations", fmt::format("there is no folder {}", folder)}.next(
            "--dir FOLDER says where the migrations are");
    }
    std::vector<LintFile> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const std::string ending = entry.path().extension().string();
        const bool sum = entry.path().filename() == migrate::sum_file_name;
        if (entry.is_regular_file() && (sum || ending == ".sql" || ending == ".toml")) {
            const std::string path = entry.path().lexically_normal().string();
            files.push_back({entry.path().filename().string(), path, migrate::read_bytes(path)});
        }
    }
    return files;
}

// The files named on the command line, by path or by name.
std::set<std::string> chosen_files(const std::vector<std::string>& words,
                                   const std::vector<LintFile>& files) {
    std::set<std::string> chosen;
    for (const std::string& word : words) {
        const std::string name = fs::path{word}.filename().string();
        if (std::none_of(files.begin(), files.end(),
                         [&](const LintFile& file) { return file.name == name; })) {
            throw Error{ErrorKind::usage, "unknown_file", fmt::format("{} is none of the migrations", word)};
        }
        chosen.insert(name);
    }
    return chosen;
}

std::optional<migrate::SqlFlavor> engine_of_url(const Invocation& invocation, const Config& config) {
    try {
        const std::string url = choose_url(invocation.globals, config,
                                           [](const char* name) -> const char* { return std::getenv(name); });
        return migrate::flavor_named(url.substr(0, url.find(':')));
    } catch (const Error&) { // none is given; the linter can do without
        return std::nullopt;
    }
}

std::vector<migrate::SqlFlavor> engines_of(const Invocation& invocation, const Config& config) {
    std::vector<migrate::SqlFlavor> engines;
    for (const std::string& name : invocation.lint.engines) {
        const auto flavor = migrate::flavor_named(name);
        if (!flavor) {
            throw Error{ErrorKind::usage, "bad_value",
                        fmt::format("--engine '{}': postgresql, mysql, mariadb or sqlite is expected", name)};
        }
        engines.push_back(*flavor);
    }
    if (!engines.empty()) {
        return engines;
    }
    if (!config.lint.engines.empty()) {
        return config.lint.engines;
    }
    const auto of_url = engine_of_url(invocation, config);
    return of_url ? std::vector{*of_url} : std::vector<migrate::SqlFlavor>{};
}

Severity limit_of(const Invocation& invocation, const Config& config) {
    if (!invocation.lint.fail_on) {
        return config.lint_fail_on;
    }
    const auto severity = severity_named(*invocation.lint.fail_on);
    if (!severity || *severity == Severity::off) {
        throw Error{
            ErrorKind::usage, "bad_value",
            fmt::format("--fail-on '{}': error, warning or info is expected", *invocation.lint.fail_on)};
    }
    return *severity;
}

std::string rendered(const LintReport& report, const Invocation& invocation) {
    switch (invocation.globals.format) {
    case OutputFormat::text:
        return lint_text(report);
    case OutputFormat::json:
        return lint_json(report);
    case OutputFormat::github:
        return lint_github(report);
    case OutputFormat::sarif:
        return lint_sarif(report);
    }
    check(false, "unknown OutputFormat");
    return "";
}

} // namespace

int lint(const Invocation& invocation) {
    const Config config = load_config(invocation.globals);
    const Severity limit = limit_of(invocation, config);
    const std::string folder = invocation.migrate.dir.value_or("migrations");
    std::vector<LintFile> files = read_folder(folder);
    LintConfig settings = config.lint;
    settings.engines = engines_of(invocation, config);
    settings.only = chosen_files(invocation.lint.files, files);
    std::optional<LintBase> base;
    if (invocation.lint.git_base) {
        base = read_git_base(folder, *invocation.lint.git_base, files);
    }
    const LintReport report = migrate::lint::lint(std::move(files), std::move(base), settings);
    std::fputs(rendered(report, invocation).c_str(), stdout);
    std::fflush(stdout);
    if (invocation.globals.verbosity != Verbosity::quiet) {
        std::fputs(lint_summary(report).c_str(), stderr);
    }
    return worst(report) >= limit ? static_cast<int>(ErrorKind::negative) : 0;
}

} // namespace turntable::cli
