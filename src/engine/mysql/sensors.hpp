#pragma once
// What this engine can read of the load of the server.

#include <memory>
#include <vector>

#include "turntable/sensor.hpp"
#include "turntable/settings.hpp"
#include "turntable/url.hpp"

namespace turntable::mysql {

[[nodiscard]] std::vector<std::unique_ptr<Sensor>> make_sensors(const Url& url, const Settings& settings);

} // namespace turntable::mysql
