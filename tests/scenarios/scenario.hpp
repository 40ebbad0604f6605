#pragma once
// A database with a table of payments, and the tool. Tests of this folder run on every server that is given.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/catalog_image.hpp"
#include "support/test_database.hpp"
#include "support/tool.hpp"

namespace turntable::test {

class Scenario : public testing::TestWithParam<Server> {
  protected:
    Scenario() : database_(GetParam()), tool_(database_.url()) {}

    // payments (id, amount, note, status): ids 1 to rows, amount = id + 0.25, note 'n' || id, status 0.
    void make_payments(int rows);
    [[nodiscard]] Client& sql() { return database_.client(); }
    [[nodiscard]] Flavor flavor() const { return database_.flavor(); }
    [[nodiscard]] std::vector<std::string> image() { return catalog_image(flavor(), sql()); }

    // Everything the database holds, to prove that a refusal changed nothing: the catalogue with the journal
    // left out, and the payments.
    [[nodiscard]] std::vector<std::string> everything();

    // alter payments --convert amount=cents,into=amount_cents --execute, and more.
    [[nodiscard]] static std::vector<std::string> to_cents(const std::vector<std::string>& more = {});
    // Runs it to its swap and returns the job.
    std::string swapped_job();
    // Expects the exit code and, in the JSON on stdout, the error's code; and that nothing has changed.
    void expect_refused(const std::vector<std::string>& arguments, int exit_code, const std::string& code);

    // The table that the tool copies to: another table than payments with a column amount_cents; "" if there
    // is none.
    [[nodiscard]] std::string shadow();
    // Polls until a query gives a number that is at least `least`; false after half a minute.
    bool wait_until(const std::string& query, std::int64_t least);

    TestDatabase database_;
    Tool tool_;
};

// one_server_of_each() but SQLite: for what only a server has.
std::vector<Server> networked_servers();
// For INSTANTIATE_TEST_SUITE_P.
std::string server_name(const testing::TestParamInfo<Server>& info);

} // namespace turntable::test
