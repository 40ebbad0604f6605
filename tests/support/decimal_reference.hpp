#pragma once
// Decimal arithmetic on text, written for the tests alone: what `cents` must give for a value, from its
// shortest decimal text. Independent of the program's own conversion code on purpose.

#include <optional>
#include <string>

namespace turntable::test {

// value * 10^scale as an integer, for a finite decimal like "-17.085", "1e22" or "1.5e-7"; the remainder is
// rounded half to even. nullopt if there was a remainder and `exact_only`.
enum class Remainder { half_even, exact_only };
[[nodiscard]] std::optional<std::string> scaled(const std::string& decimal, int scale, Remainder remainder);

// "1708", 2 -> "17.08": the shortest text of the inverse.
[[nodiscard]] std::string unscaled(const std::string& integer, int scale);

} // namespace turntable::test
