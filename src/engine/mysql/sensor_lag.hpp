#pragma once
// How far replicas are behind: a row is written on the primary, and looked for on each of them.

#include <memory>
#include <string>

#include "turntable/sensor.hpp"
#include "turntable/units.hpp"
#include "turntable/url.hpp"

namespace turntable::mysql {

// replicas: as Settings::replicas.
[[nodiscard]] std::unique_ptr<Sensor> make_lag_sensor(const Url& primary, const std::string& replicas,
                                                      Millis limit);

} // namespace turntable::mysql
