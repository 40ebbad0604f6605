#pragma once
// Passwords: where one stands in a command line, and when a server wants one.

#include <span>
#include <string_view>
#include <vector>

#include "turntable/error.hpp"

namespace turntable::cli {

// The parts of a word that holds a URL (URL, --url=URL) that are a password, as it is written: user:PASSWORD@
// and ?password=PASSWORD. Views into `word`; none where there is no scheme://.
[[nodiscard]] std::vector<std::string_view> passwords_in(std::string_view word);

enum class Overwritten { nothing, a_password };
// Overwrites the passwords of URLs in the arguments of the process, where other users of the host can read
// them for as long as it runs. Call it after the arguments were copied.
Overwritten overwrite_passwords(std::span<char*> argv);

// The server refused to let us in for want of a (right) password.
[[nodiscard]] bool wants_password(const DatabaseError& error);

} // namespace turntable::cli
