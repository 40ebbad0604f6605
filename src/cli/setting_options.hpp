#pragma once
// The options that fill Settings. One table serves the command line and turntable.toml.

#include <span>
#include <string>
#include <string_view>

#include "turntable/settings.hpp"

namespace turntable::cli {

struct SettingOption {
    std::string_view name;     // of the long option and of the key in turntable.toml
    std::string_view argument; // shown in the help; empty: a flag, whose text is "true" or "false"
    std::string_view help;
};

[[nodiscard]] std::span<const SettingOption> setting_options();

// Throws Error{usage}: "unknown_setting" for a name that is not in the table, "bad_value" with the option,
// the text and what is expected.
void set_setting(Settings& settings, const std::string& name, const std::string& text);

} // namespace turntable::cli
