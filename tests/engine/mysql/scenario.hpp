#pragma once
// A scenario is a text file: what is there, what is changed, what is written meanwhile, what must come out.
// The format is in tests/engine/mysql/scenarios/README.md.

#include <string>
#include <vector>

namespace turntable::test {

struct Expectation {
    std::string query, value;
};

struct Scenario {
    std::string name;
    std::string servers = "both";     // both, mysql, mariadb
    std::vector<std::string> setup;   // statements; the table is t
    std::vector<std::string> alter;   // one clause list each
    std::vector<std::string> convert; // "column rule key=value …", the values without blanks
    std::vector<std::string> during;  // statements, each run again and again; {n} is a random number
    std::vector<Expectation> expect;  // after the swap
    std::string choose = "shadow";    // --strategy of the job
    std::string strategy;             // asserted if given
    std::string refused;              // the error's code, if the plan must be refused
    std::string ends = "swapped";     // the state of the job
    bool compare_with_native = true;  // the twin is altered by the server and must be the same
};

[[nodiscard]] Scenario read_scenario(const std::string& path);
[[nodiscard]] std::vector<std::string> scenario_paths();

} // namespace turntable::test
