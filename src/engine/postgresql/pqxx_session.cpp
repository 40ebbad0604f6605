#include "pqxx_session.hpp"

#include <array>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <pqxx/pqxx>

#include "errors.hpp"
#include "placeholders.hpp"
#include "pooled_session.hpp"
#include "session_settings.hpp"

namespace turntable::postgresql {
namespace {

constexpr std::size_t statement_shown_max = 2000;

std::string hex(const std::string& bytes) {
    std::string out = "\\x";
    for (const char c : bytes) {
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return out;
}

Cell text_of(const Value& value) {
    return std::visit(
        [](const auto& held) -> Cell {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, Null>) {
                return std::nullopt;
            } else if constexpr (std::is_same_v<Held, std::string>) {
                return held;
            } else if constexpr (std::is_same_v<Held, Blob>) {
                return hex(held.bytes);
            } else {
                return fmt::format("{}", held);
            }
        },
        value);
}

// "ERROR:  relation …\nDETAIL: …\n" -> "relation …\nDETAIL: …"
std::string message_of(std::string text) {
    for (const std::string_view prefix : {"ERROR:  ", "FATAL:  ", "Failure during '': "}) {
        if (text.starts_with(prefix)) {
            text.erase(0, prefix.size());
        }
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

// Calls `work` and translates what libpqxx throws. libpqxx 6 gives no SQLSTATE with deadlocks,
// serialization failures and missing privileges: their classes stand for it.
template <typename Work>
auto translated(const std::string& statement, const Work& work) -> decltype(work()) {
    const auto raise = [&](DatabaseErrorKind kind, const std::string& state, const std::exception& error) {
        throw DatabaseError{kind, state, message_of(error.what()), statement.substr(0, statement_shown_max)};
    };
    try {
        return work();
    } catch (const pqxx::deadlock_detected& error) {
        raise(DatabaseErrorKind::transient, "40P01", error);
    } catch (const pqxx::transaction_rollback& error) {
        raise(DatabaseErrorKind::transient, "40001", error);
    } catch (const pqxx::insufficient_privilege& error) {
        raise(DatabaseErrorKind::privilege, "42501", error);
    } catch (const pqxx::sql_error& error) {
        raise(kind_of(error.sqlstate()), error.sqlstate(), error);
    } catch (const pqxx::broken_connection& error) {
        raise(DatabaseErrorKind::lost_connection, "08006", error);
    } catch (const pqxx::failure& error) {
        raise(DatabaseErrorKind::permanent, "", error);
    }
    check(false, "every failure of libpqxx is translated");
    std::abort();
}

ResultSet copied(const pqxx::result& from) {
    ResultSet out;
    for (pqxx::row::size_type c = 0; c < from.columns(); ++c) {
        out.columns.emplace_back(from.column_name(c));
    }
    out.rows.reserve(from.size());
    for (const pqxx::row& row : from) {
        std::vector<Cell>& cells = out.rows.emplace_back();
        cells.reserve(row.size());
        for (const pqxx::field& field : row) {
            cells.push_back(field.is_null() ? Cell{} : Cell{std::string{field.c_str(), field.size()}});
        }
    }
    out.affected = static_cast<std::int64_t>(from.affected_rows());
    return out;
}

// libpqxx would re-open a lost connection silently: settings, locks and snapshot gone.
void forbid_reopening(pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#else
    static_cast<void>(connection);
#endif
}

class PqxxSession final : public Session {
  public:
    explicit PqxxSession(const std::string& connection_string)
        : connection_(connect(connection_string)), quiet_(*connection_) {
        forbid_reopening(*connection_);
    }

    using Session::run;
    ResultSet run(const Statement& statement) override {
        refuse_if_dead(statement.sql);
        const std::string sql = numbered_placeholders(statement.sql, statement.arguments.size());
        try {
            ResultSet result = translated(sql, [&] { return send(sql, statement.arguments); });
            if (in_transaction_ && sql.starts_with("ROLLBACK TO")) {
                failed_ = false;
            }
            return result;
        } catch (const DatabaseError& error) {
            failed_ = in_transaction_;
            bury_if_lost(error);
            if (dead_ && error.kind() != DatabaseErrorKind::lost_connection) {
                throw DatabaseError{DatabaseErrorKind::lost_connection, error.native(), error.what(),
                                    error.statement()};
            }
            throw;
        }
    }

    void begin(TxMode mode) override {
        check(!in_transaction_, "transactions do not nest");
        run(mode == TxMode::write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                  : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        in_transaction_ = true;
        failed_ = false;
    }

    // A COMMIT of a failed transaction is answered with ROLLBACK and no error: never let that pass for a
    // commit.
    void commit() override {
        refuse_if_dead("COMMIT");
        check(in_transaction_, "commit needs a transaction");
        if (failed_) {
            rollback();
            throw DatabaseError{DatabaseErrorKind::permanent, "25P02",
                                "a statement of the transaction failed", "COMMIT"};
        }
        in_transaction_ = false;
        try {
            translated("COMMIT", [&] { return send("COMMIT", {}); });
        } catch (const DatabaseError& error) {
            bury_if_lost(error);
            if (dead_) {
                throw DatabaseError{DatabaseErrorKind::outcome_unknown, error.native(), error.what(),
                                    "COMMIT"};
            }
            throw;
        }
    }

    void rollback() noexcept override {
        if (!std::exchange(in_transaction_, false) || dead_) {
            return;
        }
        failed_ = false;
        try {
            send("ROLLBACK", {});
        } catch (const std::exception&) {
            dead_ = true; // the server rolls back what a dead session left open
        }
    }

    void cancel() noexcept override {
        try {
            connection_->cancel_query();
        } catch (const std::exception&) { // nothing to cancel, or nobody to ask
        }
    }

    [[nodiscard]] bool usable() const noexcept override { return !dead_; }
    [[nodiscard]] std::string server_id() const override { return backend_; }

    [[nodiscard]] int server_version() const { return connection_->server_version(); }
    // A pooler invents the process id that it sends when a client connects.
    [[nodiscard]] bool behind_pooler() { return std::to_string(connection_->backendpid()) != ask_backend(); }
    std::string ask_backend() {
        backend_ = run("SELECT pg_catalog.pg_backend_pid()").only().value_or("");
        return backend_;
    }

  private:
    static std::unique_ptr<pqxx::connection> connect(const std::string& connection_string) {
        try {
            return std::make_unique<pqxx::connection>(connection_string);
        } catch (const pqxx::failure& error) {
            throw DatabaseError{DatabaseErrorKind::connect_failed, "08001", message_of(error.what())};
        }
    }

    ResultSet send(const std::string& sql, const std::vector<Value>& arguments) {
        pqxx::nontransaction channel{*connection_};
        if (arguments.empty()) {
            return copied(channel.exec(sql));
        }
        std::vector<Cell> texts;
        texts.reserve(arguments.size());
        std::vector<const char*> pointers;
        for (const Value& argument : arguments) {
            const Cell& text = texts.emplace_back(text_of(argument));
            pointers.push_back(text ? text->c_str() : nullptr);
        }
        return copied(channel.exec_params(sql, pqxx::prepare::make_dynamic_params(pointers)));
    }

    void refuse_if_dead(const std::string& sql) const {
        if (dead_) {
            throw DatabaseError{DatabaseErrorKind::lost_connection, "08003", "the session is gone", sql};
        }
    }

    void bury_if_lost(const DatabaseError& error) {
        dead_ = dead_ || error.kind() == DatabaseErrorKind::lost_connection || !connection_->is_open();
    }

    std::unique_ptr<pqxx::connection> connection_;
    pqxx::quiet_errorhandler quiet_; // notices would go to standard error
    std::string backend_;
    bool in_transaction_ = false;
    bool failed_ = false; // a statement failed inside the transaction and no savepoint was rolled back to
    bool dead_ = false;
};

// Two clients of a transaction pooler meet on one backend, or one client wanders between several; asked twice
// in a row, it wanders also where a pool of two gives its backends out in turn. Nobody waits here: no
// transaction is held open while the other client asks.
bool shares_backends(PqxxSession& ours, const std::string& connection_string) {
    constexpr int rounds = 5;
    PqxxSession other{connection_string};
    const std::string mine = ours.ask_backend();
    for (int round = 0; round < rounds; ++round) {
        if (other.ask_backend() == mine || ours.ask_backend() != mine || ours.ask_backend() != mine) {
            return true;
        }
    }
    return false;
}

} // namespace

std::unique_ptr<Session> open_session(const std::string& connection_string, SessionUse use,
                                      std::atomic<bool>& pooled) {
    auto session = std::make_unique<PqxxSession>(connection_string);
    if (pooled || (session->behind_pooler() && shares_backends(*session, connection_string))) {
        pooled = true;
        if (use == SessionUse::plain) {
            const std::string pins = pinning_sql(use, session->server_version());
            return std::make_unique<PooledSession>(std::move(session), pins);
        }
        throw Error{
            ErrorKind::connection, "transaction_pooler",
            "the connection goes through a pooler that hands every transaction another server session"}
            .next("connect to PostgreSQL itself, or to a pool in session mode");
    }
    session->run(pinning_sql(use, session->server_version()));
    return session;
}

} // namespace turntable::postgresql
