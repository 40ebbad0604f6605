#pragma once
// What a migration is made of once it is compiled for an engine: steps, each finished or not, in order.

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "migrate/migration_file.hpp"
#include "turntable/engine.hpp"

namespace turntable::migrate {

// transaction false: each statement by itself, outside any transaction.
struct SqlStep {
    std::vector<Statement> statements;
    std::vector<int> lines; // of the statements in the file; 0: written by us
    bool transaction = true;
    std::optional<Millis> timeout; // of each statement
};
// One online change of one table; its way back is its revert window first.
struct ChangeStep {
    ChangeRequest request;
};
struct BackfillStep {
    TableName table;
    std::vector<std::pair<std::string, std::string>> set;
    std::optional<std::string> where;
};
struct RowsStep {
    std::variant<UpsertRows, DeleteRows> rows;
};
struct AsideStep {
    DropTable drop;
};
struct RestoreStep {
    TableName table;
};

using StepBody = std::variant<SqlStep, ChangeStep, BackfillStep, RowsStep, AsideStep, RestoreStep>;

struct Step {
    std::string title;   // "change users: add_column, add_index"
    int line = 0;        // of its first operation
    std::string source;  // fingerprint of what it was compiled from
    std::vector<Op> ops; // what it was compiled from; empty for .sql files
    StepBody body;
    EngineText down; // raw SQL: its way back as the file says it
};

// A statement of a person may not end the transaction it runs in; Error{usage} with file and line.
[[nodiscard]] std::vector<Step> compile(const MigrationFile& file, const Engine& engine);
[[nodiscard]] std::vector<Step> compile_ops(const std::vector<Op>& ops, const Engine& engine,
                                            const std::string& path);

// True: with nothing but such steps a migration is one transaction.
[[nodiscard]] bool runs_in_transaction(const Step& step);

} // namespace turntable::migrate
