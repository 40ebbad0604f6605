#include "cli/password.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>

namespace turntable::cli {
std::vector<std::string_view> passwords_in(std::string_view word) {
    std::vector<std::string_view> found;
    const auto scheme = word.find("://");
    if (scheme == std::string_view::npos) {
        return found;
    }
    const auto query = std::min(word.find('?', scheme), word.size());
    const auto begin = scheme + 3;
    const auto authority = word.substr(begin, std::min(word.find('/', begin), query) - begin);
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':');
    if (at != std::string_view::npos && colon < at) {
        found.push_back(authority.substr(colon + 1, at - colon - 1));
    }
    constexpr std::string_view key = "password=";
    for (auto pair_begin = query + 1; pair_begin < word.size();) {
        const auto pair =
            word.substr(pair_begin, std::min(word.find('&', pair_begin), word.size()) - pair_begin);
        if (pair.starts_with(key)) {
            found.push_back(pair.substr(key.size()));
        }
        pair_begin += pair.size() + 1;
    }
    std::erase_if(found, [](std::string_view password) { return password.empty(); });
    return found;
}

Overwritten overwrite_passwords(std::span<char*> argv) {
    auto result = Overwritten::nothing;
    for (char* const word : argv) {
        for (const std::string_view password : passwords_in(word)) {
            std::fill_n(word + (password.data() - word), password.size(), '*');
            result = Overwritten::a_password;
        }
    }
    return result;
}

bool wants_password(const DatabaseError& error) {
    if (error.kind() != DatabaseErrorKind::connect_failed) {
        return false;
    }
    // Every client library says so in words; not all give a code (PostgreSQL's does not when it had none to
    // send).
    std::string message = error.what();
    std::transform(message.begin(), message.end(), message.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return message.find("password") != std::string::npos;
}

} // namespace turntable::cli
