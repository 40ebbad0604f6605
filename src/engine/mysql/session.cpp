#include "session.hpp"

#include "options.hpp"
#include "quote.hpp"

namespace turntable::mysql {
std::string common_session_settings() {
    // Zero and invalid dates are admitted because a copied row may hold them: what the change itself would
    // lose is the probe's business. Everything else that a server could clamp, cut or default is an error.
    return "SET SESSION sql_mode = 'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,"
           "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES', "
           "time_zone = '+00:00', autocommit = 1, foreign_key_checks = 1, unique_checks = 1, "
           "innodb_lock_wait_timeout = 5, lock_wait_timeout = 5, sql_safe_updates = 0, "
           "sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_auto_is_null = 0, "
           "div_precision_increment = 4, wait_timeout = 86400, sql_quote_show_create = 1, sql_notes = 1, "
           "group_concat_max_len = 1048576";
}

std::string session_lock_name(const std::string& job, const std::string& server_id) {
    return "turntable:" + job + ":" + server_id;
}

MysqlSession::MysqlSession(const Url& url, const std::string& job) : url_(url), connection_(url) {
    send("SET NAMES utf8mb4");
    send(common_session_settings());
    version_ = parse_version(send("SELECT VERSION()").only().value_or(""));
    send(std::string{own_session_settings(version_.kind)});
    server_id_ = send("SELECT CONNECTION_ID()").only().value_or("");
    require_tls();
    if (!job.empty()) {
        send("SELECT GET_LOCK(" + quote_text(session_lock_name(job, server_id_)) + ", 0)");
    }
}

void MysqlSession::require_tls() {
    if (connection_options(url_).tls == Tls::off) {
        return;
    }
    // The library connects in the clear, without a word, to a server that offers no TLS.
    const ResultSet status = send("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    if (status.rows.empty() || status.rows[0].at(1).value_or("").empty()) {
        usable_ = false;
        throw Error{ErrorKind::connection, "tls_not_used",
                    "TLS was asked for, but the connection to " + url_.redacted() + " is not encrypted"}
            .next("enable TLS on the server (ssl_cert, ssl_key) or leave sslmode out of the URL");
    }
}

ResultSet MysqlSession::send(const std::string& sql) {
    if (!usable_) {
        throw DatabaseError{DatabaseErrorKind::lost_connection, "2006", "this session was lost before", sql};
    }
    try {
        return connection_.execute(sql);
    } catch (const NativeError& error) {
        usable_ = !is_connection_loss(error.code);
        throw classified(error, sql, transaction_);
    }
}

ResultSet MysqlSession::run(const Statement& statement) {
    return send(bound_text(statement));
}

void MysqlSession::begin(TxMode mode) {
    check(transaction_ == InTransaction::no, "begin() inside a transaction");
    switch (mode) {
    case TxMode::write:
        send("START TRANSACTION");
        break;
    case TxMode::snapshot:
        send("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        send("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
        break;
    }
    transaction_ = InTransaction::yes;
}

void MysqlSession::commit() {
    check(transaction_ == InTransaction::yes, "commit() outside a transaction");
    transaction_ = InTransaction::no;
    send("COMMIT");
}

void MysqlSession::rollback() noexcept {
    if (transaction_ == InTransaction::no) {
        return;
    }
    transaction_ = InTransaction::no;
    if (!usable_) {
        return;
    }
    try {
        send("ROLLBACK");
    } catch (const std::exception&) {
        usable_ = false; // whatever state it is in, nobody may go on with it
    }
}

void MysqlSession::cancel() noexcept {
    try {
        Connection killer{url_};
        static_cast<void>(killer.execute("KILL QUERY " + server_id_));
    } catch (const NativeError&) { // gone already, or out of connections: the caller's wait ends by its own
                                   // timeout
        return;
    } catch (const std::exception&) {
        return;
    }
}

} // namespace turntable::mysql
