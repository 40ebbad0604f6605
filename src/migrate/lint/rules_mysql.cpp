// MySQL and MariaDB.
#include <algorithm>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string table(const Place& place) {
    return place.action.object.display();
}

bool is_option(const SqlAction& action, std::string_view name) {
    return action.kind == ActionKind::option && action.name == name;
}

std::string algorithm_copy(const Place& place) {
    return place.action.kind == ActionKind::algorithm_clause && place.action.to == "copy"
               ? "ALGORITHM=COPY writes the table anew while writers wait"
               : "";
}

std::string lock_clause(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::lock_clause && (action.to == "shared" || action.to == "exclusive")
               ? fmt::format("LOCK={} keeps {} out", action.to,
                             action.to == "shared" ? "writers" : "everyone")
               : "";
}

bool is_alter_of_existing(const MigrationView& view, const Step& step) {
    return std::any_of(step.actions.begin(), step.actions.end(), [&](const SqlAction& action) {
        const bool structural =
            action.kind == ActionKind::add_column || action.kind == ActionKind::drop_column ||
            action.kind == ActionKind::change_type || action.kind == ActionKind::create_index ||
            action.kind == ActionKind::add_unique || action.kind == ActionKind::add_primary_key ||
            action.kind == ActionKind::drop_primary_key || action.kind == ActionKind::rename_column;
        return structural && !view.created.contains(SchemaModel{view.flavor}.key(action.object));
    });
}

std::vector<Spot> algorithm_not_asserted(const MigrationView& view) {
    std::vector<Spot> spots;
    for (const Step& step : view.up) {
        const bool stated =
            std::any_of(step.actions.begin(), step.actions.end(), [](const SqlAction& action) {
                return action.kind == ActionKind::algorithm_clause || action.kind == ActionKind::lock_clause;
            });
        if (!step.typed && !stated && is_alter_of_existing(view, step)) {
            spots.push_back(
                {"", step.line, "nothing keeps the server from copying the table while writers wait"});
        }
    }
    return spots;
}

std::string engine_change(const Place& place) {
    return is_option(place.action, "engine") && place.on_existing_table() && place.action.to != "myisam"
               ? fmt::format("ENGINE={} writes {} anew while writers wait", place.action.to, table(place))
               : "";
}

std::string myisam(const Place& place) {
    return (is_option(place.action, "engine") || is_option(place.action, "type")) &&
                   place.action.to == "myisam"
               ? fmt::format("{} becomes a table without transactions and crash safety", table(place))
               : "";
}

bool is_utf8mb3(const std::string& charset) {
    return charset == "utf8" || charset == "utf8mb3";
}

std::string utf8mb3(const Place& place) {
    const SqlAction& action = place.action;
    const bool option =
        (is_option(action, "charset") || is_option(action, "convert to charset")) && is_utf8mb3(action.to);
    const bool column = is_utf8mb3(action.column.charset) ||
                        std::any_of(action.columns.begin(), action.columns.end(),
                                    [](const SqlColumn& c) { return is_utf8mb3(c.charset); });
    return option || column ? fmt::format("{} cannot hold characters of four bytes", table(place)) : "";
}

std::string charset_conversion(const Place& place) {
    return is_option(place.action, "convert to charset") && place.on_existing_table()
               ? fmt::format("every text of {} is converted while writers wait", table(place))
               : "";
}

std::string partition_change(const Place& place) {
    return place.action.kind == ActionKind::change_partitions
               ? fmt::format("{} moves rows of {} while writers wait", place.action.name, table(place))
               : "";
}

std::string drop_partition(const Place& place) {
    return place.action.kind == ActionKind::drop_partition
               ? fmt::format("the rows of partition {} of {} are gone at once", place.action.name,
                             table(place))
               : "";
}

std::string inline_references(const Place& place) {
    const auto inlined = [](const SqlColumn& column) { return column.references; };
    const SqlAction& action = place.action;
    const bool found = (action.kind == ActionKind::add_column && action.column.references) ||
                       std::any_of(action.columns.begin(), action.columns.end(), inlined);
    return found ? fmt::format("REFERENCES within a column of {} is read and ignored", table(place)) : "";
}

std::string add_column_not_last(const Place& place) {
    return place.action.kind == ActionKind::add_column && place.action.positioned && place.on_existing_table()
               ? fmt::format("{} is put between others: older servers copy the table for it",
                             place.action.name)
               : "";
}

std::string enum_reorder(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind != ActionKind::change_type ||
        (action.column.type != "enum" && action.column.type != "set")) {
        return "";
    }
    const SqlColumn* const before = place.schema.column(action.object, action.name);
    if (before == nullptr || before->type != action.column.type ||
        (before->arguments.size() <= action.column.arguments.size() &&
         std::equal(before->arguments.begin(), before->arguments.end(), action.column.arguments.begin()))) {
        return "";
    }
    return fmt::format(
        "values of {}.{} are removed, renamed or moved: stored numbers change their meaning or are lost",
        table(place), action.name);
}

