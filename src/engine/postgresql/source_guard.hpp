#pragma once
// Is the source still what the copy refers to? Its storage (VACUUM FULL, CLUSTER, TRUNCATE), its definition
// and our triggers on it (DISABLE TRIGGER and back leaves a trace in their rows' xmin) are compared.

#include <cstdint>
#include <string>

#include "detail.hpp"
#include "turntable/engine.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// What the copy refers to; read after the capture is in place.
struct Origin {
    std::string file_node; // of the source's heap
    std::string capture;   // capture_signature() of our triggers
    std::int64_t blocks = 0;
    // 64-bit id: no older transaction of this database was running when the origin was read.
    std::int64_t x0 = 0;
    bool by_blocks = true; // PostgreSQL 14 and newer; else by ranges of the key
};
[[nodiscard]] std::string to_json(const Origin& origin);
[[nodiscard]] Origin origin_from_json(const std::string& text);

// The 32-bit ids of rows are compared in a circle; beyond this distance the comparison would turn.
constexpr std::int64_t x0_distance_max = 1'500'000'000;

// A subquery that describes our triggers and their functions on a table, NULL if there is none. table: oid
// expression.
[[nodiscard]] std::string capture_signature(const Detail& detail, const std::string& table);

// Reads the origin. Throws Error{failed, "capture_missing"} if the capture is not in place.
[[nodiscard]] Origin read_origin(Session& session, const Blueprint& blueprint, const Detail& detail);

// Holds ACCESS SHARE on the source until the end of the transaction, then compares. In the caller's
// transaction.
[[nodiscard]] DriftReport lock_and_check(Session& session, const Detail& detail, const Origin& origin);
// Compares under whatever locks the caller holds.
[[nodiscard]] DriftReport check_against(Session& session, const Detail& detail, const Origin& origin);

} // namespace turntable::postgresql
