#pragma once
// A change made by the built program beside writers, to be disturbed from outside.

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/catalog_image.hpp"
#include "support/kinds.hpp"
#include "support/test_database.hpp"
#include "support/tool.hpp"
#include "support/writers.hpp"

namespace turntable::test {

// TURNTABLE_TEST_DEPTH=full: `full` rounds, else `quick`.
[[nodiscard]] int rounds(int quick, int full);

class DisturbedChange {
  public:
    explicit DisturbedChange(const Server& server);

    // Starts the change, with writers beside it.
    [[nodiscard]] std::unique_ptr<Process> start();
    // The newest job, null if there is none.
    [[nodiscard]] nlohmann::json job() const;
    // Brings whatever is there to the swapped state, and checks rows and writers.
    void finish_and_check();
    // Undoes whatever is there and is not swapped, and checks rows, writers and catalogue.
    void abort_and_check();
    // Checks the rows of a swapped (or not) table.
    void check_rows(bool changed);

    // SIGSTOP, at a moment at which the process does not hold a lock that nobody can take away (SQLite's
    // write lock).
    void stall(Process& process);
    // Ends the tool's sessions, as an administrator or a network would.
    void cut_sessions();
    // After the server was away: new connections for the test itself.
    void reconnect() { database_.reconnect(); }

    [[nodiscard]] TestDatabase& database() { return database_; }
    [[nodiscard]] const Tool& tool() const { return tool_; }
    [[nodiscard]] Writers& writers() { return *writers_; }

  private:
    TestDatabase database_;
    Tool tool_;
    ChangeKind change_;
    TableModel model_;
    ExpectedShape old_shape_, new_shape_;
    std::vector<std::string> before_;
    std::unique_ptr<Writers> writers_;
};

} // namespace turntable::test
