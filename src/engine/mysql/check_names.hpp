#pragma once
// MySQL names CHECK constraints per schema, so CREATE TABLE … LIKE makes up new names (TABLE_chk_1, …) for
// those of the copy. Clauses that name one of the source's are rewritten for the copy.

#include <map>
#include <string>

namespace turntable::mysql {

// name on the source -> name on its copy, by the constraints' texts in SHOW CREATE TABLE of both. Empty where
// the names are the same (MariaDB).
[[nodiscard]] std::map<std::string, std::string> check_names(const std::string& source_create,
                                                             const std::string& copy_create);
// The clause list with the names after DROP and ALTER CHECK or CONSTRAINT exchanged.
[[nodiscard]] std::string with_check_names(const std::string& list,
                                           const std::map<std::string, std::string>& names);
// The names of another copy of the same source: those made up carry its name instead of the first one's.
[[nodiscard]] std::map<std::string, std::string> for_copy(std::map<std::string, std::string> names,
                                                          const std::string& from, const std::string& to);
// The longest tail ("_chk_12") of a made-up name in the text of a table of that name; 0 without one.
[[nodiscard]] std::size_t longest_made_up_tail(const std::string& create, const std::string& table);

} // namespace turntable::mysql
