#pragma once
// The linter: migrations in, findings out. Pure: what it needs of the disk, of git and of the configuration
// is given to it.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "migrate/lint/finding.hpp"
#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {

// A file of the folder, migration or not.
struct LintFile {
    std::string name; // within the folder
    std::string path; // for people
    std::string text;
};

// The folder at the revision that a change is compared with.
struct LintBase {
    std::string revision;
    std::map<std::string, std::string> files; // name -> text
    std::set<std::string> tip;                // names at the revision itself, which may have moved on since
    std::vector<std::string> other_changes;   // paths outside the folder that differ
};

struct LintConfig {
    std::vector<SqlFlavor> engines;             // empty: those that the files name, all for typed ones
    std::map<std::string, Severity> severities; // by rule
    std::set<std::string> only;                 // names of files; empty: all
    std::string ignore_before;                  // a version: older files are quiet
};

// What the rules about files see.
struct LintSet {
    std::vector<LintFile> files;
    std::vector<MigrationFile> migrations; // those whose names and contents parse, by version
    std::optional<LintBase> base;

    [[nodiscard]] bool changed(const std::string& name) const; // since the base; true without one
};

struct LintReport {
    std::vector<Finding> findings; // by file and line
    std::size_t files = 0;         // looked at
    std::size_t suppressed = 0;
};

// Throws Error{usage}: a file that does not parse, no engine for raw SQL, an unknown rule in the
// configuration.
[[nodiscard]] LintReport lint(std::vector<LintFile> files, std::optional<LintBase> base,
                              const LintConfig& config);

// The worst of the findings; off if there are none.
[[nodiscard]] Severity worst(const LintReport& report);

} // namespace turntable::migrate::lint
