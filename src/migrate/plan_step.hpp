#pragma once
// What a step would do, printed before it does it.

#include "migrate/api.hpp"
#include "migrate/step.hpp"

namespace turntable::migrate {

// Reads the catalogue. A change that cannot be planned before what precedes it is there says so as its
// reason.
[[nodiscard]] PlannedStep plan_step(const Env& env, const Step& step);

} // namespace turntable::migrate
