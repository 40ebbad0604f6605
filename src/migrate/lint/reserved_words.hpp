#pragma once
// Words that cannot be a name without quotes, by engine.

#include <string>

namespace turntable::migrate::lint {

// Bits of rule.hpp: the engines that reserve the word. word: lower case.
[[nodiscard]] unsigned reserving_engines(const std::string& word);

} // namespace turntable::migrate::lint
