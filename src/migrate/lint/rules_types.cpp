// Types that people regret.
#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <optional>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

// The first column that this action brings in, or gives a new type, and that is one of those.
const SqlColumn* new_column(const Place& place, const std::function<bool(const SqlColumn&)>& is_one) {
    const SqlAction& action = place.action;
    if (action.kind == ActionKind::add_column || action.kind == ActionKind::change_type) {
        return is_one(action.column) ? &action.column : nullptr;
    }
    const auto found = std::find_if(action.columns.begin(), action.columns.end(), is_one);
    return found == action.columns.end() ? nullptr : &*found;
}

std::string about(const Place& place, const SqlColumn* column, std::string_view what) {
    return column == nullptr ? ""
                             : fmt::format("{}.{} {}", place.action.object.display(), column->name, what);
}

bool sounds_like_money(const SqlColumn& column) {
    constexpr std::array words{"amount", "price",   "cost",    "total",  "balance", "fee",
                               "salary", "tax",     "vat",     "money",  "cents",   "refund",
                               "payout", "revenue", "invoice", "budget", "payment", "discount"};
    std::string name = column.name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        const auto at = name.find(word);
        const auto end = at + word.size();
        return at != std::string::npos && (at == 0 || name[at - 1] == '_') &&
               (end == name.size() || name[end] == '_' || name[end] == 's');
    });
}

std::string float_for_money(const Place& place) {
    return about(place,
                 new_column(place,
                            [](const SqlColumn& column) {
                                return (column.type == "double" || column.type == "real") &&
                                       sounds_like_money(column);
                            }),
                 "is money in binary fractions: 0.1 + 0.2 is not 0.3 there");
}

std::string money_type(const Place& place) {
    return about(place, new_column(place, [](const SqlColumn& column) { return column.type == "money"; }),
                 "is of type money, which depends on the server's locale");
}

std::string char_type(const Place& place) {
    return about(place,
                 new_column(place,
                            [](const SqlColumn& column) {
                                return column.type == "char" && !column.arguments.empty() &&
                                       column.arguments.front() != "1";
                            }),
                 "is padded with blanks, which count in some comparisons and not in others");
}

std::string prefer_text(const Place& place) {
    return about(place,
                 new_column(place,
                            [](const SqlColumn& column) {
                                return column.type == "varchar" && !column.arguments.empty() && !column.array;
                            }),
                 "has a limit that is hard to lower and that no other rule can join");
}

struct Shape {
    std::size_t align, size;
};

// Of types of one length; nothing for those whose length varies.
std::optional<Shape> shape_of(const SqlColumn& column) {
    struct Known {
        std::string_view type;
        Shape shape;
    };
    static constexpr std::array known{
        Known{"bigint", {8, 8}},      Known{"bigserial", {8, 8}},   Known{"double", {8, 8}},
        Known{"timestamp", {8, 8}},   Known{"timestamptz", {8, 8}}, Known{"time", {8, 8}},
        Known{"money", {8, 8}},       Known{"int", {4, 4}},         Known{"serial", {4, 4}},
        Known{"real", {4, 4}},        Known{"date", {4, 4}},        Known{"smallint", {2, 2}},
        Known{"smallserial", {2, 2}}, Known{"boolean", {1, 1}},     Known{"uuid", {1, 16}}};
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.type == column.type; });
    return found == known.end() || column.array ? std::nullopt : std::optional{found->shape};
}

std::size_t bytes_of(const std::vector<Shape>& shapes) {
    constexpr std::size_t row_align = 8;
    const auto aligned = [](std::size_t at, std::size_t to) { return (at + to - 1) / to * to; };
    std::size_t at = 0;
    for (const Shape& shape : shapes) {
        at = aligned(at, shape.align) + shape.size;
    }
    return aligned(at, row_align);
}

