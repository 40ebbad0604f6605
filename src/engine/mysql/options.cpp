#include "options.hpp"

#include <charconv>

#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

Error bad_option(const std::string& text) {
    return Error{ErrorKind::usage, "bad_url", text};
}

Tls tls_mode(const std::string& value) {
    if (value == "disable" || value == "disabled") {
        return Tls::off;
    }
    if (value == "require" || value == "required") {
        return Tls::required;
    }
    if (value == "verify-full" || value == "verify_identity") {
        return Tls::verified;
    }
    throw bad_option("sslmode is '" + value + "'; this engine knows disable, require and verify-full");
}

int positive_number(const std::string& key, const std::string& value) {
    int number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size() || number < 1) {
        throw bad_option(key + " is '" + value + "', not a positive number");
    }
    return number;
}

void set_option(ConnectionOptions& options, const std::string& key, const std::string& value) {
    if (key == "socket") {
        options.socket = value;
    } else if (key == "sslmode") {
        options.tls = tls_mode(value);
    } else if (key == "ssl_ca") {
        options.ssl_ca = value;
    } else if (key == "ssl_cert") {
        options.ssl_cert = value;
    } else if (key == "ssl_key") {
        options.ssl_key = value;
    } else if (key == "connect_timeout") {
        options.connect_timeout_s = positive_number(key, value);
    } else {
        throw bad_option("the URL option '" + key +
                         "' is unknown to this engine (known: socket, sslmode, ssl_ca, "
                         "ssl_cert, ssl_key, connect_timeout)");
    }
}

} // namespace

ConnectionOptions connection_options(const Url& url) {
    ConnectionOptions options;
    options.host = url.host.empty() ? "127.0.0.1" : url.host;
    options.port = url.port == 0 ? 3306 : url.port;
    options.user = url.user;
    options.password = url.password.value_or("");
    options.database = url.database;
    for (const auto& [key, value] : url.options) {
        set_option(options, key, value);
    }
    if (options.database.empty()) {
        throw bad_option("the URL names no database");
    }
    if (options.ssl_cert.empty() != options.ssl_key.empty()) {
        throw bad_option("ssl_cert and ssl_key must be given together");
    }
    if (!options.ssl_ca.empty() && !url.options.contains("sslmode")) {
        options.tls = Tls::verified;
    }
    if (options.tls == Tls::verified && options.ssl_ca.empty()) {
        throw bad_option("sslmode=verify-full needs ssl_ca, the file of the authority's certificate");
    }
    return options;
}

} // namespace turntable::mysql
