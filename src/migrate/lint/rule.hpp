#pragma once
// A rule: what it is called, why it exists, and the function that finds it. Everything about a rule stands in
// its row; docs/lint.md shows the same and a test compares them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/lint/finding.hpp"
#include "migrate/lint/view.hpp"

namespace turntable::migrate::lint {

// Which steps a rule looks at. What a typed operation becomes is chosen by the program, which takes short
// locks and copies online, so rules about locks look at raw SQL alone.
enum class Scope { raw, typed, any };

// Engines that a rule is about, as bits.
inline constexpr unsigned on_postgresql = 1;
inline constexpr unsigned on_mysql = 2;
inline constexpr unsigned on_mariadb = 4;
inline constexpr unsigned on_sqlite = 8;
inline constexpr unsigned on_mysql_family = on_mysql | on_mariadb;
inline constexpr unsigned on_all = on_postgresql | on_mysql_family | on_sqlite;
[[nodiscard]] unsigned engine_bit(SqlFlavor flavor);

// One action of a step, with what is known when it runs.
struct Place {
    const MigrationView& view;
    const Step& step;
    const SqlAction& action;
    const SchemaModel& schema; // as the files before, and the steps before in this file, leave it

    // The table is none that this migration makes, and not a temporary one: it may be large and in use.
    [[nodiscard]] bool on_existing_table() const;
    [[nodiscard]] bool in_transaction() const { return view.transaction && !step.typed; }
};

struct Spot {
    std::string file;
    int line = 1;
    std::string message;
};

struct LintSet;

// Exactly one of the three; each returns what is wrong, "" or nothing if nothing is.
using CheckAction = std::string (*)(const Place& place);
using CheckMigration = std::vector<Spot> (*)(const MigrationView& view);
using CheckSet = std::vector<Spot> (*)(const LintSet& set);

struct Rule {
    std::string_view id;
    Severity severity; // where the configuration says nothing
    unsigned engines;
    Scope scope;
    std::string_view why;
    std::string_view lock;    // what waits for it; "none"
    std::string_view safe;    // what to write instead
    std::string_view example; // of what it finds, short
    CheckAction on_action = nullptr;
    CheckMigration on_migration = nullptr;
    CheckSet on_set = nullptr;
};

// All, sorted by id.
[[nodiscard]] std::span<const Rule> rules();
[[nodiscard]] const Rule* find_rule(std::string_view id);

// The groups that all of them are made of.
[[nodiscard]] std::span<const Rule> postgresql_lock_rules();
[[nodiscard]] std::span<const Rule> postgresql_constraint_rules();
[[nodiscard]] std::span<const Rule> mysql_rules();
[[nodiscard]] std::span<const Rule> sqlite_rules();
[[nodiscard]] std::span<const Rule> column_rules();
[[nodiscard]] std::span<const Rule> type_rules();
[[nodiscard]] std::span<const Rule> data_rules();
[[nodiscard]] std::span<const Rule> removal_rules();
[[nodiscard]] std::span<const Rule> naming_rules();
[[nodiscard]] std::span<const Rule> key_rules();
[[nodiscard]] std::span<const Rule> migration_rules();
[[nodiscard]] std::span<const Rule> set_rules();

} // namespace turntable::migrate::lint
