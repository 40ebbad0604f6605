#pragma once
// A Session over one connection, with every setting pinned that could change a value or a wait
// (session_settings()). One thread at a time, except cancel().

#include <memory>
#include <mutex>
#include <string>

#include "connection.hpp"
#include "errors.hpp"
#include "server.hpp"
#include "turntable/session.hpp"
#include "turntable/url.hpp"

namespace turntable::mysql {

// The settings every session of this engine runs with, whatever the server's and the account's defaults are.
[[nodiscard]] std::string common_session_settings();

// The advisory lock by which a session of a job is known to the server: both servers can tell who holds it,
// also where the performance schema is off.
[[nodiscard]] std::string session_lock_name(const std::string& job, const std::string& server_id);

class MysqlSession final : public Session {
  public:
    // Connects and pins. Throws DatabaseError{connect_failed}, Error{connection, "tls_not_used"}.
    MysqlSession(const Url& url, const std::string& job);

    using Session::run;
    ResultSet run(const Statement& statement) override;
    void begin(TxMode mode) override;
    void commit() override;
    void rollback() noexcept override;
    void cancel() noexcept override;
    [[nodiscard]] bool usable() const noexcept override { return usable_; }
    [[nodiscard]] std::string server_id() const override { return server_id_; }

    [[nodiscard]] const ServerVersion& version() const { return version_; }

  private:
    ResultSet send(const std::string& sql);
    void require_tls();

    Url url_;
    Connection connection_;
    ServerVersion version_;
    std::string server_id_;
    InTransaction transaction_ = InTransaction::no;
    bool usable_ = true;
};

} // namespace turntable::mysql
