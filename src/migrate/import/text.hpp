#pragma once
// Small readers that the folders of all tools share.

#include <string>
#include <string_view>
#include <vector>

#include "turntable/error.hpp"

namespace turntable::migrate {

// Files below a folder, by their paths. Throws Error{usage, "no_folder"}.
[[nodiscard]] std::vector<std::string> files_below(const std::string& folder);
[[nodiscard]] std::string base_name(const std::string& path);
// With LF and without a byte order mark.
[[nodiscard]] std::vector<std::string> lines_of_file(const std::string& path);
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string lower_case(std::string_view text);
// The whole line begins or ends the tool's own transaction: `BEGIN;`, `COMMIT;`.
[[nodiscard]] bool is_transaction_line(std::string_view line);
// Error{refused, "not_imported"}.
[[nodiscard]] Error not_imported(const std::string& file, const std::string& why);
// "20240101120000_create_users.sql" -> {"20240101120000", "create_users"}; {"", ""} if it has not that form.
struct NumberedName {
    std::string number, name;
};
[[nodiscard]] NumberedName numbered_name(const std::string& file, std::string_view ending);

} // namespace turntable::migrate
