#pragma once
// What is asked, lowered to steps that the rehearsal makes one after the other on a clone: conversions first
// (they name columns of the source), then clauses, then typed operations.

#include <optional>
#include <string>
#include <vector>

#include "plan/clauses.hpp"
#include "turntable/change.hpp"

namespace turntable::postgresql {

// NULLs of the column become this before NOT NULL is set.
struct Fill {
    std::string column, sql;
};
struct IndexChange {
    enum class Kind { create, drop };
    Kind kind = Kind::create;
    std::string name;
    bool unique = false;
    std::string tail; // create: " (…) WHERE …"
};

// In this order, each where present.
struct Step {
    std::optional<Conversion> conversion;
    std::optional<Fill> fill;
    std::optional<ClauseStatement> clauses;
    std::optional<IndexChange> index;
};

// Pure. Throws Error{usage | refused}.
// primary_key: the name of its constraint, "" for none.
[[nodiscard]] std::vector<Step> steps_of(const ChangeRequest& request, const std::string& primary_key);

} // namespace turntable::postgresql
