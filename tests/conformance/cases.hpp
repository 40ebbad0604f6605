#pragma once
// Which combinations of server, key, columns and change are tested.

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/kinds.hpp"
#include "support/servers.hpp"

namespace turntable::test {

struct Case {
    Server server;
    KeyKind key;
    ColumnKind columns;
    ChangeKind change;
};
void PrintTo(const Case& one, std::ostream* out);
[[nodiscard]] std::string case_name(const testing::TestParamInfo<Case>& info);

enum class Depth {
    each_once, // every key, every kind of column and every change of each database in one case at least
    pairs,     // and every two of them together
    all,       // every three: a day on two processors
};
// What TURNTABLE_TEST_DEPTH says; support/depth.hpp.
[[nodiscard]] Depth asked_depth();
[[nodiscard]] std::vector<Case> cases(Depth depth);

// The server's own statements for the change of this table.
[[nodiscard]] std::vector<std::string> native_of(const TableModel& model, const ChangeKind& change);

} // namespace turntable::test
