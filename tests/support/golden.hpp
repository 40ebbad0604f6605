#pragma once
// Plans as files that a person has reviewed: tests/golden. TURNTABLE_UPDATE_GOLDEN=1 writes them anew.

#include <string>

#include "turntable/blueprint.hpp"

namespace turntable::test {

// Strategy, way back, notes and every statement with its purpose.
[[nodiscard]] std::string script_text(const Blueprint& blueprint);
// `file` is below tests/golden. Fails the test that runs where the text is not the reviewed one.
void expect_reviewed(const std::string& file, const std::string& text);

} // namespace turntable::test
