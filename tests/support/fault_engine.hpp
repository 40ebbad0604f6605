#pragma once
// An engine whose sessions fail where a test wants it. Every statement, begin and commit of every session is
// counted; the one with the chosen number fails before or after it took effect. Single-threaded.

#include <functional>
#include <memory>
#include <string>

#include "turntable/engine.hpp"

namespace turntable::test {

enum class Fault {
    lost_before, // the connection is cut before the statement reached the server
    lost_after,  // the statement took effect and its answer was lost; an open transaction is rolled back
    kill_before, // the whole process dies before the statement
    kill_after,  // the whole process dies after it
};
[[nodiscard]] std::string to_string(Fault fault);

// What a killed process's calls throw: not an error that the program could handle.
struct SimulatedKill {};

struct FaultPlan {
    Fault fault = Fault::lost_before;
    int fail_at = 0;  // the number of the statement that fails; 0: none
    std::string only; // counts the statements that have this text; empty: all
    // Called between two statements while no session of the tool is within a write transaction.
    std::function<void()> between = [] {};

    int seen = 0; // statements so far
    bool fired = false;
    bool dead = false; // the process was killed: nothing works any more
    int write_transactions = 0;
    std::string failed_statement;
};

class FaultEngine final : public Engine {
  public:
    FaultEngine(std::unique_ptr<Engine> inner, FaultPlan& plan) : inner_(std::move(inner)), plan_(plan) {}

    [[nodiscard]] std::unique_ptr<Session> open(SessionUse use) override;
    void name_sessions(const std::string& job) override { inner_->name_sessions(job); }
    void check_server(Session& session) const override { inner_->check_server(session); }
    void backup(const std::string& path) const override { inner_->backup(path); }

    [[nodiscard]] const EngineTraits& traits() const override { return inner_->traits(); }
    [[nodiscard]] const JournalDialect& journal() const override { return inner_->journal(); }
    [[nodiscard]] const Planner& planner() const override { return inner_->planner(); }
    [[nodiscard]] const Prober& prober() const override { return inner_->prober(); }
    [[nodiscard]] const Preparer& preparer() const override { return inner_->preparer(); }
    [[nodiscard]] const Copier& copier() const override { return inner_->copier(); }
    [[nodiscard]] const Indexer& indexer() const override { return inner_->indexer(); }
    [[nodiscard]] const Replayer& replayer() const override { return inner_->replayer(); }
    [[nodiscard]] const Verifier& verifier() const override { return inner_->verifier(); }
    [[nodiscard]] const Swapper& swapper() const override { return inner_->swapper(); }
    [[nodiscard]] const Retirer& retirer() const override { return inner_->retirer(); }
    [[nodiscard]] const NativeRunner& native() const override { return inner_->native(); }
    [[nodiscard]] const SchemaDialect& schema() const override { return inner_->schema(); }
    [[nodiscard]] std::vector<std::unique_ptr<Sensor>> sensors(const Settings& settings) const override {
        return inner_->sensors(settings);
    }

  private:
    std::unique_ptr<Engine> inner_;
    FaultPlan& plan_;
};

} // namespace turntable::test
