#include "migrate/lint/rule.hpp"

#include <algorithm>

#include "turntable/error.hpp"

namespace turntable::migrate::lint {
namespace {

std::vector<Rule> all_rules() {
    std::vector<Rule> all;
    for (const auto& group : {postgresql_lock_rules(), postgresql_constraint_rules(), mysql_rules(),
                              sqlite_rules(), column_rules(), type_rules(), data_rules(), removal_rules(),
                              naming_rules(), key_rules(), migration_rules(), set_rules()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    std::sort(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return all;
}

} // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::off:
        return "off";
    case Severity::info:
        return "info";
    case Severity::warning:
        return "warning";
    case Severity::error:
        return "error";
    }
    check(false, "unknown Severity");
    return "";
}

std::optional<Severity> severity_named(std::string_view name) {
    for (const Severity severity : {Severity::off, Severity::info, Severity::warning, Severity::error}) {
        if (to_string(severity) == name) {
            return severity;
        }
    }
    return std::nullopt;
}

unsigned engine_bit(SqlFlavor flavor) {
    switch (flavor) {
    case SqlFlavor::postgresql:
        return on_postgresql;
    case SqlFlavor::mysql:
        return on_mysql;
    case SqlFlavor::mariadb:
        return on_mariadb;
    case SqlFlavor::sqlite:
        return on_sqlite;
    }
    check(false, "unknown SqlFlavor");
    return 0;
}

bool Place::on_existing_table() const {
    return !action.temporary && !view.created.contains(schema.key(action.object));
}

std::span<const Rule> rules() {
    static const std::vector<Rule> all = all_rules();
    return all;
}

const Rule* find_rule(std::string_view id) {
    const auto all = rules();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Rule& rule) { return rule.id == id; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace turntable::migrate::lint
