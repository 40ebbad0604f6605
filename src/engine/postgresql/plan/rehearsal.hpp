#pragma once
// The change, tried on an empty clone inside the caller's transaction, which is rolled back: the server
// itself says what shape the table takes, and follows columns by attribute number through every rename.

#include <optional>
#include <string>
#include <vector>

#include "plan/steps.hpp"
#include "plan/table.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// Where the values of a column of the shadow come from.
struct ColumnOrigin {
    std::optional<std::string> source; // the column of the source it follows
    std::string forward_sql;           // over the source's columns, canonical
    std::optional<std::string> inverse_sql;
    bool identity = false;
    bool by_default = false; // its own volatile default, identity or generation expression fills it
    std::optional<std::size_t> conversion; // index into Rehearsal::conversions
};

// What one step did to the clone.
struct StepOutcome {
    CatalogImage before, after;
    bool rewrites = false; // the server wrote the heap or an index anew
};

// keep=yes: two columns of the new table that mean the same. Expressions are canonical.
struct Kept {
    std::string old_column, new_column, old_type, new_type;
    std::string forward_sql, inverse_sql; // new from old, old from new: over a row that has that column only
    std::string old_image, new_image;     // ImageSuffix
    std::optional<std::string> default_sql; // of the old column
    std::optional<std::string> new_default; // which the new one gets at the end of the window
};

struct Rehearsal {
    Table source; // as it is
    Table after;  // the wanted shape; sequences of new serial columns are in scratch_schema
    std::vector<ColumnOrigin> origins; // parallel to after.columns
    std::vector<ConversionPlan> conversions;
    std::vector<Kept> kept;
    CatalogImage final_image;            // where something is kept: without the old columns
    std::vector<StepOutcome> steps;      // parallel to the steps
    std::vector<std::string> dropped;    // columns of the source
    std::vector<std::string> new_checks; // names of CHECKs that the change adds validated
    std::string scratch_schema;
    std::vector<std::string> default_grantees;
    bool set_owner = false;
    std::vector<std::string> notes;
};

struct RehearsalPlace {
    std::string schema;    // of the clone, unquoted; made by the caller
    std::string user_path; // search_path under which the user's texts are resolved
    bool set_owner = false;
    std::vector<std::string> default_grantees;
    int server_version = 160000; // server_version_num
};

// In the caller's transaction. Takes ACCESS SHARE on the source and on referenced tables, nothing more.
// Throws Error{usage | refused}.
[[nodiscard]] Rehearsal rehearse(Session& session, const Table& source, const std::vector<Step>& steps,
                                 const RehearsalPlace& place);

// Makes the wanted shape once more, from nothing but its model, and compares: what the statements for the
// shadow would lose is refused here. The clone of the rehearsal must be gone. Throws Error{refused,
// "cannot_reproduce"}.
void verify_creation(Session& session, const Rehearsal& rehearsal, const RehearsalPlace& place);

} // namespace turntable::postgresql
