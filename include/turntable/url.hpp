#pragma once
// Where a database is. `scheme://user:password@host:port/database?key=value`, `sqlite:///absolute`,
// `sqlite:relative`.

#include <map>
#include <optional>
#include <string>

namespace turntable {

struct Url {
    std::string scheme; // as written, lower case: postgresql, postgres, mysql, mariadb, sqlite
    std::string user;
    std::optional<std::string> password;
    std::string host;
    int port = 0;                               // 0: the engine's default
    std::string database;                       // SQLite: the path
    std::map<std::string, std::string> options; // socket, sslmode, ssl_ca, …

    // Percent-decodes. Throws Error{usage, "bad_url"}; the message never contains the password.
    [[nodiscard]] static Url parse(const std::string& text);
    // For logs, errors and plans: without the password.
    [[nodiscard]] std::string redacted() const;
};

} // namespace turntable
