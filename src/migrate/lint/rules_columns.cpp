// Columns that are added, or change their type.
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string place_name(const Place& place) {
    return fmt::format("{}.{}", place.action.object.display(), place.action.name);
}

std::string add_required_column(const Place& place) {
    const SqlColumn& column = place.action.column;
    return place.action.kind == ActionKind::add_column && column.not_null && !column.auto_number &&
                   !column.generated && column.default_kind == DefaultKind::none && place.on_existing_table()
               ? fmt::format(
                     "{} is required, and neither rows that are there nor running code have a value for it",
                     place_name(place))
               : "";
}

std::string add_column_varying_default(const Place& place) {
    const SqlColumn& column = place.action.column;
    if (place.action.kind != ActionKind::add_column || !place.on_existing_table()) {
        return "";
    }
    const bool costly = place.view.flavor == SqlFlavor::postgresql
                            ? column.default_kind == DefaultKind::varying && !column.auto_number
                            : column.default_text == "(…)";
    return costly ? fmt::format("every row gets its own default of {} at once", place_name(place)) : "";
}

std::string stored_generated_column(const Place& place) {
    return place.action.kind == ActionKind::add_column && place.action.column.stored &&
                   place.on_existing_table()
               ? fmt::format("{} is computed and stored for every row at once", place_name(place))
               : "";
}

std::string add_auto_number(const Place& place) {
    return place.action.kind == ActionKind::add_column && place.action.column.auto_number &&
                   place.on_existing_table()
               ? fmt::format("every row gets a number for {} at once, in an order nobody chose",
                             place_name(place))
               : "";
}

int length_of(const SqlColumn& column) {
    try {
        return column.arguments.empty() ? -1 : std::stoi(column.arguments.front());
    } catch (const std::exception&) {
        return -1;
    }
}

// Changes that the server makes in its catalogue alone.
bool is_free_widening(const SqlColumn& from, const SqlColumn& to, SqlFlavor flavor) {
    if (flavor == SqlFlavor::postgresql) {
        if (to.type == "text" || (to.type == "varchar" && to.arguments.empty())) {
            return from.type == "varchar" || from.type == "text";
        }
        const bool same_scale = from.arguments.size() == to.arguments.size() &&
                                (from.arguments.size() < 2 || from.arguments[1] == to.arguments[1]);
        return from.type == to.type && (to.type == "varchar" || to.type == "numeric") &&
               (to.arguments.empty() ||
                (same_scale && length_of(from) <= length_of(to) && length_of(from) > 0));
    }
    const int old_length = length_of(from);
    const int new_length = length_of(to);
    const bool same_prefix =
        (old_length < 64) == (new_length < 64); // four bytes a character: one or two length bytes
    if (from.type == "varchar" && to.type == "varchar") {
        return old_length > 0 && old_length <= new_length && same_prefix;
    }
    if (from.type == "enum" && to.type == "enum") {
        return from.arguments.size() <= to.arguments.size() &&
               std::equal(from.arguments.begin(), from.arguments.end(), to.arguments.begin());
    }
    return from.type == to.type && from.arguments == to.arguments;
}

std::string change_type_rewrite(const Place& place) {
    if (place.action.kind != ActionKind::change_type || !place.on_existing_table()) {
        return "";
    }
    const SqlColumn* const before = place.schema.column(place.action.object, place.action.name);
    if (before != nullptr && !place.action.scaled &&
        is_free_widening(*before, place.action.column, place.view.flavor)) {
        return "";
    }
    return fmt::format("every row is written anew to make {} {}", place_name(place),
                       place.action.column.type);
}

bool is_float(const std::string& type) {
    return type == "double" || type == "real";
}

bool is_whole(const std::string& type) {
    return type == "int" || type == "bigint" || type == "smallint" || type == "mediumint" ||
           type == "tinyint";
}

int width_of(const std::string& type) {
    constexpr std::array widths{std::pair{"tinyint", 1}, std::pair{"smallint", 2}, std::pair{"mediumint", 3},
                                std::pair{"int", 4}, std::pair{"bigint", 8}};
    const auto* const found =
        std::find_if(widths.begin(), widths.end(), [&](const auto& pair) { return type == pair.first; });
    return found == widths.end() ? 0 : found->second;
}

