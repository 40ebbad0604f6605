#include "server.hpp"

#include <charconv>
#include <tuple>

namespace turntable::mysql {

bool ServerVersion::at_least(int want_major, int want_minor, int want_patch) const {
    return std::tuple{major, minor, patch} >= std::tuple{want_major, want_minor, want_patch};
}

ServerVersion parse_version(const std::string& text) {
    ServerVersion version;
    version.text = text;
    version.kind = text.find("MariaDB") != std::string::npos ? ServerKind::mariadb : ServerKind::mysql;
    std::string_view rest = text;
    if (version.kind == ServerKind::mariadb && rest.starts_with("5.5.5-")) { // the prefix for old replicas
        rest.remove_prefix(6);
    }
    for (int* const part : {&version.major, &version.minor, &version.patch}) {
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), *part);
        if (parsed.ec != std::errc{}) {
            throw Error{ErrorKind::refused, "unknown_server",
                        "the server's version '" + text + "' cannot be read"};
        }
        rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
        if (!rest.empty()) {
            rest.remove_prefix(1);
        }
    }
    return version;
}

ServerVersion server_version(Session& session) {
    return parse_version(session.run("SELECT VERSION()").only().value_or(""));
}

std::string_view engine_name(ServerKind kind) {
    switch (kind) {
    case ServerKind::mysql:
        return "mysql";
    case ServerKind::mariadb:
        return "mariadb";
    }
    check(false, "unknown ServerKind");
    return {};
}

ServerKind kind_from_name(std::string_view engine) {
    check(engine == "mysql" || engine == "mariadb", "a blueprint of another engine");
    return engine == "mysql" ? ServerKind::mysql : ServerKind::mariadb;
}

std::string_view innodb_tables_view(ServerKind kind) {
    return kind == ServerKind::mysql ? "information_schema.INNODB_TABLES"
                                     : "information_schema.INNODB_SYS_TABLES";
}

std::string_view innodb_foreign_view(ServerKind kind) {
    return kind == ServerKind::mysql ? "information_schema.INNODB_FOREIGN"
                                     : "information_schema.INNODB_SYS_FOREIGN";
}

bool caches_table_statistics(ServerKind kind) {
    return kind == ServerKind::mysql;
}

bool renames_under_lock_tables(ServerKind kind) {
    return kind == ServerKind::mysql;
}

bool instant_takes_lock_clause(ServerKind kind) {
    return kind == ServerKind::mariadb;
}

std::string_view own_session_settings(ServerKind kind) {
    switch (kind) {
    case ServerKind::mysql:
        return "SET SESSION information_schema_stats_expiry = 0, max_execution_time = 0, "
               "range_optimizer_max_mem_size = 0, transaction_isolation = 'READ-COMMITTED', "
               "show_gipk_in_create_table_and_information_schema = ON";
    case ServerKind::mariadb:
        return "SET SESSION max_statement_time = 0, in_predicate_conversion_threshold = 0, "
               "tx_isolation = 'READ-COMMITTED', check_constraint_checks = ON";
    }
    check(false, "unknown ServerKind");
    return {};
}

} // namespace turntable::mysql
