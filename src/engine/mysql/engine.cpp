// The engine of both servers: it looks at the server after connecting and says which it is.
#include "turntable/engine.hpp"

#include <atomic>
#include <memory>
#include <mutex>

#include "checks.hpp"
#include "copier.hpp"
#include "indexer.hpp"
#include "journal_dialect.hpp"
#include "native_runner.hpp"
#include "options.hpp"
#include "planner.hpp"
#include "preparer.hpp"
#include "prober.hpp"
#include "replayer.hpp"
#include "retirer.hpp"
#include "schema.hpp"
#include "sensors.hpp"
#include "session.hpp"
#include "swapper.hpp"
#include "turntable/url.hpp"
#include "verifier.hpp"

namespace turntable {
namespace mysql {
namespace {

EngineTraits traits_of(ServerKind kind) {
    // MySQL writes a chunk to its binary log in one piece at the commit, which holds up all others': chunks
    // of 50 ms cost nothing and show less in an application (docs/benchmarks.md).
    const Millis chunk_time{kind == ServerKind::mysql ? 50 : 500};
    return {engine_name(kind), chunk_time, false, 1000, 10'000};
}

// A session that is known to this process as long as it lives.
class RegisteredSession final : public Session {
  public:
    RegisteredSession(std::unique_ptr<MysqlSession> session, std::shared_ptr<SessionRegistry> registry)
        : session_(std::move(session)), registry_(std::move(registry)) {
        registry_->add(session_->server_id());
    }
    ~RegisteredSession() override { registry_->remove(session_->server_id()); }
    RegisteredSession(const RegisteredSession&) = delete;
    RegisteredSession& operator=(const RegisteredSession&) = delete;

    using Session::run;
    ResultSet run(const Statement& statement) override { return session_->run(statement); }
    void begin(TxMode mode) override { session_->begin(mode); }
    void commit() override { session_->commit(); }
    void rollback() noexcept override { session_->rollback(); }
    void cancel() noexcept override { session_->cancel(); }
    [[nodiscard]] bool usable() const noexcept override { return session_->usable(); }
    [[nodiscard]] std::string server_id() const override { return session_->server_id(); }

  private:
    std::unique_ptr<MysqlSession> session_;
    std::shared_ptr<SessionRegistry> registry_;
};

class MysqlEngine final : public Engine {
  public:
    explicit MysqlEngine(Url url)
        : url_(std::move(url)),
          kind_(url_.scheme == "mariadb" ? ServerKind::mariadb : ServerKind::mysql),
          journal_(*registry_) {
        static_cast<void>(connection_options(url_)); // a bad URL is told before anything is tried
    }

    std::unique_ptr<Session> open(SessionUse) override {
        std::string job;
        {
            const std::scoped_lock lock{mutex_};
            job = job_;
        }
        try {
            auto session = std::make_unique<MysqlSession>(url_, job);
            kind_ = session->version().kind;
            return std::make_unique<RegisteredSession>(std::move(session), registry_);
        } catch (const NativeError& error) {
            throw connect_failure(error, url_.redacted(), connection_options(url_).tls);
        }
    }

    [[nodiscard]] const EngineTraits& traits() const override {
        static const EngineTraits mysql_traits = traits_of(ServerKind::mysql);
        static const EngineTraits mariadb_traits = traits_of(ServerKind::mariadb);
        return kind_ == ServerKind::mysql ? mysql_traits : mariadb_traits;
    }
    void name_sessions(const std::string& job) override {
        const std::scoped_lock lock{mutex_};
        job_ = job;
    }
    void check_server(Session& session) const override {
        check_server_fitness(session, server_version(session));
    }

    [[nodiscard]] const JournalDialect& journal() const override { return journal_; }
    [[nodiscard]] const Planner& planner() const override { return planner_; }
    [[nodiscard]] const Prober& prober() const override { return prober_; }
    [[nodiscard]] const Preparer& preparer() const override { return preparer_; }
    [[nodiscard]] const Copier& copier() const override { return copier_; }
    [[nodiscard]] const Indexer& indexer() const override { return indexer_; }
    [[nodiscard]] const Replayer& replayer() const override { return replayer_; }
    [[nodiscard]] const Verifier& verifier() const override { return verifier_; }
    [[nodiscard]] const Swapper& swapper() const override { return swapper_; }
    [[nodiscard]] const Retirer& retirer() const override { return retirer_; }
    [[nodiscard]] const NativeRunner& native() const override { return native_; }
    [[nodiscard]] const SchemaDialect& schema() const override { return schema_; }
    [[nodiscard]] std::vector<std::unique_ptr<Sensor>> sensors(const Settings& settings) const override {
        return make_sensors(url_, settings);
    }

  private:
    Url url_;
    std::mutex mutex_;
    std::string job_;
    std::atomic<ServerKind> kind_;
    std::shared_ptr<SessionRegistry> registry_ = std::make_shared<SessionRegistry>();
    MysqlJournalDialect journal_;
    MysqlPlanner planner_;
    MysqlProber prober_;
    MysqlPreparer preparer_;
    MysqlCopier copier_;
    MysqlIndexer indexer_;
    MysqlReplayer replayer_;
    MysqlVerifier verifier_;
    MysqlSwapper swapper_;
    MysqlRetirer retirer_;
    MysqlNativeRunner native_;
    MysqlSchema schema_;
};

} // namespace
} // namespace mysql

std::unique_ptr<Engine> make_mysql_engine(const Url& url) {
    return std::make_unique<mysql::MysqlEngine>(url);
}

} // namespace turntable
