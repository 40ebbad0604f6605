#pragma once
// A change of one small table in this process, whose engine fails at a chosen statement, with an application
// that writes between the tool's statements. Everything runs in one thread under a virtual clock, so that the
// order repeats.

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/api.hpp"
#include "support/catalog_image.hpp"
#include "support/fault_engine.hpp"
#include "support/kinds.hpp"
#include "support/test_database.hpp"
#include "support/virtual_clock.hpp"
#include "support/writers.hpp"

namespace turntable::test {

class InProcessChange {
  public:
    explicit InProcessChange(const Server& server);

    // One call of the tool: a new engine, its statements numbered from 1. nullopt: killed, see plan().
    // plan.between is called beside the application's writes.
    using Call = std::function<run::Outcome(const run::Context&)>;
    [[nodiscard]] std::optional<run::Outcome> call(FaultPlan plan, const Call& body);
    [[nodiscard]] const FaultPlan& plan() const { return plan_; }

    [[nodiscard]] run::Outcome execute(const run::Context& context) const;
    // "" before the journal knows one.
    [[nodiscard]] std::string job();
    // The state of the newest job, by a look from outside; nullopt: none.
    [[nodiscard]] std::optional<run::JobState> state();

    // Empty: the table is what the twin says, in the new or the old shape, and no writer complained.
    [[nodiscard]] std::string trouble(bool changed);
    // Empty: nothing in the catalogue differs from before, apart from the journal.
    [[nodiscard]] std::string catalogue_trouble();
    void write(int transactions);
    // The application writes no more between two statements of the tool.
    void stop_writing() { writing_ = false; }
    [[nodiscard]] TestDatabase& database() { return database_; }
    // The next calls are asked to stop, as by a signal, from that statement of theirs on.
    void stop_at(int statement) { stop_at_ = statement; }
    // The clock of the tool's process.
    [[nodiscard]] VirtualClock& clock() { return clock_; }

  private:
    TestDatabase database_;
    ChangeKind change_;
    TableModel model_;
    ExpectedShape old_shape_, new_shape_;
    std::vector<std::string> before_;
    std::unique_ptr<Writers> writers_;
    VirtualClock clock_;
    FaultPlan plan_;
    bool writing_ = true;
    int stop_at_ = std::numeric_limits<int>::max();
};

} // namespace turntable::test
