#pragma once
// The triggers that write the key of every changed row into a log, and the log itself. Any process fires
// them, under its own settings, so they use plain SQL only.
//
// recursive_triggers is off by default and decided by each connection: a row that REPLACE evicts through a
// UNIQUE index other than the key then fires no trigger. So for each such index, BEFORE triggers also log the
// keys of the other rows that are equal on it. The log has no constraint but its row id, because the conflict
// clause of the application's statement overrides any in a trigger.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::string create_log(const std::string& log, std::size_t key_columns);

struct CaptureNames {
    std::string prefix; // of the triggers' names
    std::string log;
};
[[nodiscard]] std::vector<NamedSql> capture_triggers(const Table& table, const std::vector<std::string>& key,
                                                     const CaptureNames& names);
// The last object of a capture, on its log, where it never fires and nobody who drops the triggers of a table
// finds it. See capture_state.hpp.
[[nodiscard]] NamedSql capture_end(const CaptureNames& names);

} // namespace turntable::sqlite
