#pragma once
// One raw connection: the only file pair that knows MySQL Connector/C++. Statements are plain text and
// results are read through the text protocol, since prepared results of this connector corrupt doubles, old
// dates and JSON.

#include <memory>
#include <string>

#include "turntable/statement.hpp"
#include "turntable/url.hpp"

namespace turntable::mysql {

// What the server or the client library answered, before it is classified (errors.hpp).
struct NativeError {
    int code = 0;
    std::string sqlstate, message;
};

class Connection {
  public:
    // Throws NativeError.
    explicit Connection(const Url& url);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Runs one statement and reads its whole result. Throws NativeError.
    [[nodiscard]] ResultSet execute(const std::string& sql);

  private:
    struct Library;
    std::unique_ptr<Library> library_;
};

} // namespace turntable::mysql
