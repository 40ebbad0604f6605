#include "errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace turntable::mysql {
namespace {

constexpr std::size_t statement_shown_max = 400;

std::string first_word(std::string_view sql) {
    while (!sql.empty() &&
           (std::isspace(static_cast<unsigned char>(sql.front())) != 0 || sql.front() == '(')) {
        sql.remove_prefix(1);
    }
    std::string word;
    for (const char c : sql) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
            break;
        }
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return word;
}

template <std::size_t n>
bool one_of(std::string_view word, const std::array<std::string_view, n>& words) {
    return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 10> definition_words{
    "create", "alter", "drop", "rename", "truncate", "grant", "analyze", "revoke", "optimize", "flush"};
constexpr std::array<std::string_view, 6> write_words{"insert",  "update", "delete",
                                                      "replace", "load",   "call"};

template <std::size_t n>
bool one_of(int code, const std::array<int, n>& codes) {
    return std::ranges::find(codes, code) != codes.end();
}

// deadlock; record changed under snapshot isolation; the transaction was rolled back by the server; too many
// concurrent transactions
constexpr std::array<int, 4> transient_codes{1213, 1020, 3101, 1637};
constexpr std::array<int, 5> cancelled_codes{1317, 1969, 3024, 1028, 1968};
constexpr std::array<int, 4> unique_codes{1062, 1586, 1022, 1557};
// out of range, data too long, truncated, incorrect value, cannot be null, no default, CHECK, foreign key,
// unknown value, division, JSON, invalid character string, cannot convert, spatial
constexpr std::array<int, 25> value_codes{1264, 1138, 1406, 1265, 1366, 1048, 1364, 3819, 4025,
                                          1452, 1292, 1365, 3140, 1300, 3854, 1416, 1690, 1411,
                                          1441, 1367, 1451, 3988, 1526, 1977, 4078};
constexpr std::array<int, 9> missing_codes{1146, 1054, 1049, 1051, 1091, 1360, 1176, 1305, 1109};
constexpr std::array<int, 9> privilege_codes{1044, 1045, 1142, 1143, 1227, 1370, 1419, 1410, 1698};
constexpr std::array<int, 3> read_only_codes{1290, 1836, 1792};
constexpr std::array<int, 4> disk_codes{1021, 1114, 1041, 1878};

DatabaseErrorKind kind_of(int code, StatementKind statement) {
    if (code == 1205) {
        return statement == StatementKind::definition || statement == StatementKind::lock
                   ? DatabaseErrorKind::lock_timeout
                   : DatabaseErrorKind::transient;
    }
    if (code == 3572) { // NOWAIT was set
        return DatabaseErrorKind::lock_timeout;
    }
    if (one_of(code, transient_codes)) {
        return DatabaseErrorKind::transient;
    }
    if (one_of(code, cancelled_codes)) {
        return DatabaseErrorKind::cancelled;
    }
    if (one_of(code, unique_codes)) {
        return DatabaseErrorKind::unique_violation;
    }
    if (one_of(code, value_codes)) {
        return DatabaseErrorKind::bad_value;
    }
    if (one_of(code, missing_codes)) {
        return DatabaseErrorKind::no_such_object;
    }
    if (one_of(code, privilege_codes)) {
        return DatabaseErrorKind::privilege;
    }
    if (one_of(code, read_only_codes)) {
        return DatabaseErrorKind::read_only;
    }
    return one_of(code, disk_codes) ? DatabaseErrorKind::disk_full : DatabaseErrorKind::permanent;
}

DatabaseErrorKind loss_kind(StatementKind statement, InTransaction transaction) {
    switch (statement) {
    case StatementKind::commit:
    case StatementKind::definition:
        return DatabaseErrorKind::outcome_unknown;
    case StatementKind::write:
        return transaction == InTransaction::yes ? DatabaseErrorKind::lost_connection
                                                 : DatabaseErrorKind::outcome_unknown;
    case StatementKind::read:
    case StatementKind::lock:
        return DatabaseErrorKind::lost_connection;
    }
    check(false, "unknown StatementKind");
    return DatabaseErrorKind::lost_connection;
}

} // namespace

StatementKind statement_kind(std::string_view sql) {
    const std::string word = first_word(sql);
    if (word == "commit") {
        return StatementKind::commit;
    }
    if (word == "lock" || word == "unlock") {
        return StatementKind::lock;
    }
    if (one_of(word, definition_words)) {
        return StatementKind::definition;
    }
    return one_of(word, write_words) ? StatementKind::write : StatementKind::read;
}

bool is_connection_loss(int code) {
    // killed while running (1927 on MariaDB, 3169 on MySQL), server shutdown 1053 and 4031 (idle time-out),
    // client 20xx
    constexpr std::array<int, 9> codes{2006, 2013, 2014, 2055, 1927, 1053, 4031, 3169, 1158};
    return one_of(code, codes);
}

DatabaseError classified(const NativeError& error, const std::string& sql, InTransaction transaction) {
    const StatementKind statement = statement_kind(sql);
    const DatabaseErrorKind kind =
        is_connection_loss(error.code) ? loss_kind(statement, transaction) : kind_of(error.code, statement);
    return DatabaseError{kind, std::to_string(error.code), error.message, sql.substr(0, statement_shown_max)};
}

DatabaseError connect_failure(const NativeError& error, const std::string& where, Tls tls) {
    std::string text = "cannot connect to " + where + ": " + error.message;
    constexpr int access_denied = 1045; // also for an account that demands TLS and did not get it
    if (error.code == access_denied && tls == Tls::off) {
        text += "; an account with REQUIRE SSL connects with ?sslmode=require alone";
    }
    if (error.message.find("caching_sha2_password") != std::string::npos && error.code == access_denied) {
        text += " (the client library looks for its plugins in /usr/lib/*/libmariadb3/plugin; the package "
                "libmariadb3 "
                "carries them, MARIADB_PLUGIN_DIR names another folder)";
    }
    return DatabaseError{DatabaseErrorKind::connect_failed, std::to_string(error.code), text};
}

} // namespace turntable::mysql
