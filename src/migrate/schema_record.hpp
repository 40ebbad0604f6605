#pragma once
// What the migrations made of the schema: every object of it as it was when the last migration ended, kept in
// the target beside the history. `drift` compares it with what is there (docs/decisions/043).
//
// A migration records only what changed while it ran. What differed before it began is remembered as a
// difference and stays one: a migration does not make a change by hand its own.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migrate/store.hpp"

namespace turntable::migrate {

using ObjectKey = std::pair<std::string, std::string>; // kind, name
using ObjectTexts = std::map<ObjectKey, std::string>;

[[nodiscard]] ObjectTexts texts_of(const std::vector<SchemaObject>& objects);

class SchemaRecord {
  public:
    SchemaRecord(const Store& store, const Engine& engine) : store_(store), engine_(engine) {}

    // nullopt: nothing is recorded, as in a history that an earlier version of turntable began.
    [[nodiscard]] std::optional<ObjectTexts> read(Session& session) const;

    // Before the first step of a migration: remembers what differs now; the names, for a note. In a
    // transaction of the caller.
    [[nodiscard]] std::vector<std::string> begin(Session& session) const;
    // After its last step, in the transaction that ends it.
    void end(Session& session) const;
    // All of it as it is: what a person said is right. In a transaction of the caller.
    void take(Session& session) const;

  private:
    struct Row {
        std::optional<std::string> body;  // as the migrations made it; nullopt: they did not
        bool held = false;                // it was another one when a migration began
        std::optional<std::string> found; // held: that one; nullopt: it was not there
        bool operator==(const Row&) const = default;
    };
    using Rows = std::map<ObjectKey, Row>;
    [[nodiscard]] std::optional<Rows> rows(Session& session) const;
    void write(Session& session, const Rows& before, const Rows& after) const;
    [[nodiscard]] std::string table() const { return store_.table("migration_schema"); }

    const Store& store_;
    const Engine& engine_;
};

} // namespace turntable::migrate
