#pragma once
// Rows for `test`: what is in the tables before a migration, and what has to be there after it and after its
// way back. One file per migration, fixtures/VERSION.toml or fixtures/VERSION_slug.toml; docs/migrations.md.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "migrate/env.hpp"
#include "migrate/migration_file.hpp"

namespace turntable::migrate {

// Rows by key, or SQL.
struct GivenRows {
    std::variant<UpsertRows, EngineText> rows;
    int line = 0;
};
// What a query gives, row by row in its own order; a column that a row does not name is NULL.
struct ExpectedRows {
    EngineText query;
    std::vector<std::map<std::string, Literal>> rows;
    int line = 0;
};

struct Fixture {
    std::string version, path;
    std::vector<GivenRows> before;
    std::vector<ExpectedRows> after, back;
};

// Throws Error{usage} with file and line; "fixture_without_migration" for a file that belongs to none.
[[nodiscard]] std::vector<Fixture> read_fixtures(const std::string& folder,
                                                 const std::vector<MigrationFile>& files);
[[nodiscard]] Fixture parse_fixture(const std::string& text, const std::string& version,
                                    const std::string& path);

// In one transaction, on a session of its own. Throws Error{refused, "no_variant"}.
void put_in(const Env& env, const Fixture& fixture);
// What is not as expected, one sentence each.
[[nodiscard]] std::vector<std::string> differences(const Env& env, const Fixture& fixture,
                                                   const std::vector<ExpectedRows>& expected);

} // namespace turntable::migrate
