#include "support/fault_engine.hpp"

#include <mutex>

namespace turntable::test {
namespace {

class FaultSession final : public Session {
  public:
    FaultSession(std::unique_ptr<Session> inner, FaultPlan& plan) : inner_(std::move(inner)), plan_(plan) {}
    ~FaultSession() override { leave_transaction(); }
    FaultSession(const FaultSession&) = delete;
    FaultSession& operator=(const FaultSession&) = delete;

    ResultSet run(const Statement& statement) override {
        ResultSet result;
        // Outside a transaction a statement is its own commit, so that a lost answer says nothing.
        const auto lost =
            in_transaction_ ? DatabaseErrorKind::lost_connection : DatabaseErrorKind::outcome_unknown;
        step(statement.sql, lost, [&] {
            result = inner_->run(statement);
            // The application's writes are made by this thread: they must not wait for its own table locks.
            if (statement.sql.starts_with("LOCK TABLES") && !writing_) {
                writing_ = true;
                ++plan_.write_transactions;
            } else if (statement.sql.starts_with("UNLOCK TABLES")) {
                leave_transaction();
            }
        });
        return result;
    }

    void begin(TxMode mode) override {
        step("BEGIN", DatabaseErrorKind::lost_connection, [&] {
            inner_->begin(mode);
            in_transaction_ = true;
            writing_ = mode == TxMode::write;
            plan_.write_transactions += writing_ ? 1 : 0;
        });
    }

    void commit() override {
        step("COMMIT", DatabaseErrorKind::outcome_unknown, [&] {
            inner_->commit();
            leave_transaction();
        });
    }

    void rollback() noexcept override {
        if (inner_ && !plan_.dead) {
            inner_->rollback();
        }
        leave_transaction();
    }

    void cancel() noexcept override {
        if (inner_) {
            inner_->cancel();
        }
    }
    [[nodiscard]] bool usable() const noexcept override { return inner_ && !plan_.dead && inner_->usable(); }
    [[nodiscard]] std::string server_id() const override { return inner_ ? inner_->server_id() : ""; }
    [[nodiscard]] bool pooled() const noexcept override { return inner_ && inner_->pooled(); }

  private:
    void leave_transaction() noexcept {
        if (writing_) {
            --plan_.write_transactions;
        }
        in_transaction_ = writing_ = false;
    }

    // MariaDB's swap sends its renaming from a second thread.
    [[nodiscard]] bool is_the_one(const std::string& text) {
        static std::mutex mutex;
        const std::scoped_lock lock{mutex};
        if (text.find(plan_.only) == std::string::npos || ++plan_.seen != plan_.fail_at) {
            return false;
        }
        plan_.fired = true;
        plan_.failed_statement = text;
        return true;
    }

    void step(const std::string& text, DatabaseErrorKind lost, const std::function<void()>& perform) {
        if (plan_.dead) {
            throw SimulatedKill{};
        }
        if (!inner_) {
            throw DatabaseError{DatabaseErrorKind::lost_connection, "fault", "the connection was cut", text};
        }
        if (plan_.write_transactions == 0) {
            plan_.between();
        }
        if (!is_the_one(text)) {
            perform();
            return;
        }
        if (plan_.fault == Fault::lost_after || plan_.fault == Fault::kill_after) {
            perform();
        }
        leave_transaction();
        inner_.reset(); // the server rolls back what was open
        if (plan_.fault == Fault::kill_before || plan_.fault == Fault::kill_after) {
            plan_.dead = true;
            throw SimulatedKill{};
        }
        throw DatabaseError{lost, "fault", "the connection was cut on purpose", text};
    }

    std::unique_ptr<Session> inner_;
    FaultPlan& plan_;
    bool in_transaction_ = false, writing_ = false;
};

} // namespace

std::string to_string(Fault fault) {
    switch (fault) {
    case Fault::lost_before:
        return "connection lost before";
    case Fault::lost_after:
        return "connection lost after";
    case Fault::kill_before:
        return "killed before";
    case Fault::kill_after:
        return "killed after";
    }
    return {};
}

std::unique_ptr<Session> FaultEngine::open(SessionUse use) {
    if (plan_.dead) {
        throw SimulatedKill{};
    }
    return std::make_unique<FaultSession>(inner_->open(use), plan_);
}

} // namespace turntable::test
