#pragma once
// SQL is a value. A dialect writes statements and never runs them; a session runs them and never writes them.
// So `plan` prints exactly what `--execute` runs, and golden files review like code.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace turntable {

struct Null {
    bool operator==(const Null&) const = default;
};
struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};
// A bound argument. Placeholders in Statement::sql are written in the engine's own way ($1, ?); the generic
// journal code writes `?`, which Session::run must accept on every engine.
using Value = std::variant<Null, std::int64_t, double, std::string, Blob>;

// Whom a statement can make wait, at the most.
enum class Blocks {
    nobody,
    copied_rows,      // writers of the rows of one chunk, for the time of the chunk
    writers_briefly,  // all writers of the table, for at most the lock timeout plus the step's budget
    everyone_briefly, // all sessions that touch the table, for at most the lock timeout plus the step's
                      // budget
    writers,          // writers for the whole duration of the statement
    everyone,         // everyone for the whole duration of the statement
};
[[nodiscard]] std::string_view to_string(Blocks blocks);

struct Statement {
    std::string sql;
    std::vector<Value> arguments;
    std::string purpose; // one short sentence, printed by `plan`
    Blocks blocks = Blocks::nobody;
};

// One cell of a result, in the engine's faithful text form (floats: shortest that reads back); nullopt is
// NULL.
using Cell = std::optional<std::string>;

struct ResultSet {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
    std::int64_t affected = 0; // rows inserted, updated or deleted

    // The only cell of a result that must have exactly one row; check()s that.
    [[nodiscard]] const Cell& only() const;
    // As only(), as an integer; check()s that it is not NULL.
    [[nodiscard]] std::int64_t only_integer() const;
};

} // namespace turntable
