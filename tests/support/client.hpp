#pragma once
// A plain connection to a database, as an application has one. It shares no code with the engines under test.

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace turntable::test {

enum class Flavor { sqlite, postgres, mariadb, mysql };
[[nodiscard]] std::string to_string(Flavor flavor);
[[nodiscard]] inline bool is_mysql_like(Flavor flavor) {
    return flavor == Flavor::mariadb || flavor == Flavor::mysql;
}

// A value in the server's own text. SQLite, where a value carries its own type, is written "i:5", "r:0.1",
// "t:abc", "b:00ff" by Client::images and without the prefix by Client::query. nullopt is NULL.
using Image = std::optional<std::string>;

struct Answer {
    std::vector<std::string> columns;
    std::vector<std::vector<Image>> rows;
    std::int64_t affected = 0;
};

class ClientError : public std::runtime_error {
  public:
    // code: SQLSTATE, error number or SQLite's extended result code.
    ClientError(std::string code, const std::string& message)
        : std::runtime_error("[" + code + "] " + message), code_(std::move(code)) {}
    [[nodiscard]] const std::string& code() const { return code_; }

  private:
    std::string code_;
};

class Client {
  public:
    virtual ~Client() = default;
    // One statement.
    virtual Answer query(const std::string& sql) = 0;
    // As query, values as images.
    virtual Answer images(const std::string& sql) { return query(sql); }
    // The only cell of a result that must have one row and is not NULL.
    [[nodiscard]] std::string cell(const std::string& sql);
    [[nodiscard]] std::int64_t number(const std::string& sql);
};

// url: as the tool takes it. Throws ClientError.
[[nodiscard]] std::unique_ptr<Client> connect(Flavor flavor, const std::string& url);

// One per client library.
[[nodiscard]] std::unique_ptr<Client> connect_sqlite(const std::string& path);
[[nodiscard]] std::unique_ptr<Client> connect_postgres(const std::string& url);
[[nodiscard]] std::unique_ptr<Client> connect_mysql(const std::string& url);

} // namespace turntable::test
