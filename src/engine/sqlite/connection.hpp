#pragma once
// One open database file: prepares, binds, steps, and reads rows in their faithful text form. It knows no
// locking policy and no pinned setting; session.hpp adds them. Also opens the in-memory database of the
// rehearsal.

#include <memory>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "turntable/statement.hpp"

namespace turntable::sqlite {

class Connection {
  public:
    // Opens an existing file for reading and writing (a file without write permission opens read-only).
    // Throws DatabaseError{connect_failed}.
    [[nodiscard]] static Connection open_file(const std::string& path);
    [[nodiscard]] static Connection open_memory();

    // Runs exactly one statement. Throws DatabaseError.
    ResultSet run(const std::string& sql, const std::vector<Value>& arguments = {});

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
    void close() noexcept { handle_.reset(); }

  private:
    struct Closer {
        void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
    };
    explicit Connection(sqlite3* handle) : handle_(handle) {}
    static Connection open(const std::string& path, int flags);

    std::unique_ptr<sqlite3, Closer> handle_;
};

// The shortest decimal that reads back as the same double, always recognisable as a real ("1.0", "1e+300").
[[nodiscard]] std::string shortest(double value);

} // namespace turntable::sqlite
