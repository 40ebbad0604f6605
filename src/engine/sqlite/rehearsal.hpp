#pragma once
// The change tried out on an empty copy of the schema in memory: SQLite itself judges the definitions that
// the planner writes, renames columns wherever they are used, and compiles every view and trigger against the
// new table.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "connection.hpp"

namespace turntable::sqlite {

class Rehearsal {
  public:
    // Builds the schema. What this program cannot build (another module, collation or function) is left out.
    explicit Rehearsal(const std::vector<Object>& objects);

    ResultSet run(const std::string& sql) { return connection_.run(sql); }
    [[nodiscard]] Query query();
    [[nodiscard]] bool built(const std::string& type, const std::string& name) const;
    // What is wrong with an object that could not be built.
    [[nodiscard]] std::string why_not_built(const std::string& type, const std::string& name) const;

    // Views, triggers and child tables that do not compile, with SQLite's message.
    struct Broken {
        std::string object, message;
        bool operator==(const Broken&) const = default;
    };
    [[nodiscard]] std::vector<Broken> broken();

    // Drops the table with its indexes and triggers and builds it again by these texts. Throws Error{usage,
    // "bad_definition"} with SQLite's message.
    void replace_table(const std::string& name, const std::vector<std::string>& definitions);

  private:
    void try_build(const Object& object);
    void try_compile(std::vector<Broken>& out, const std::string& object, const std::string& sql);

    Connection connection_;
    std::vector<Object> objects_;
    std::vector<Broken> missing_;
};

} // namespace turntable::sqlite
