#include "connection_string.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// URL option -> libpq keyword. `socket` is handled apart: libpq takes a directory as the host.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> options{{
    {"sslmode", "sslmode"},
    {"ssl_ca", "sslrootcert"},
    {"sslrootcert", "sslrootcert"},
    {"ssl_cert", "sslcert"},
    {"sslcert", "sslcert"},
    {"ssl_key", "sslkey"},
    {"sslkey", "sslkey"},
    {"channel_binding", "channel_binding"},
    {"connect_timeout", "connect_timeout"},
    {"passfile", "passfile"},
    {"service", "service"},
    {"gssencmode", "gssencmode"},
}};

std::string quoted(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + "'";
}

void append(std::string& out, std::string_view key, std::string_view value) {
    out += out.empty() ? "" : " ";
    out += key;
    out += "=" + quoted(value);
}

// A socket may be given as its directory or as the file itself (/run/postgresql/.s.PGSQL.5432).
void append_socket(std::string& out, std::string_view socket, int port) {
    constexpr std::string_view file = "/.s.PGSQL.";
    if (const auto at = socket.find(file); at != std::string_view::npos) {
        append(out, "host", socket.substr(0, at));
        append(out, "port", socket.substr(at + file.size()));
        return;
    }
    append(out, "host", socket);
    if (port != 0) {
        append(out, "port", std::to_string(port));
    }
}

void append_option(std::string& out, const std::string& key, const std::string& value) {
    for (const auto& [name, keyword] : options) {
        if (name == key) {
            append(out, keyword, value);
            return;
        }
    }
    throw Error{ErrorKind::usage, "unknown_url_option", "a PostgreSQL URL has no option '" + key + "'"}.next(
        "known are socket, sslmode, ssl_ca, ssl_cert, ssl_key, channel_binding, connect_timeout, passfile, "
        "service");
}

} // namespace

std::string connection_string(const Url& url, const std::string& application_name) {
    std::string out;
    if (const auto socket = url.options.find("socket"); socket != url.options.end()) {
        append_socket(out, socket->second, url.port);
    } else {
        if (!url.host.empty()) {
            append(out, "host", url.host);
        }
        if (url.port != 0) {
            append(out, "port", std::to_string(url.port));
        }
    }
    if (!url.user.empty()) {
        append(out, "user", url.user);
    }
    if (url.password) {
        append(out, "password", *url.password);
    }
    if (!url.database.empty()) {
        append(out, "dbname", url.database);
    }
    for (const auto& [key, value] : url.options) {
        if (key != "socket") {
            append_option(out, key, value);
        }
    }
    if (!url.options.contains("connect_timeout")) {
        append(out, "connect_timeout", "15");
    }
    append(out, "application_name", application_name);
    append(out, "client_encoding", "UTF8");
    // A peer that vanished without a word is noticed within about a minute, not after the kernel's two hours.
    append(out, "keepalives_idle", "20");
    append(out, "keepalives_interval", "10");
    append(out, "keepalives_count", "4");
    append(out, "tcp_user_timeout", "60000");
    return out;
}

} // namespace turntable::postgresql
