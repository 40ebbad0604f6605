#pragma once
// Takes back what the native steps of an aborted or failed change have made of the table.

#include <functional>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// What a catalogue has of a step: every subject as the step leaves it.
[[nodiscard]] bool as_expected(const CatalogImage& expected, const CatalogImage& image);

// For statements that wait for older transactions, and behind which nobody queues.
void without_lock_timeout(Session& session, const std::function<void()>& work);

// One try, the last step first. A step is recognised by what it makes, never by its name alone; what somebody
// else did to the table meanwhile stays. Safe to run twice.
[[nodiscard]] LockOutcome undo_native(Session& session, const Detail& detail, const LockBudget& budget);

} // namespace turntable::postgresql
