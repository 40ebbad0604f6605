#pragma once
// Migrations of other tools: what their folders and their history tables say, in one shape. The formats are
// those that their documentation describes; their checksums are not looked at.

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "turntable/session.hpp"

namespace turntable::migrate {

// One migration of another tool, as far as it is SQL.
struct ForeignMigration {
    std::string key;  // as its history names it
    std::string name; // for people
    std::string file; // where it stands
    std::string up, down;
    bool up_transaction = true, down_transaction = true;
};

struct ForeignFolder {
    std::vector<ForeignMigration> migrations; // in the order in which the tool would apply them
    std::vector<std::string> skipped;         // files that are not SQL, or are no migrations: name and why
};

struct ForeignHistory {
    std::vector<std::string> applied; // keys, in the order in which they were applied
    // Everything up to this key is applied, too, be it listed or not (a mark in place of a list; a baseline).
    std::optional<std::string> up_to;
};

// How to ask: the database, its engine, and the name of the table if it is not the usual one.
struct ForeignQuery {
    Session& session;
    std::string engine;
    std::optional<std::string> table;
};

struct ForeignTool {
    std::string_view name;
    std::vector<std::string_view> tables; // of its history: no part of the schema
    // nullptr: its files are programs and not SQL.
    ForeignFolder (*read)(const std::string& folder);
    // Throws DatabaseError{no_such_object} where the tool never ran, Error{refused} for one that is
    // unfinished.
    ForeignHistory (*history)(const ForeignQuery& query);
    // Whether a is before b or the same, as the tool orders its keys; for ForeignHistory::up_to.
    bool (*not_after)(const std::string& a, const std::string& b);
};

[[nodiscard]] std::span<const ForeignTool> foreign_tools();
// nullptr: unknown.
[[nodiscard]] const ForeignTool* foreign_tool(std::string_view name);

// Readers of folders, one file for each family.
[[nodiscard]] ForeignFolder read_flyway(const std::string& folder);
[[nodiscard]] ForeignFolder read_liquibase(const std::string& folder);
[[nodiscard]] ForeignFolder read_dbmate(const std::string& folder);
[[nodiscard]] ForeignFolder read_goose(const std::string& folder);
[[nodiscard]] ForeignFolder read_golang_migrate(const std::string& folder);
[[nodiscard]] ForeignFolder read_sqitch(const std::string& folder);
[[nodiscard]] ForeignFolder read_alembic(const std::string& folder);

// Numbers divided by points, leading and trailing zeros gone: "001.20.0" is "1.20".
[[nodiscard]] std::string plain_version(std::string_view text);
// By their numbers.
[[nodiscard]] bool version_not_after(const std::string& a, const std::string& b);

// The ids of alembic's chain that lead to a head are in its files; each migration's key is
// "id<parent,parent".
[[nodiscard]] std::set<std::string> alembic_ancestors(const std::vector<ForeignMigration>& migrations,
                                                      const std::vector<std::string>& heads);

} // namespace turntable::migrate
