#include "turntable/url.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "turntable/error.hpp"

namespace turntable {
namespace {

Error bad_url(const std::string& why) {
    Error error{ErrorKind::usage, "bad_url", "the database URL is not usable: " + why};
    error.next(
        "write it as scheme://user@host:port/database, sqlite:///absolute/path.db or sqlite:relative.db");
    return error;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            throw bad_url("a % is not followed by two hexadecimal digits");
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::map<std::string, std::string> parse_options(std::string_view query) {
    std::map<std::string, std::string> options;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            throw bad_url("an option after ? is not of the form key=value");
        }
        options[percent_decoded(pair.substr(0, equals))] = percent_decoded(pair.substr(equals + 1));
    }
    return options;
}

void parse_host(std::string_view text, Url& url) {
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) {
            throw bad_url("an IPv6 host lacks its closing bracket");
        }
        url.host = std::string{text.substr(1, close - 1)};
        port = text.substr(close + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        url.host = percent_decoded(text.substr(0, colon));
        port = text.substr(colon);
    }
    if (port.empty()) {
        return;
    }
    port.remove_prefix(1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || url.port < 1 ||
        url.port > 65535) {
        throw bad_url("the port is not a number from 1 to 65535");
    }
}

void parse_authority(std::string_view text, Url& url) {
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        const std::string_view user = text.substr(0, at);
        const auto colon = user.find(':');
        url.user = percent_decoded(user.substr(0, colon));
        if (colon != std::string_view::npos) {
            url.password = percent_decoded(user.substr(colon + 1));
        }
        text.remove_prefix(at + 1);
    }
    parse_host(text, url);
}

} // namespace

Url Url::parse(const std::string& text) {
    Url url;
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) {
        throw bad_url("it has no scheme");
    }
    url.scheme = text.substr(0, colon);
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string_view rest = std::string_view{text}.substr(colon + 1);
    if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
        url.options = parse_options(rest.substr(mark + 1));
        rest = rest.substr(0, mark);
    }
    if (!rest.starts_with("//")) {
        url.database = percent_decoded(rest);
    } else {
        rest.remove_prefix(2);
        const auto slash = std::min(rest.find('/'), rest.size());
        parse_authority(rest.substr(0, slash), url);
        const bool is_path = url.scheme == "sqlite";
        url.database = percent_decoded(rest.substr(std::min(slash + (is_path ? 0 : 1), rest.size())));
    }
    if (url.database.empty() && url.scheme == "sqlite") {
        throw bad_url("it names no database file");
    }
    return url;
}

std::string Url::redacted() const {
    if (scheme == "sqlite") {
        return "sqlite:" + database;
    }
    std::string out = scheme + "://";
    if (!user.empty()) {
        out += user + (password ? ":***@" : "@");
    }
    const bool bracketed = host.find(':') != std::string::npos;
    out += bracketed ? "[" + host + "]" : host;
    if (port != 0) {
        out += ":" + std::to_string(port);
    }
    return out + "/" + database;
}

} // namespace turntable
