#pragma once
// An empty table of the same name as another, in a schema of its own, with everything that hangs on it.
// Foreign keys reference stand-ins, since a real reference would lock the referenced table.

#include <map>
#include <string>
#include <vector>

#include "plan/read_table.hpp"
#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

class Clone {
  public:
    // Makes it. model: a table as read from the catalogue.
    Clone(Session& session, const Table& model, const RehearsalPlace& place);

    // quoted, qualified.
    [[nodiscard]] const std::string& sql() const { return sql_; }
    [[nodiscard]] Oid oid() const { return oid_; }
    // The clone as the catalogue has it now, with the source's owner and shared sequences.
    [[nodiscard]] Table read() const;
    // Attribute numbers and names.
    [[nodiscard]] std::map<Attnum, std::string> names() const;
    // Runs what the user wrote, under the user's search_path. Throws Error{usage | refused} for what the
    // server says.
    void run_users(const std::string& sql, const std::string& about) const;
    // Drops triggers and policies, which hold on to the types of their columns; the statements that make them
    // again.
    [[nodiscard]] std::vector<std::string> take_triggers_and_policies() const;
    // Adds a foreign key written by the user, referencing a stand-in.
    void add_foreign_key(const ForeignKeyClause& key);

  private:
    std::string stand_in(Oid real);

    Session& session_;
    const Table& model_;
    const RehearsalPlace& place_;
    std::string sql_;
    Oid oid_ = 0;
    std::vector<StandIn> stand_ins_;
};

} // namespace turntable::postgresql
