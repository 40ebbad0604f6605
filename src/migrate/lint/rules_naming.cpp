// Names that a migration brings in.
#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "migrate/lint/reserved_words.hpp"
#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::vector<std::string> new_names(const SqlAction& action) {
    std::vector<std::string> names;
    switch (action.kind) {
    case ActionKind::create_table:
        names.push_back(action.object.name);
        for (const SqlColumn& column : action.columns) {
            names.push_back(column.name);
        }
        for (const SqlAction& part : action.parts) {
            names.push_back(part.name);
        }
        break;
    case ActionKind::create_enum:
    case ActionKind::create_domain:
        names.push_back(action.object.name);
        break;
    case ActionKind::add_column:
        names.push_back(action.column.name);
        break;
    case ActionKind::create_index:
    case ActionKind::add_unique:
    case ActionKind::add_check:
    case ActionKind::add_foreign_key:
    case ActionKind::add_primary_key:
        names.push_back(action.name);
        break;
    case ActionKind::rename_table:
    case ActionKind::rename_column:
    case ActionKind::rename_other:
        names.push_back(action.to);
        break;
    default:
        break;
    }
    std::erase(names, "");
    return names;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

template <typename Test>
std::string first_name(const Place& place, const Test& is_bad, std::string_view what) {
    const std::vector<std::string> names = new_names(place.action);
    const auto found = std::find_if(names.begin(), names.end(), is_bad);
    return found == names.end() ? "" : fmt::format("{} {}", *found, what);
}

std::size_t characters(const std::string& name) {
    return static_cast<std::size_t>(std::count_if(
        name.begin(), name.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

// A name that PostgreSQL's parser has cut is the beginning of one that is written in the statement.
bool too_long_in_postgresql(const Place& place, const std::string& name) {
    constexpr std::size_t cut_bytes_min = 60; // a character of four bytes is not cut in two
    return name.size() > 63 || (name.size() >= cut_bytes_min &&
                                std::ranges::any_of(place.step.cut, [&](const std::string& written) {
                                    return lower(written).starts_with(lower(name));
                                }));
}

std::string identifier_too_long(const Place& place) {
    const bool postgresql = place.view.flavor == SqlFlavor::postgresql;
    return first_name(
        place,
        [&](const std::string& name) {
            return postgresql ? too_long_in_postgresql(place, name) : characters(name) > 64;
        },
        postgresql ? "is longer than 63 bytes" : "is longer than 64 characters");
}

std::string reserved_word(const Place& place) {
    return first_name(
        place,
        [&](const std::string& name) {
            return (reserving_engines(lower(name)) & engine_bit(place.view.flavor)) != 0;
        },
        fmt::format("is reserved in {}", to_string(place.view.flavor)));
}

std::string name_case(const Place& place) {
    return first_name(
        place,
        [](const std::string& name) {
            return std::any_of(name.begin(), name.end(),
                               [](unsigned char c) { return std::isupper(c) != 0; });
        },
        "has upper-case letters");
}

std::string odd_name(const Place& place) {
    return first_name(
        place,
        [](const std::string& name) {
            return !std::all_of(name.begin(), name.end(), [](unsigned char c) {
                return std::isalnum(c) != 0 || c == '_' || c >= 0x80;
            }) || std::isdigit(static_cast<unsigned char>(name.front())) != 0;
        },
        "needs quotes wherever it is used");
}

std::string program_name(const Place& place) {
    return first_name(
        place,
        [](const std::string& name) {
            return lower(name).starts_with("_turntable") || lower(name).starts_with("turntable_");
        },
        "is a name that this program takes for its own");
}

std::string no_schema(const Place& place) {
    const SqlAction& action = place.action;
    const bool about_table = action.kind == ActionKind::create_table ||
                             action.kind == ActionKind::drop_table || action.kind == ActionKind::add_column ||
                             action.kind == ActionKind::drop_column;
    return about_table && action.object.schema.empty() && !action.temporary
               ? fmt::format("which {} it is depends on search_path", action.object.name)
               : "";
}

constexpr Rule rows[] = {
    {"identifier-too-long", Severity::error, on_postgresql | on_mysql_family, Scope::any,
     "PostgreSQL cuts the name without a word; MySQL and MariaDB refuse it.", "none",
     "A shorter name; leave room for the names of indexes made from it.",
     "CREATE TABLE a_name_of_more_than_sixty_three_bytes…", &identifier_too_long},
    {"reserved-word", Severity::warning, on_all, Scope::any,
     "Every query has to quote it, on that engine and only there.", "none", "Another word.",
     "CREATE TABLE \"user\" (id bigint PRIMARY KEY);", &reserved_word},
    {"name-case", Severity::warning, on_all, Scope::any,
     "PostgreSQL folds unquoted names, and MySQL's table names depend on the file system.", "none",
     "lower_case_with_underscores.", "CREATE TABLE \"Users\" (id bigint PRIMARY KEY);", &name_case},
    {"odd-name", Severity::warning, on_all, Scope::any,
     "A name with blanks or signs needs quotes everywhere.", "none", "Letters, digits and underscores.",
     "CREATE TABLE \"my table\" (id bigint PRIMARY KEY);", &odd_name},
    {"program-name", Severity::error, on_all, Scope::any,
     "Tables of this program begin like that; drift checks and clean-up would take yours for one of "
     "them.",
     "none", "Another name.", "CREATE TABLE _turntable_x (id bigint PRIMARY KEY);", &program_name},
    {"no-schema", Severity::off, on_postgresql, Scope::raw, "search_path decides which table is meant.",
     "none", "schema.table.", "DROP TABLE users;", &no_schema},
};

} // namespace

std::span<const Rule> naming_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