// Bytes that a server takes for an ENUM or a SET of so many values.
std::size_t bytes_of(const SqlColumn& column) {
    constexpr std::size_t enum_byte_max = 255, bits = 8, set_steps = 4;
    const std::size_t values = column.arguments.size();
    if (column.type == "enum") {
        return values > enum_byte_max ? 2 : 1;
    }
    const std::size_t bytes = (values + bits - 1) / bits;
    return bytes > set_steps ? bits : bytes;
}

// The change of a column that the files know, from one size to another.
std::string wider_list(const Place& place, std::string_view type) {
    const SqlAction& action = place.action;
    if (action.kind != ActionKind::change_type || action.column.type != type || !place.on_existing_table()) {
        return "";
    }
    const SqlColumn* const before = place.schema.column(action.object, action.name);
    if (before == nullptr || before->type != type || bytes_of(*before) == bytes_of(action.column)) {
        return "";
    }
    return fmt::format("with {} values {}.{} takes {} bytes instead of {}: the table is written anew",
                       action.column.arguments.size(), table(place), action.name, bytes_of(action.column),
                       bytes_of(*before));
}

std::string enum_over_255(const Place& place) {
    return wider_list(place, "enum");
}

std::string set_storage(const Place& place) {
    return wider_list(place, "set");
}

std::string zero_date(const Place& place) {
    const auto zero = [](const SqlColumn& column) { return column.default_text.starts_with("0000-00-00"); };
    const SqlAction& action = place.action;
    return zero(action.column) || std::any_of(action.columns.begin(), action.columns.end(), zero)
               ? fmt::format("a default of {} is no date; a strict server refuses it", table(place))
               : "";
}

std::string display_width(const Place& place) {
    const auto wide = [](const SqlColumn& column) {
        const bool integer = column.type == "int" || column.type == "bigint" || column.type == "smallint" ||
                             column.type == "mediumint" ||
                             (column.type == "tinyint" && column.arguments != std::vector<std::string>{"1"});
        return integer && !column.arguments.empty();
    };
    const SqlAction& action = place.action;
    return wide(action.column) || std::any_of(action.columns.begin(), action.columns.end(), wide)
               ? "the number in parentheses limits nothing and is deprecated"
               : "";
}

std::vector<Spot> ddl_without_transaction(const MigrationView& view) {
    std::vector<Spot> spots;
    bool first = true;
    for (const Step& step : view.up) {
        const bool schema =
            std::any_of(step.actions.begin(), step.actions.end(),
                        [](const SqlAction& action) { return is_schema_change(action.kind); });
        if (!step.typed && step.op == nullptr && schema) {
            if (!first) {
                spots.push_back({"", step.line, "if this fails, what stands above it is committed already"});
            }
            first = false;
        }
    }
    return spots;
}

std::string checks_off(const Place& place) {
    const SqlAction& action = place.action;
    const bool off = action.to == "0" || action.to == "off" || action.to == "OFF" || action.to == "false";
    return action.kind == ActionKind::set_variable && off &&
                   (action.name == "foreign_key_checks" || action.name == "unique_checks")
               ? fmt::format("with {} off, rows that break the rules get in and stay", action.name)
               : "";
}

std::string sql_mode_changed(const Place& place) {
    return place.action.kind == ActionKind::set_variable && place.action.name == "sql_mode"
               ? "under another sql_mode values are clamped or cut instead of refused"
               : "";
}

