#pragma once
// The compiled plan of one change of one table: everything is decided here and nothing is created yet. It is
// saved in the journal as JSON, so that any host can resume the job with the same names, mapping and
// settings.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "turntable/change.hpp"
#include "turntable/statement.hpp"
#include "turntable/units.hpp"

namespace turntable {

enum class Strategy {
    nothing, // the table already has the wanted shape
    instant, // metadata only
    online,  // the engine's own non-blocking form
    shadow,  // shadow table, copy, replay, swap
};
[[nodiscard]] std::string_view to_string(Strategy strategy);

// How the way back looks; product.md promise 5.
enum class RevertClass {
    native,      // the inverse statements are metadata-only and lossless
    swap_back,   // until the revert window ends: swap back, no write lost; original values of unchanged rows
                 // return
    irreversible // no way back (--keep-old none, or a conversion without inverse)
};
[[nodiscard]] std::string_view to_string(RevertClass revert);

// One column of the shadow. forward_sql is an expression over the source's columns, inverse_sql one over the
// shadow's that yields the source column; identity: same name, type and collation, so the expression is the
// bare column.
struct MappedColumn {
    std::string target;
    std::optional<std::string> source; // the source column it follows, if it follows exactly one
    std::string forward_sql;
    std::optional<std::string> inverse_sql; // empty: the inverse is unknown or meaningless (an added column)
    bool identity = false;
    bool compared = true; // false: volatile or generated, left out of replay's compare and of verification
};

struct KeyColumn {
    std::string source; // column of the source
    std::string target; // column of the shadow
    std::string type;   // the source column's exact type, with its collation where it has one
};

// One conversion as compiled for this engine. The class expressions are boolean SQL over the source's
// columns; every non-NULL row is in exactly one of exact, rounded, not_finite, out_of_range, rejected (exact
// is what remains).
struct ConversionPlan {
    Conversion asked;
    std::string source_column, source_type;
    std::string target_column, target_type;
    std::string forward_sql; // total: applies the policies, never fails on a row that the probe accepts
    std::optional<std::string> inverse_sql;
    std::string is_rounded, is_not_finite, is_out_of_range, is_rejected; // "" = cannot happen
    std::string is_replaced;    // rows that take replacement= instead of NULL; "" = none
    std::string replacement;    // a number's decimal text, where conserves_sum
    bool conserves_sum = false; // sums of both sides are compared (numbers only)
    // Where conserves_sum: aggregates over the source's columns for any set of its rows, exact decimals, NULL
    // over no row. Rows that are NULL, not finite, out of range or rejected are left out, as they are in
    // sum(target), so that sum(target) = sum_source_sql × 10^scale + sum_error_sql, to the last digit.
    int scale = 0;                 // decimal places between the units of source and target
    std::string sum_source_sql;    // in units of the source
    std::string sum_error_sql;     // of target − source, in units of the target
    std::string largest_error_sql; // the same, absolute, of the worst row
};

enum class Phase { probe, prepare, copy, index, replay, verify, swap, window, finalize, native, cleanup };
[[nodiscard]] std::string_view to_string(Phase phase);

struct PlannedStatement {
    Phase phase;
    Statement statement;
};

struct Estimate {
    Rows rows = 0;                  // of the source, as the catalogue estimates it
    Bytes table_bytes = 0;          // heap or clustered data
    Bytes index_bytes = 0;          // all indexes
    Bytes disk_needed = 0;          // the highest additional space during the change
    std::optional<Bytes> disk_free; // where the server or the file system tells
    Seconds expected{0};            // of the whole change
};

struct Blueprint {
    std::string engine; // Engine::traits().name
    std::string job;    // set when the job is created: lower case letters and digits, unique in the target
    TableName source;
    std::string shadow_name, log_name, reverse_log_name,
        old_name;              // chosen so that they fit the engine's limits
    std::string shadow_schema; // schema of shadow and logs; empty where the engine has none

    Strategy strategy = Strategy::shadow;
    std::string strategy_reason;
    RevertClass revert = RevertClass::swap_back;
    std::string revert_reason;

    std::vector<KeyColumn> key;
    std::vector<MappedColumn> columns;
    std::vector<std::string> dropped_columns; // columns of the source that the shadow does not have
    std::vector<ConversionPlan> conversions;

    // What will run, in order; chunk statements appear once. A statement in Phase::verify of a native change
    // is the probe once more, after the native ones: the server takes the rows unseen.
    std::vector<PlannedStatement> script;
    // Indexes that nobody asked for and the change makes: a foreign key needs one. The way back drops them,
    // too.
    std::vector<std::string> made_indexes;
    std::vector<std::string> notes; // what the operator must know: prepared statements, old snapshots, …
    Estimate estimate;

    std::string detail; // engine-private JSON: OIDs, fingerprints, catalogue images, SQL templates
};

// JSON of a blueprint, for the journal. blueprint_from_json throws Error{needs_repair} on a text it does not
// know.
[[nodiscard]] std::string to_json(const Blueprint& blueprint);
[[nodiscard]] Blueprint blueprint_from_json(const std::string& text);

} // namespace turntable
