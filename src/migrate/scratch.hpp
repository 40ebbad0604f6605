#pragma once
// A database in which things are made to be looked at, and nothing else is kept.

#include <filesystem>
#include <string>
#include <vector>

#include "migrate/env.hpp"

namespace turntable::migrate {

// A folder that is gone with its object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::string path() const { return path_.string(); }
    void put(const std::string& name, const std::string& text) const;

  private:
    std::filesystem::path path_;
};

// Throws Error{refused, "not_empty"}.
void refuse_full(const Env& scratch);
// Every migration of the folder, whatever it wants done by hand.
void apply_all(const Env& scratch, const std::string& folder);
// Applied migrations by the texts in a history. Throws Error{refused, "no_text"} for one that has none.
void apply_history(const Env& scratch, const std::vector<HistoryRow>& rows);
// Runs a text of SQL, statement by statement. path: for messages.
void run_text(const Env& scratch, const std::string& text, const std::string& path);
// As it was when it was given: what migrations made of it is gone, and their history.
void start_over(const Env& scratch);
// Drops every object of a user. The database must have been empty before.
void drop_everything(const Env& scratch);

} // namespace turntable::migrate
