#pragma once
// What a clause needs when the server makes it by its own cheap forms.

#include <string>

#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

enum class Form {
    metadata,     // one short statement
    not_null,     // CHECK NOT VALID, VALIDATE, SET NOT NULL
    validated,    // ADD … NOT VALID, VALIDATE
    unique_index, // CREATE UNIQUE INDEX CONCURRENTLY, ADD CONSTRAINT … USING INDEX
    validate,     // VALIDATE CONSTRAINT alone
    impossible,
};

struct Verdict {
    Form form = Form::impossible;
    bool way_back = true;
    std::string why; // impossible, or why there is no way back
};

// Pure.
[[nodiscard]] Verdict verdict_of(const Clause& clause, const StepOutcome& outcome);

} // namespace turntable::postgresql
