#pragma once
// Planning against a scratch database, and independent looks at its catalogue.

#include <optional>
#include <string>
#include <vector>

#include "detail.hpp"
#include "runtime_database.hpp"
#include "turntable/error.hpp"

namespace turntable::test {

// Plans a change of one table; the table's name may carry its schema ("app.payments").
class Planned {
  public:
    explicit Planned(ScratchDatabase& database, const std::string& user = {});

    Session& session() { return *session_; }
    // Statements of the application, each on its own.
    void run(const std::vector<std::string>& statements);
    Blueprint plan(const std::string& table, std::vector<std::string> clauses);
    Blueprint plan(const ChangeRequest& request);
    // The code and the message of the Error that planning throws; nullopt if it throws none.
    std::optional<Error> refusal(const std::string& table, std::vector<std::string> clauses);
    std::optional<Error> refusal(const ChangeRequest& request);

    Settings settings;

  private:
    ScratchDatabase& database_;
    std::unique_ptr<Session> session_, application_;
};

// Shadow changes: makes the shadow, copies every row with one statement, builds indexes and swaps; no writer
// is there.
void carry_out(Session& session, const Blueprint& blueprint);
void carry_back(Session& session, const Blueprint& blueprint);
// Native changes: every step, each of which must be undone before and done after it ran.
void carry_out_native(Engine& engine, Session& session, const Blueprint& blueprint);

// Every object of the database that is not the server's own, with its OID: equal if nothing was left behind.
std::string all_objects(Session& session);
// The definition of a table as lines of text, by a query of its own; without OIDs.
std::string definition(Session& session, const std::string& schema, const std::string& table);
// Lines that are in one text only, with - and +.
std::string difference(const std::string& before, const std::string& after);

} // namespace turntable::test