// Columns of one length, which could stand before the others, widest first.
std::string data_alignment(const Place& place) {
    std::vector<Shape> given;
    for (const SqlColumn& column : place.action.columns) {
        const auto shape = shape_of(column);
        if (!shape) {
            break; // where the next ones begin differs from row to row
        }
        given.push_back(*shape);
    }
    std::vector<Shape> best = given;
    std::stable_sort(best.begin(), best.end(),
                     [](const Shape& a, const Shape& b) { return a.align > b.align; });
    return bytes_of(given) <= bytes_of(best)
               ? ""
               : fmt::format("{} bytes of each row of {} are filling", bytes_of(given) - bytes_of(best),
                             place.action.object.display());
}

std::string prefer_timestamptz(const Place& place) {
    return about(place, new_column(place, [](const SqlColumn& column) { return column.type == "timestamp"; }),
                 "forgets the time zone");
}

std::string timestamp_2038(const Place& place) {
    return about(place, new_column(place, [](const SqlColumn& column) { return column.type == "timestamp"; }),
                 "ends in January 2038");
}

std::string prefer_jsonb(const Place& place) {
    return about(place, new_column(place, [](const SqlColumn& column) { return column.type == "json"; }),
                 "keeps the text; it has no equality and no index");
}

std::string prefer_identity(const Place& place) {
    return about(place,
                 new_column(place,
                            [](const SqlColumn& column) {
                                return column.type == "serial" || column.type == "bigserial" ||
                                       column.type == "smallserial";
                            }),
                 "takes its numbers from a sequence that has rights and an owner of its own");
}

std::string small_key(const Place& place) {
    const SqlAction& action = place.action;
    const auto in_key = [&](const SqlColumn& column) {
        return column.primary_key ||
               std::any_of(action.parts.begin(), action.parts.end(), [&](const SqlAction& part) {
                   return part.kind == ActionKind::add_primary_key && part.keys.size() == 1 &&
                          part.keys.front() == column.name;
               });
    };
    return about(
        place,
        new_column(place,
                   [&](const SqlColumn& column) {
                       return in_key(column) &&
                              (column.type == "int" || column.type == "smallint" || column.type == "serial" ||
                               column.type == "smallserial" || column.type == "mediumint") &&
                              !(column.type == "serial" && place.view.flavor != SqlFlavor::postgresql);
                   }),
        "runs out of numbers, and then every insert fails");
}

std::string text_in_key(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind != ActionKind::create_table || place.step.typed) {
        return "";
    }
    return about(place,
                 new_column(place,
                            [](const SqlColumn& column) {
                                return (column.primary_key || column.unique) &&
                                       (column.type == "text" || column.type == "blob" ||
                                        column.type == "longtext" || column.type == "mediumtext");
                            }),
                 "cannot be a key without a length there");
}

std::string enum_type(const Place& place) {
    return place.action.kind == ActionKind::create_enum
               ? fmt::format("values of {} can be added, but never removed or reordered",
                             place.action.object.display())
               : "";
}

std::string enum_add_unordered(const Place& place) {
    return place.action.kind == ActionKind::add_enum_value && !place.action.positioned
               ? fmt::format("{} sorts behind all other values of {}", place.action.name,
                             place.action.object.display())
               : "";
}

std::string enum_add_in_tx(const Place& place) {
    return place.action.kind == ActionKind::add_enum_value && place.in_transaction() &&
                   place.view.up.size() > 1
               ? fmt::format("{} cannot be used before the transaction that adds it has ended",
                             place.action.name)
               : "";
}

std::string enum_rename(const Place& place) {
    return place.action.kind == ActionKind::rename_enum_value
               ? fmt::format("running code still writes the old name of the value {}", place.action.name)
               : "";
}

