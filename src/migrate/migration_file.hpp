#pragma once
// One file of migrations/, parsed and checked as far as that needs no server. docs/migrations.md describes
// the format.

#include <string>
#include <string_view>
#include <vector>

#include "migrate/operations.hpp"
#include "migrate/version.hpp"

namespace turntable::migrate {

// expand: old and new code both work afterwards. contract: the old code is gone before it runs.
enum class DeployPhase { none, expand, contract };

// A query whose only cell must be true (t, true, or a number other than 0).
struct Assertion {
    enum class When { before, after };
    When when = When::after;
    EngineText query;
    int line = 0;
};

enum class Way { up, down };

// One `-- turntable:up` or `-- turntable:down` section of an .sql file.
struct SqlSection {
    Way way = Way::up;
    std::optional<std::string> engine; // engine=…; empty: for all
    std::optional<Millis> timeout;     // timeout=…: of each statement
    bool transaction = true;           // tx=off: every statement by itself
    std::string text;                  // what stands below the line
    int line = 0;                      // of the first line of the text
};

struct MigrationFile {
    std::string version, slug, path;
    FileKind kind = FileKind::toml;
    std::string text; // as it is read: LF, no byte order mark
    std::string description;
    DeployPhase phase = DeployPhase::none;
    std::optional<std::string> manual;       // what a person has to do before it is applied
    std::optional<std::string> docs;         // a link
    std::optional<std::string> irreversible; // why there is no way back
    std::optional<std::string> fixes;        // the version that this one corrects
    std::vector<Op> ops;                     // toml
    std::vector<Assertion> asserts;          // toml
    std::vector<SqlSection> sections;        // sql

    [[nodiscard]] std::string name() const { return version + "_" + slug; }
    // The section for this engine: its own, else the one for all; nullptr if neither.
    [[nodiscard]] const SqlSection* section(Way way, std::string_view engine) const;
};

// LF line ends, no byte order mark: what checksums are of.
[[nodiscard]] std::string canonical_text(std::string_view bytes);

// path is for messages and is kept. Throws Error{usage} with file and line.
[[nodiscard]] MigrationFile parse_migration(std::string_view bytes, const FileName& name,
                                            const std::string& path);

// The two formats; text is canonical, what the name says is filled in.
void parse_toml_migration(MigrationFile& file);
void parse_sql_migration(MigrationFile& file);

} // namespace turntable::migrate
