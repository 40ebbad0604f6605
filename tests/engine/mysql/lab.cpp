#include "lab.hpp"

#include <atomic>
#include <cstdio>
#include <random>

namespace turntable::test {
namespace {

std::string fresh_database() {
    static std::atomic<int> number{0};
    std::random_device entropy;
    return "tt_" + std::to_string(entropy() % 1'000'000'000U) + "_" + std::to_string(++number);
}

class Recorder final : public run::Observer {
  public:
    explicit Recorder(std::vector<std::string>& notes) : notes_(notes) {}
    void progress(const run::Progress&) override {}
    void note(const std::string& text) override { notes_.push_back(text); }

  private:
    std::vector<std::string>& notes_;
};

} // namespace

Lab::Lab(const std::string& server_url) : database_(fresh_database()), url_(Url::parse(server_url)) {
    {
        const auto admin = make_engine(url_);
        admin->open(SessionUse::control)->run("CREATE DATABASE " + database_ + " CHARACTER SET utf8mb4");
    }
    url_.database = database_;
    engine_ = make_engine(url_);
    session_ = engine_->open(SessionUse::control);
}

Lab::~Lab() {
    try {
        session_ = engine_->open(SessionUse::control);
        session_->run("DROP DATABASE " + database_);
    } catch (const std::exception& error) {
        std::printf("the database %s stays: %s\n", database_.c_str(), error.what());
    }
}

bool Lab::mariadb() const {
    return engine_->traits().name == "mariadb";
}

bool Lab::has_table(const std::string& name) {
    return session_
               ->run("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
                     "TABLE_NAME = ?",
                     {name})
               .only_integer() == 1;
}

std::string Lab::objects() {
    const ResultSet found = session_->run("SELECT TABLE_NAME FROM information_schema.TABLES WHERE "
                                          "TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE "
                                          "'\\_turntable%' UNION ALL SELECT CONCAT('trigger ', TRIGGER_NAME) "
                                          "FROM information_schema.TRIGGERS WHERE "
                                          "TRIGGER_SCHEMA = DATABASE() ORDER BY 1");
    std::string out;
    for (const auto& row : found.rows) {
        out += (out.empty() ? "" : ", ") + row[0].value_or("");
    }
    return out;
}

Blueprint Lab::plan(const ChangeRequest& request, const Settings& settings) {
    return run::plan_change(*engine_, request, settings);
}

run::Outcome Lab::execute(Blueprint blueprint, const Settings& settings) {
    Recorder recorder{notes_};
    const run::Context context{*engine_, recorder, [] { return false; }, real_clock()};
    return run::execute(context, std::move(blueprint), settings);
}

run::Outcome Lab::alter(const ChangeRequest& request, const Settings& settings) {
    return execute(plan(request, settings), settings);
}

run::Outcome Lab::revert(const std::string& job) {
    Recorder recorder{notes_};
    return run::revert({*engine_, recorder, [] { return false; }, real_clock()}, job);
}

run::Outcome Lab::finalize(const std::string& job) {
    Recorder recorder{notes_};
    return run::finalize({*engine_, recorder, [] { return false; }, real_clock()}, job);
}

Writers::Writers(Lab& lab, int count, Step step) {
    for (int i = 0; i < count; ++i) {
        threads_.emplace_back([this, &lab, i, step] { work(lab, static_cast<unsigned>(i), step); });
    }
}

Writers::~Writers() {
    stop();
}

void Writers::stop() {
    stopped_ = true;
    for (std::jthread& thread : threads_) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

void Writers::work(Lab& lab, unsigned seed, const Step& step) {
    std::mt19937 random{seed};
    std::unique_ptr<Session> session;
    while (!stopped_) {
        try {
            if (!session || !session->usable()) {
                session = lab.open();
            }
            Transaction transaction{*session, TxMode::write};
            step(*session, static_cast<unsigned>(random()));
            transaction.commit();
            ++steps_;
        } catch (const DatabaseError& error) {
            const bool again = error.kind() == DatabaseErrorKind::transient ||
                               error.kind() == DatabaseErrorKind::unique_violation ||
                               error.kind() == DatabaseErrorKind::lost_connection;
            if (!again) {
                const std::scoped_lock lock{mutex_};
                error_ = error.what();
                return;
            }
        }
    }
}

ChangeRequest change(const std::string& table, std::vector<std::string> clauses) {
    ChangeRequest request;
    request.table.name = table;
    request.alter_clauses = std::move(clauses);
    return request;
}

Conversion convert_using(const std::string& column, const std::string& type, const std::string& expr,
                         const std::string& inverse) {
    Conversion conversion;
    conversion.column = column;
    conversion.rule = "using";
    conversion.type = type;
    conversion.expr = expr;
    conversion.inverse = inverse;
    return conversion;
}

} // namespace turntable::test
