#pragma once
// The empty clone on which planning learns: which columns and indexes the server makes of the clauses, and
// which algorithm it would use. Nothing is ever tried on the table itself. The clone is dropped at the end of
// its life.

#include <map>
#include <string>
#include <vector>

#include "catalog.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {

class Scratch {
  public:
    // Takes the planning lock of the table. Throws Error{busy} if somebody else is planning the same table.
    Scratch(Session& session, const Table& source, std::string name);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    // A new clone, empty and like the source.
    void renew();
    // ALTER TABLE clone <clauses><suffix>. False if the server refuses this algorithm.
    [[nodiscard]] bool try_alter(const std::string& clauses, const std::string& suffix);
    // As the server does it. Errors are the user's: Error{usage, "alter_refused"} with the server's message.
    void alter(const std::string& clauses);
    // Tries to put a trigger on the clone. Throws what the real one would throw.
    void rehearse_trigger();
    // A second clone, for a foreign key of the first to refer to; in the same database as the first.
    void renew_parent(const std::string& schema, const std::string& table);
    [[nodiscard]] std::string parent_name() const { return name_ + "_p"; }
    // What the clone's CHECK constraints are called; check_names.hpp.
    [[nodiscard]] const std::map<std::string, std::string>& checks() const { return checks_; }
    // What the clone's definition has otherwise than the source's, before any clause; "" if nothing.
    [[nodiscard]] const std::string& lost() const { return lost_; }
    [[nodiscard]] Table read() const;
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    void refuse_rows(const std::string& table);
    // In the source's names: the person knows nothing of the clone's.
    [[nodiscard]] Error refused_by_server(const std::string& clauses, const DatabaseError& error) const;
    void drop() noexcept;

    Session& session_;
    const Table& source_;
    std::string name_, lock_, lost_;
    bool has_parent_ = false;
    std::map<std::string, std::string> checks_;
};

} // namespace turntable::mysql
