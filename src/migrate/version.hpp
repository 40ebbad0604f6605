#pragma once
// Names of migrations: `YYYYMMDDHHMMSS_slug`, the version and words for people. Versions sort by time and by
// text alike.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace turntable::migrate {

enum class FileKind { toml, sql };

struct FileName {
    std::string version; // fourteen digits, a real point in time
    std::string slug;    // lower case letters, digits and underscores
    FileKind kind = FileKind::toml;
};

// Throws Error{usage, "bad_migration_name"} for a name that has the ending of a migration and not its form;
// nullopt for files that are none (other endings).
[[nodiscard]] std::optional<FileName> parse_file_name(std::string_view name);

// A version may be given by its beginning, but not by less of it.
inline constexpr std::size_t version_prefix_min = 4;

// Fourteen digits that are a date and a time.
[[nodiscard]] bool is_version(std::string_view text);
[[nodiscard]] std::string version_at(std::chrono::system_clock::time_point time);

// "Add e-mail to users" -> "add_e_mail_to_users". Throws Error{usage, "bad_description"} if nothing is left.
[[nodiscard]] std::string slug_of(std::string_view description);

} // namespace turntable::migrate
