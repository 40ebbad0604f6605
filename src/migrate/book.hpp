#pragma once
// A folder and a database opened together: what every call of the api begins with.

#include <memory>
#include <string>
#include <vector>

#include "migrate/directory.hpp"
#include "migrate/env.hpp"
#include "migrate/lineup.hpp"

namespace turntable::migrate {

// Reads only: the history may not exist yet.
class Book {
  public:
    Book(const Env& env, const std::string& folder);

    [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
    [[nodiscard]] const std::vector<MigrationFile>& files() const { return files_; }
    [[nodiscard]] Session& session() { return *session_; }
    // Reads the history again; pointers of lines() taken before are dead.
    void read();

  private:
    Store store_;
    std::vector<MigrationFile> files_;
    std::unique_ptr<Session> session_;
    std::vector<HistoryRow> rows_;
    std::vector<Line> lines_;
};

// A session, the history made if it was not there, and the lease.
struct Work {
    Work(const Env& env, const std::string& purpose);

    std::unique_ptr<Session> waiting; // until the lease is ours
    Store store;
    std::unique_ptr<Lease> lease;
    std::unique_ptr<Session> session;
};

} // namespace turntable::migrate