constexpr Rule rows[] = {
    {"algorithm-copy", Severity::error, on_mysql_family, Scope::raw,
     "The table is copied while writers wait.", "SHARED: writers of the table wait",
     "Leave the clause out, or ask for INSTANT or INPLACE.", "ALTER TABLE t ADD c INT, ALGORITHM=COPY;",
     &algorithm_copy},
    {"lock-clause", Severity::error, on_mysql_family, Scope::raw, "It asks for others to be kept out.",
     "as the clause says", "LOCK=NONE, which fails rather than blocks.",
     "ALTER TABLE t ADD c INT, LOCK=EXCLUSIVE;", &lock_clause},
    {"algorithm-not-asserted", Severity::warning, on_mysql_family, Scope::raw,
     "Where the server cannot change the table in place it copies it, without a word.",
     "SHARED: writers of the table wait",
     "Add ALGORITHM=INSTANT or ALGORITHM=INPLACE, LOCK=NONE: the server then refuses. Or a typed "
     "operation.",
     "ALTER TABLE t ADD c INT;", nullptr, &algorithm_not_asserted},
    {"engine-change", Severity::error, on_mysql_family, Scope::raw,
     "Another storage engine means another table: it is copied while writers wait.",
     "SHARED: writers of the table wait", "An online change of the table.", "ALTER TABLE t ENGINE=InnoDB;",
     &engine_change},
    {"myisam", Severity::error, on_mysql_family, Scope::any,
     "MyISAM loses rows in a crash and knows no transactions.", "table locks: every writer stops everyone",
     "ENGINE=InnoDB, or no ENGINE at all.", "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=MyISAM;", &myisam},
    {"utf8mb3", Severity::warning, on_mysql_family, Scope::any,
     "utf8 is utf8mb3 there: emoji and some names are refused or cut.", "none", "utf8mb4.",
     "CREATE TABLE t (id INT PRIMARY KEY) DEFAULT CHARSET=utf8;", &utf8mb3},
    {"charset-conversion", Severity::error, on_mysql_family, Scope::raw,
     "CONVERT TO rewrites every text of the table.", "SHARED: writers of the table wait",
     "An online change of the table.", "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4;",
     &charset_conversion},
    {"partition-change", Severity::warning, on_mysql_family, Scope::raw,
     "Most changes of partitions copy rows while writers wait.", "SHARED: writers of the table wait",
     "An online change of the table; ADD PARTITION at the end of a range alone is short.",
     "ALTER TABLE t REMOVE PARTITIONING;", &partition_change},
    {"drop-partition", Severity::error, on_mysql_family, Scope::raw,
     "It deletes rows that nothing brings back.", "exclusive, short",
     "Copy the rows first, and say so in a suppression.", "ALTER TABLE t DROP PARTITION p2020;",
     &drop_partition},
    {"inline-references", Severity::error, on_mysql, Scope::any,
     "MySQL reads a REFERENCES within a column and makes no foreign key.", "none",
     "FOREIGN KEY (…) REFERENCES … as an element of its own, or the operation add_foreign_key.",
     "CREATE TABLE o (id INT PRIMARY KEY, u INT REFERENCES users (id));", &inline_references},
    {"add-column-not-last", Severity::warning, on_mysql_family, Scope::raw,
     "Before MySQL 8.0.29 only a last column is added without a copy.", "SHARED on older servers",
     "Leave FIRST and AFTER out.", "ALTER TABLE t ADD c INT AFTER id;", &add_column_not_last},
    {"enum-reorder", Severity::error, on_mysql_family, Scope::any,
     "An ENUM is stored as the number of its value: only new values at the end keep what is stored.",
     "SHARED: the table is copied", "Append values; else a new column and a backfill.",
     "ALTER TABLE t MODIFY state ENUM('new','old');", &enum_reorder},
    {"enum-over-255", Severity::error, on_mysql_family, Scope::raw,
     "The 256th value of an ENUM makes the column two bytes wide.",
     "SHARED: the table is copied while writers wait",
     "An online change of the table; so many values belong in a lookup table.",
     "ALTER TABLE t MODIFY state ENUM(256 values);", &enum_over_255},
    {"set-storage", Severity::error, on_mysql_family, Scope::raw,
     "The 9th, 17th, 25th and 33rd value of a SET make the column wider.",
     "SHARED: the table is copied while writers wait",
     "An online change of the table; or a table of its own for what a row has several of.",
     "ALTER TABLE t MODIFY tags SET(9 values);", &set_storage},
    {"zero-date", Severity::error, on_mysql_family, Scope::any, "'0000-00-00' is refused under strict modes.",
     "none", "NULL, or a real date.", "CREATE TABLE t (id INT PRIMARY KEY, d DATE DEFAULT '0000-00-00');",
     &zero_date},
    {"display-width", Severity::info, on_mysql_family, Scope::any, "INT(11) is INT.", "none",
     "The type without a number; tinyint(1) may stay.", "CREATE TABLE t (id INT(11) PRIMARY KEY);",
     &display_width},
    {"ddl-without-transaction", Severity::warning, on_mysql_family, Scope::raw,
     "DDL commits by itself there: a failure in the middle leaves the first half applied.", "none",
     "One ALTER TABLE per migration; the step journal of `up` resumes the rest.",
     "ALTER TABLE a ADD x INT; ALTER TABLE b ADD x INT;", nullptr, &ddl_without_transaction},
    {"checks-off", Severity::error, on_mysql_family, Scope::raw,
     "Rows that break a key get in and are never found.", "none",
     "Leave the checks on; load in an order that satisfies them.", "SET foreign_key_checks = 0;",
     &checks_off},
    {"sql-mode-changed", Severity::warning, on_mysql_family, Scope::raw,
     "Strict mode is what refuses values that do not fit.", "none", "Leave sql_mode alone.",
     "SET sql_mode = '';", &sql_mode_changed},
};

} // namespace

std::span<const Rule> mysql_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