bool loses(const SqlColumn& from, const SqlColumn& to) {
    if (is_whole(from.type) && is_whole(to.type)) {
        return width_of(to.type) < width_of(from.type);
    }
    const bool fraction = is_float(from.type) || from.type == "numeric";
    const bool shorter = from.type == to.type && (to.type == "varchar" || to.type == "char") &&
                         length_of(to) > 0 && (length_of(from) > length_of(to) || from.arguments.empty());
    return (fraction && is_whole(to.type)) || (from.type == "numeric" && is_float(to.type)) ||
           (is_float(from.type) && to.type == "numeric") || (from.type == "double" && to.type == "real") ||
           shorter || (from.type == "timestamptz" && to.type != "timestamptz") ||
           (from.type == "timestamp" && to.type == "date") ||
           (from.type == "text" && (to.type == "varchar" || to.type == "char") && !to.arguments.empty());
}

std::string lossy_conversion(const Place& place) {
    if (place.action.kind != ActionKind::change_type || place.action.converted) {
        return "";
    }
    const SqlColumn* const before = place.schema.column(place.action.object, place.action.name);
    return before != nullptr && loses(*before, place.action.column)
               ? fmt::format(
                     "{} goes from {} to {}: values that do not fit are rounded, cut or clamped unseen",
                     place_name(place), before->type, place.action.column.type)
               : "";
}

std::string unit_change_same_name(const Place& place) {
    const SqlAction& action = place.action;
    return action.scaled && (action.kind == ActionKind::change_type || action.kind == ActionKind::update)
               ? fmt::format("the numbers in {} change their unit and keep their name", place_name(place))
               : "";
}

constexpr Rule rows[] = {
    {"add-required-column", Severity::error, on_all, Scope::any,
     "It fails on a table with rows (MySQL and MariaDB invent a value), and code that does not know the "
     "column "
     "can no longer insert.",
     "none: it fails", "Add it nullable or with a default, fill it, then set_not_null.",
     "ALTER TABLE users ADD COLUMN email text NOT NULL;", &add_required_column},
    {"add-column-varying-default", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "A default that differs from row to row makes the server write the whole table.",
     "exclusive: everyone on the table waits", "Add the column, set the default, then a backfill.",
     "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();", &add_column_varying_default},
    {"stored-generated-column", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "A stored generated column makes the server write the whole table.",
     "exclusive: everyone on the table waits",
     "VIRTUAL where there is one, an ordinary column with a backfill, or the operation add_column.",
     "ALTER TABLE orders ADD COLUMN gross int GENERATED ALWAYS AS (net + tax) STORED;",
     &stored_generated_column},
    {"add-auto-number", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "Numbering the rows that are there writes the whole table; replicas may number them differently.",
     "exclusive: everyone on the table waits",
     "An online change of the table with its key in a stated order.",
     "ALTER TABLE logs ADD COLUMN id bigserial;", &add_auto_number},
    {"change-type-rewrite", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "Most changes of a type write the whole table anew, all its indexes included.",
     "exclusive (PostgreSQL), writers wait (MySQL, MariaDB)",
     "The operation change_column, which copies beside the table. Widenings that are free are not "
     "reported where "
     "the files show the old type.",
     "ALTER TABLE orders ALTER COLUMN id TYPE bigint;", &change_type_rewrite},
    {"lossy-conversion", Severity::error, on_all, Scope::any,
     "Servers round, cut or clamp without a word; two engines do it in two ways.", "none",
     "change_column with `convert`, which counts what would be lost before anything is touched.",
     "ALTER TABLE payments ALTER COLUMN amount TYPE bigint; -- amount is double precision",
     &lossy_conversion},
    {"unit-change-same-name", Severity::error, on_all, Scope::any,
     "Code that is still running reads cents where it expects euros, and nothing fails.", "none",
     "A new name in the same pass: `convert` with `into`, e.g. amount_cents.",
     "UPDATE payments SET amount = amount * 100 WHERE id < 9;", &unit_change_same_name},
};

} // namespace

std::span<const Rule> column_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
