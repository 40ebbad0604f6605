#pragma once
// The sensors that every engine has: a user's query and a flag file. One sensor, one file: sensor_*.cpp.

#include <memory>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::run {

// First cell > 0 (or true) holds the work.
[[nodiscard]] std::unique_ptr<Sensor> make_query_sensor(const std::string& sql);
// Throws Error{usage,"bad_throttle_query"} where the database does not understand it: held back by a spelling
// mistake, a job would wait for ever.
void check_throttle_query(Engine& engine, const std::string& sql);
// Holds the work while the file exists.
[[nodiscard]] std::unique_ptr<Sensor> make_file_sensor(const std::string& path);

// All sensors these settings ask for: the engine's and the common ones.
[[nodiscard]] std::vector<std::unique_ptr<Sensor>> all_sensors(const Engine& engine,
                                                               const Settings& settings);

} // namespace turntable::run
