// The SQLite engine: one file, opened by this process beside the application's.
#include "turntable/engine.hpp"

#include "backup.hpp"
#include "parts.hpp"
#include "session.hpp"
#include "turntable/url.hpp"
#include "wal_sensor.hpp"

namespace turntable {
namespace sqlite {
namespace {

// STRICT tables, pragma_table_xinfo as a function and sqlite3_changes64 are there from this release on.
constexpr int oldest_library = 3037000;

class SqliteEngine final : public Engine {
  public:
    explicit SqliteEngine(const Url& url) : path_(url.database), planner_(make_planner(path_)) {}

    [[nodiscard]] std::unique_ptr<Session> open(SessionUse use) override {
        return std::make_unique<SqliteSession>(path_, use);
    }
    [[nodiscard]] const EngineTraits& traits() const override { return traits_; }
    void name_sessions(const std::string&) override {} // a file has no sessions to name
    void backup(const std::string& path) const override { sqlite::backup(path_, path); }

    void check_server(Session& session) const override {
        if (sqlite3_libversion_number() < oldest_library) {
            throw Error{ErrorKind::refused, "unsupported_version",
                        std::string{"SQLite "} + sqlite3_libversion() + " is older than 3.37"};
        }
        // A write that changes nothing tells apart what flags and file modes do not.
        try {
            Transaction transaction{session, TxMode::write};
            transaction.commit();
        } catch (const DatabaseError& error) {
            if (error.kind() == DatabaseErrorKind::read_only) {
                throw Error{ErrorKind::refused, "read_only", "the database file " + path_ + " is read-only"};
            }
            if (error.kind() != DatabaseErrorKind::transient) {
                throw;
            }
        }
    }

    [[nodiscard]] const JournalDialect& journal() const override { return *journal_; }
    [[nodiscard]] const Planner& planner() const override { return *planner_; }
    [[nodiscard]] const Prober& prober() const override { return *prober_; }
    [[nodiscard]] const Preparer& preparer() const override { return *preparer_; }
    [[nodiscard]] const Copier& copier() const override { return *copier_; }
    [[nodiscard]] const Indexer& indexer() const override { return *indexer_; }
    [[nodiscard]] const Replayer& replayer() const override { return *replayer_; }
    [[nodiscard]] const Verifier& verifier() const override { return *verifier_; }
    [[nodiscard]] const Swapper& swapper() const override { return *swapper_; }
    [[nodiscard]] const Retirer& retirer() const override { return *retirer_; }
    [[nodiscard]] const NativeRunner& native() const override { return *native_; }
    [[nodiscard]] const SchemaDialect& schema() const override { return *schema_; }

    [[nodiscard]] std::vector<std::unique_ptr<Sensor>> sensors(const Settings&) const override {
        std::vector<std::unique_ptr<Sensor>> out;
        out.push_back(make_wal_sensor());
        return out;
    }

  private:
    std::string path_;
    EngineTraits traits_{"sqlite", Millis{50}, true, 2000, 5000, true};
    std::unique_ptr<JournalDialect> journal_ = make_journal_dialect();
    std::unique_ptr<Planner> planner_;
    std::unique_ptr<Prober> prober_ = make_prober();
    std::unique_ptr<Preparer> preparer_ = make_preparer();
    std::unique_ptr<Copier> copier_ = make_copier();
    std::unique_ptr<Indexer> indexer_ = make_indexer();
    std::unique_ptr<Replayer> replayer_ = make_replayer();
    std::unique_ptr<Verifier> verifier_ = make_verifier();
    std::unique_ptr<Swapper> swapper_ = make_swapper();
    std::unique_ptr<Retirer> retirer_ = make_retirer();
    std::unique_ptr<NativeRunner> native_ = make_native_runner();
    std::unique_ptr<SchemaDialect> schema_ = make_schema_dialect();
};

} // namespace
} // namespace sqlite

std::unique_ptr<Engine> make_sqlite_engine(const Url& url) {
    return std::make_unique<sqlite::SqliteEngine>(url);
}

} // namespace turntable
