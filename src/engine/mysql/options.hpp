#pragma once
// What a URL asks of the connection: host or socket, TLS, timeouts. Unknown options are errors, never
// ignored.

#include <string>

#include "turntable/url.hpp"

namespace turntable::mysql {

enum class Tls {
    off,
    required, // encrypted, the certificate is not looked at
    verified, // encrypted, the certificate must be signed by ssl_ca and carry the host's name
};

struct ConnectionOptions {
    std::string host, socket, user, password, database;
    int port = 3306;
    int connect_timeout_s = 10;
    Tls tls = Tls::off;
    std::string ssl_ca, ssl_cert, ssl_key;
};

// Options: socket, sslmode=disable|require|verify-full, ssl_ca, ssl_cert, ssl_key, connect_timeout (seconds).
// Throws Error{usage, "bad_url"}.
[[nodiscard]] ConnectionOptions connection_options(const Url& url);

} // namespace turntable::mysql
