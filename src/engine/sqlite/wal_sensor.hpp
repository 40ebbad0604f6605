#pragma once
// How much of the write-ahead log is not in the database file yet. While readers keep it from being
// checkpointed, a copy would let it grow by gigabytes.

#include <memory>

#include "turntable/sensor.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::unique_ptr<Sensor> make_wal_sensor();

} // namespace turntable::sqlite
