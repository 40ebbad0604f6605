#pragma once
// Names of the helper objects of a change. Metadata locks are taken in the byte order of names, and the
// swap's RENAME must wait on the original first: every helper name sorts after the table's name. Names have
// at most 64 characters.

#include <string>

namespace turntable::mysql {

struct HelperNames {
    std::string shadow, log, reverse_log, old, scratch; // scratch: the empty clone that planning learns from
};

// number: from 1 to 9; another one than 1 while a reverted job's tables still wait for their finalize.
[[nodiscard]] HelperNames helper_names(const std::string& table, int number = 1);
// Trigger names, unique in the schema like table names. event: "ins", "upd", "del".
[[nodiscard]] std::string trigger_name(const std::string& log_table, const std::string& event);
// Characters (not bytes) of a UTF-8 text.
[[nodiscard]] std::size_t characters(const std::string& text);

inline constexpr std::size_t name_characters_max = 64;

} // namespace turntable::mysql
