#pragma once
// The keys of a conversion, as both `--convert` and `convert = {…}` name them.

#include <optional>
#include <string>
#include <string_view>

#include "turntable/change.hpp"

namespace turntable::change {

// Sets the field that `key` names. A key of one rule only goes to Conversion::extra; check_conversion()
// refuses it for the others. Returns what is wrong, if something is.
[[nodiscard]] std::optional<std::string> set_conversion_key(Conversion& conversion, std::string_view key,
                                                            const std::string& value);

} // namespace turntable::change
