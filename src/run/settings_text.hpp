#pragma once
// Settings by name and text, as `set KEY=VALUE` and the configuration file give them.

#include <string>

#include "turntable/settings.hpp"

namespace turntable::run {

// Keys that may be changed while a job runs: workers, chunk-time, max-lag, max-load, lock-timeout,
// lock-retries, drain-budget, throttle-query, throttle-file, cutover. Throws Error{usage} on an unknown key
// or a bad value.
void apply_setting(Settings& settings, const std::string& key, const std::string& value);

} // namespace turntable::run
