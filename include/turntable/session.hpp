#pragma once
// One connection to a database, with its settings pinned (conversions.md: hostile role and server settings
// must not change a value). A session is used by one thread at a time, except cancel(). It is never silently
// re-opened: after lost_connection or outcome_unknown it is dead, usable() is false, and every call throws
// lost_connection.

#include <memory>
#include <string>

#include "turntable/error.hpp"
#include "turntable/statement.hpp"

namespace turntable {

enum class TxMode {
    write,    // READ COMMITTED; on SQLite BEGIN IMMEDIATE
    snapshot, // read-only, all statements see one snapshot
};

class Session {
  public:
    virtual ~Session() = default;

    // Runs one statement; outside begin()/commit() it commits by itself. Throws DatabaseError.
    virtual ResultSet run(const Statement& statement) = 0;

    virtual void begin(TxMode mode) = 0;
    // Throws DatabaseError{outcome_unknown} if the connection went away before the answer came.
    virtual void commit() = 0;
    // Never throws; a no-op outside a transaction.
    virtual void rollback() noexcept = 0;

    // Ends the statement that another thread is running in this session, if any. Safe from any thread.
    virtual void cancel() noexcept = 0;
    [[nodiscard]] virtual bool usable() const noexcept = 0;
    // How the server names this session (backend pid, connection id; SQLite: process id).
    [[nodiscard]] virtual std::string server_id() const = 0;
    // Behind a pooler that hands each transaction another server session (SessionUse::plain only).
    [[nodiscard]] virtual bool pooled() const noexcept { return false; }

    // Shorthand for statements that need no description in a plan.
    ResultSet run(std::string sql, std::vector<Value> arguments = {}) {
        return run(Statement{std::move(sql), std::move(arguments), {}, Blocks::nobody});
    }
};

// Begins on construction; rolls back on destruction unless committed. The destructor never commits and never
// throws.
class Transaction {
  public:
    Transaction(Session& session, TxMode mode) : session_(session) { session_.begin(mode); }
    ~Transaction() {
        if (open_) {
            session_.rollback();
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit() {
        open_ = false;
        session_.commit();
    }

  private:
    Session& session_;
    bool open_ = true;
};

// What a session is for; decides its pinned settings.
enum class SessionUse {
    plain,   // as control, but nothing of the session outlives a transaction: may go through a pooler
    control, // journal, DDL, swap: commits synchronously
    copy,    // chunks, replay: may commit asynchronously where the engine allows it
    read,    // probe, verification, sensors: read-only
};

// Where sessions come from. The engine is one; fault-injecting tests wrap it.
class SessionSource {
  public:
    virtual ~SessionSource() = default;
    [[nodiscard]] virtual std::unique_ptr<Session> open(SessionUse use) = 0;
};

} // namespace turntable
