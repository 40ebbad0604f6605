#pragma once
// Every kind of clause that PostgreSQL's ALTER TABLE has for columns, constraints and the table itself: what
// turntable makes of it, and what it refuses.

#include <string>
#include <vector>

namespace turntable::test {

// One clause, or a few that belong together, with what the table needs for it. "@" stands for a prefix of the
// case's own, so that many cases fit into one table; "#" for the table.
struct ClauseCase {
    std::string name;
    std::vector<std::string> columns; // definitions: "@a integer"
    std::vector<std::string> values;  // of them, over g = 1, 2, …
    std::vector<std::string> after;   // statements after the rows are there
    std::vector<std::string> clauses; // each its own --alter, each its own ALTER TABLE
    // Columns whose value a row gets by its place in the heap: compared as a set.
    std::vector<std::string> by_place;
    bool changes_nothing = false; // IF EXISTS of what is not there
    int table = 0;                // cases that get in each other's way need tables of their own
};
[[nodiscard]] std::vector<ClauseCase> clause_cases();

// What there must be before any case's table.
[[nodiscard]] std::vector<std::string> clause_surroundings();
// The table of some cases with its rows.
[[nodiscard]] std::vector<std::string> table_for(const std::vector<ClauseCase>& cases);
// The clauses of some cases, in order.
[[nodiscard]] std::vector<std::string> clauses_of(const std::vector<ClauseCase>& cases);
// The columns compared as sets.
[[nodiscard]] std::vector<std::string> by_place_of(const std::vector<ClauseCase>& cases);

struct RefusedClause {
    std::string clause;
    int exit_code;
    std::string naming; // what the message must contain
};
// For the table of table_for({}), with a rule-free view of nothing else in the way.
[[nodiscard]] std::vector<RefusedClause> refused_clauses();

} // namespace turntable::test
