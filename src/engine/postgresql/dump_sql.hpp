#pragma once
// What `dump` asks the catalogue. Each query gives the rows of one kind: catalogue and oid of the object, its
// name, its table, the statement that makes it, the one that drops it.

#include <array>

namespace turntable::postgresql {

struct DumpQuery {
    const char* kind;
    int rank; // of several that could come next, the one with the lowest
    const char* sql;
};

// What other kinds refer to is found by dependency, so a rank is only an order for readers.
[[nodiscard]] const std::array<DumpQuery, 14>& dump_queries();
// Who needs whom, both as catalogue and oid, parts mapped to the objects that dump_queries() give.
[[nodiscard]] const char* dump_dependencies_sql();
// Names of what no query gives; empty is well.
[[nodiscard]] const char* dump_refusals_sql();
// Statements that belong at the end, as the others but without an oid: ownership of sequences, disabled
// triggers, comments.
[[nodiscard]] const char* dump_endings_sql();

} // namespace turntable::postgresql
