// The PostgreSQL engine: a URL, session names, and the parts.
#include <atomic>
#include <random>

#include <fmt/core.h>

#include "connection_string.hpp"
#include "parts.hpp"
#include "pqxx_session.hpp"
#include "turntable/engines.hpp"

namespace turntable {
namespace postgresql {
namespace {

constexpr EngineTraits postgresql_traits{
    .name = "postgresql",
    .chunk_time = Millis{500},
    .single_writer = false,
    .first_chunk_rows = 20'000,
    .replay_batch_keys = 10'000,
};

// Sessions of one process carry the same mark, so that a takeover can tell its own from those of a dead
// owner.
std::string process_mark() {
    std::random_device source;
    return fmt::format("{:08x}", source());
}

class PostgresqlEngine final : public Engine {
  public:
    explicit PostgresqlEngine(Url url) : url_(std::move(url)) {}

    std::unique_ptr<Session> open(SessionUse use) override {
        return open_session(connection_string(url_, session_name_), use, pooled_);
    }
    [[nodiscard]] const EngineTraits& traits() const override { return postgresql_traits; }
    void name_sessions(const std::string& job) override {
        session_name_ = fmt::format("turntable {} worker {}", job, mark_);
    }
    void check_server(Session& session) const override { postgresql::check_server(session); }

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
    [[nodiscard]] std::vector<std::unique_ptr<Sensor>> sensors(const Settings& settings) const override {
        return make_sensors(settings);
    }

  private:
    Url url_;
    std::atomic<bool> pooled_ = false;
    std::string mark_ = process_mark();
    std::string session_name_ = "turntable " + mark_;
    std::unique_ptr<JournalDialect> journal_ = make_journal_dialect(session_name_);
    std::unique_ptr<Planner> planner_ = make_planner();
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
} // namespace postgresql

std::unique_ptr<Engine> make_postgresql_engine(const Url& url); // declared by the generated list of engines
std::unique_ptr<Engine> make_postgresql_engine(const Url& url) {
    return std::make_unique<postgresql::PostgresqlEngine>(url);
}

} // namespace turntable
