#pragma once
// A session on one database file with its settings pinned. Waiting for the write lock polls about every
// millisecond up to the session's lock wait, which the parts set through `SELECT turntable_lock_wait(ms)`:
// SQLite's own busy handler backs off up to 100 ms and would lose every race against short writers, and the
// statement passes through decorators.

#include <chrono>
#include <string>

#include "connection.hpp"
#include "turntable/session.hpp"
#include "turntable/units.hpp"

namespace turntable::sqlite {

class SqliteSession final : public Session {
  public:
    SqliteSession(const std::string& path, SessionUse use);
    SqliteSession(const SqliteSession&) = delete;
    SqliteSession& operator=(const SqliteSession&) = delete;
    ~SqliteSession() override;

    using Session::run;
    ResultSet run(const Statement& statement) override;
    void begin(TxMode mode) override;
    void commit() override;
    void rollback() noexcept override;
    void cancel() noexcept override;
    [[nodiscard]] bool usable() const noexcept override { return connection_.handle() != nullptr; }
    [[nodiscard]] std::string server_id() const override;

  private:
    ResultSet execute(const std::string& sql, const std::vector<Value>& arguments = {});
    void pin_settings(SessionUse use);
    void register_lock_wait();
    [[nodiscard]] bool keep_waiting(int attempt);
    void require_usable() const;

    Connection connection_;
    Millis lock_wait_;
    std::chrono::steady_clock::time_point waiting_since_;
};

} // namespace turntable::sqlite
