// Where the journal lives: schema "turntable" of the target database.
#include <chrono>
#include <thread>

#include "parts.hpp"

namespace turntable::postgresql {
namespace {

// CREATE SCHEMA IF NOT EXISTS asks for the right to create even where the schema is there already: a DBA may
// have made it for a role that has no such right.
constexpr std::string_view create_schema = R"(DO $turntable$
BEGIN
    IF pg_catalog.to_regnamespace('turntable') IS NULL THEN
        CREATE SCHEMA turntable;
    END IF;
EXCEPTION WHEN duplicate_schema OR unique_violation THEN
    NULL; -- another session was quicker
END
$turntable$)";

constexpr std::string_view orphans = R"(FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
  AND pg_catalog.starts_with(application_name, $1)
  AND pg_catalog.split_part(application_name, ' worker ', 2) <> pg_catalog.split_part($2, ' worker ', 2)
  AND ($3::bigint = 0 OR state <> 'idle'))";

class PostgresqlJournal final : public JournalDialect {
  public:
    explicit PostgresqlJournal(const std::string& own_sessions) : own_sessions_(own_sessions) {}

    [[nodiscard]] std::string table(std::string_view name) const override {
        return "turntable." + std::string{name};
    }
    [[nodiscard]] std::string_view integer_type() const override { return "bigint"; }
    [[nodiscard]] std::string_view text_type() const override { return "text"; }
    [[nodiscard]] std::string_view key_text_type() const override { return "text COLLATE \"C\""; }
    [[nodiscard]] std::vector<std::string> prologue() const override { return {std::string{create_schema}}; }
    [[nodiscard]] std::string table_options() const override { return {}; }
    [[nodiscard]] std::string_view share_lock() const override { return " FOR SHARE"; }
    [[nodiscard]] bool exists(Session& session) const override {
        return session.run("SELECT pg_catalog.to_regclass('turntable.job') IS NOT NULL").only() == "t";
    }

    // Those of this process are none, whatever they were named for. Waits until they are gone: a backend ends
    // at its next check for interrupts, and its locks with it. In the pool of a pooler an idle one is
    // nobody's, and the next one to get it is somebody else.
    void end_orphans(Session& session, const std::string& job) const override {
        const std::vector<Value> whom{"turntable " + job + " worker ", own_sessions_,
                                      std::int64_t{session.pooled() ? 1 : 0}};
        session.run("SELECT pg_catalog.pg_terminate_backend(pid) " + std::string{orphans}, whom);
        constexpr int looks_max = 100;
        for (int look = 0; look < looks_max; ++look) {
            if (session.run("SELECT count(*) " + std::string{orphans}, whom).only_integer() == 0) {
                return;
            }
            std::this_thread::sleep_for(Millis{50});
        }
        throw Error{ErrorKind::busy, "orphans_alive",
                    "sessions of the job's earlier owner do not end: they hold its locks"}
            .next("look for them in pg_stat_activity by application_name 'turntable " + job + " worker …'");
    }

  private:
    const std::string& own_sessions_; // of the engine, which outlives its parts
};

} // namespace

std::unique_ptr<JournalDialect> make_journal_dialect(const std::string& own_sessions) {
    return std::make_unique<PostgresqlJournal>(own_sessions);
}

} // namespace turntable::postgresql
