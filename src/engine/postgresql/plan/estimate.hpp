#pragma once
// How big the table is, how much disk the change takes at its highest, and about how long it takes.

#include <optional>
#include <string>

#include "plan/read_table.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::postgresql {

// For a shadow change. disk_free where the server runs on this machine and its files can be seen.
[[nodiscard]] Estimate estimate_shadow(Session& session, const Table& source);
// For native forms: only new indexes take space and time.
[[nodiscard]] Estimate estimate_native(Session& session, const Table& source, std::size_t new_indexes);

// Free bytes of the file system with this data directory, if it is the directory of a server started then
// (seconds since 1970, as postmaster.pid says); empty where that cannot be told.
[[nodiscard]] std::optional<Bytes> free_bytes(const std::string& data_directory, std::int64_t server_start);

} // namespace turntable::postgresql