constexpr Rule rows[] = {
    {"float-for-money", Severity::error, on_all, Scope::any,
     "Binary fractions cannot hold most amounts exactly.", "none",
     "Whole cents in a bigint, or decimal(12,2).",
     "CREATE TABLE p (id bigint PRIMARY KEY, price double precision);", &float_for_money},
    {"money-type", Severity::warning, on_postgresql, Scope::any,
     "The number of digits and the text form of money come from lc_monetary.", "none",
     "Whole cents in a bigint, or decimal(12,2).", "CREATE TABLE p (id bigint PRIMARY KEY, price money);",
     &money_type},
    {"char-type", Severity::info, on_postgresql | on_mysql_family, Scope::any,
     "char(n) pads with blanks; it is neither smaller nor faster.", "none",
     "varchar(n), or text with a CHECK.", "CREATE TABLE p (id bigint PRIMARY KEY, code char(8));",
     &char_type},
    {"prefer-text", Severity::info, on_postgresql, Scope::raw,
     "varchar(n) is no smaller and no faster than text.", "none",
     "text, with a CHECK of its length where one is meant.",
     "CREATE TABLE p (id bigint PRIMARY KEY, name varchar(50));", &prefer_text},
    {"data-alignment", Severity::info, on_postgresql, Scope::any,
     "A value begins at a multiple of its width: a narrow column before a wide one leaves a gap in every "
     "row.",
     "none", "The widest columns first, those of varying length last.",
     "CREATE TABLE p (a boolean, id bigint PRIMARY KEY, b boolean, at timestamptz);", &data_alignment},
    {"prefer-timestamptz", Severity::warning, on_postgresql, Scope::any,
     "A time without a zone means something else in every session.", "none", "timestamptz.",
     "CREATE TABLE p (id bigint PRIMARY KEY, at timestamp);", &prefer_timestamptz},
    {"timestamp-2038", Severity::info, on_mysql_family, Scope::raw, "TIMESTAMP has 32 bits there.", "none",
     "DATETIME(6) in UTC.", "CREATE TABLE p (id bigint PRIMARY KEY, at TIMESTAMP);", &timestamp_2038},
    {"prefer-jsonb", Severity::info, on_postgresql, Scope::raw, "json is text that is parsed on every use.",
     "none", "jsonb.", "CREATE TABLE p (id bigint PRIMARY KEY, doc json);", &prefer_jsonb},
    {"prefer-identity", Severity::info, on_postgresql, Scope::raw,
     "serial is a default on a sequence that dumps, rights and renames treat apart.", "none",
     "bigint GENERATED ALWAYS AS IDENTITY.", "CREATE TABLE p (id bigserial PRIMARY KEY);", &prefer_identity},
    {"small-key", Severity::warning, on_postgresql | on_mysql_family, Scope::any,
     "A key of 32 bits ends at 2 147 483 647, and widening it later rewrites the table and all that "
     "refer to it.",
     "none", "bigint (int64).", "CREATE TABLE p (id int PRIMARY KEY);", &small_key},
    {"text-in-key", Severity::error, on_mysql_family, Scope::raw,
     "MySQL and MariaDB index a TEXT or BLOB only with a length.", "none: it fails", "varchar(n).",
     "CREATE TABLE p (id TEXT PRIMARY KEY);", &text_in_key},
    {"enum-type", Severity::info, on_postgresql, Scope::raw, "An enum type only ever grows.", "none",
     "A lookup table, or text with a CHECK.", "CREATE TYPE state AS ENUM ('new', 'done');", &enum_type},
    {"enum-add-unordered", Severity::info, on_postgresql, Scope::raw,
     "Values sort in the order in which they were made.", "none", "ADD VALUE … BEFORE or AFTER.",
     "ALTER TYPE state ADD VALUE 'held';", &enum_add_unordered},
    {"enum-add-in-tx", Severity::error, on_postgresql, Scope::raw,
     "A new enum value cannot be used in the transaction that adds it.", "none: a later statement fails",
     "A migration of its own, or tx=off.",
     "ALTER TYPE state ADD VALUE 'held'; UPDATE t SET s = 'held' WHERE id = 1;", &enum_add_in_tx},
    {"enum-rename", Severity::warning, on_postgresql, Scope::raw,
     "Code that still writes the old name fails at once.", "short",
     "Add the new value, move over, leave the old one.", "ALTER TYPE state RENAME VALUE 'new' TO 'open';",
     &enum_rename},
};

} // namespace

std::span<const Rule> type_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
