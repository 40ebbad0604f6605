#pragma once
// URL -> libpq connection string. What the URL leaves out comes from libpq itself: PG* variables, .pgpass,
// defaults.

#include <string>

#include "turntable/url.hpp"

namespace turntable::postgresql {

// Throws Error{usage, "unknown_url_option"} for an option that PostgreSQL connections do not take.
[[nodiscard]] std::string connection_string(const Url& url, const std::string& application_name);

} // namespace turntable::postgresql
