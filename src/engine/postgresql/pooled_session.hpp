#pragma once
// A session behind a pooler in transaction mode: each transaction may meet another backend, so that nothing
// of a session may outlive one. Settings are kept here and made anew, SET LOCAL, at the beginning of each; a
// statement outside a transaction gets one of its own. What would leave something behind in somebody else's
// session is refused.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "turntable/session.hpp"

namespace turntable::postgresql {

class PooledSession final : public Session {
  public:
    // pins: what a session of its own would be set to (session_settings.hpp).
    PooledSession(std::unique_ptr<Session> inner, const std::string& pins);

    using Session::run;
    // Throws Error{refused, "session_state"} for SET without LOCAL, PREPARE, LISTEN, a temporary table, ….
    // SET and RESET outside a transaction are for all transactions to come.
    ResultSet run(const Statement& statement) override;
    void begin(TxMode mode) override;
    void commit() override;
    void rollback() noexcept override;
    void cancel() noexcept override { inner_->cancel(); }
    [[nodiscard]] bool usable() const noexcept override { return inner_->usable(); }
    [[nodiscard]] std::string server_id() const override { return inner_->server_id(); }
    [[nodiscard]] bool pooled() const noexcept override { return true; }

  private:
    [[nodiscard]] bool keep_setting(const std::string& sql);

    std::unique_ptr<Session> inner_;
    std::string pins_;
    std::vector<std::pair<std::string, std::string>> settings_; // name, statement; in order
    bool in_transaction_ = false;
};

// The settings of a session as those of one transaction: SET becomes SET LOCAL.
[[nodiscard]] std::string local_settings(std::string pins);
// What a statement would leave in its session; "" for nothing.
[[nodiscard]] std::string session_state_of(const std::string& sql);

} // namespace turntable::postgresql
