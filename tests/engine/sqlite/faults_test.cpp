// The connection is cut before or after the n-th statement took effect, n = 1, 2, …; each time the job is
// taken up again from what the file says, or undone.
#include <gtest/gtest.h>

#include <filesystem>

#include "support.hpp"
#include "support/depth.hpp"

namespace turntable::test {
namespace {

enum class Cut { before, after };

// Cuts all its sessions at one statement.
class CutSource final : public SessionSource {
  public:
    CutSource(SessionSource& inner, int at, Cut cut) : inner_(inner), at_(at), cut_(cut) {}
    [[nodiscard]] std::unique_ptr<Session> open(SessionUse use) override;
    [[nodiscard]] bool happened() const { return count_ >= at_; }
    // Is this call the one?
    [[nodiscard]] bool now() { return ++count_ == at_; }
    [[nodiscard]] Cut cut() const { return cut_; }

  private:
    SessionSource& inner_;
    int at_;
    Cut cut_;
    int count_ = 0;
};

class CutSession final : public Session {
  public:
    CutSession(std::unique_ptr<Session> inner, CutSource& source)
        : inner_(std::move(inner)), source_(source) {}

    using Session::run;
    ResultSet run(const Statement& statement) override {
        return cut_around(DatabaseErrorKind::lost_connection, [&] { return inner_->run(statement); });
    }
    void begin(TxMode mode) override {
        cut_around(DatabaseErrorKind::lost_connection, [&] { return inner_->begin(mode), ResultSet{}; });
    }
    void commit() override {
        cut_around(DatabaseErrorKind::outcome_unknown, [&] { return inner_->commit(), ResultSet{}; });
    }
    void rollback() noexcept override {
        if (inner_) {
            inner_->rollback();
        }
    }
    void cancel() noexcept override {}
    [[nodiscard]] bool usable() const noexcept override { return inner_ != nullptr; }
    [[nodiscard]] std::string server_id() const override { return "cut"; }

  private:
    template <typename Call>
    ResultSet cut_around(DatabaseErrorKind kind, Call call) {
        if (!inner_) {
            throw DatabaseError{DatabaseErrorKind::lost_connection, "", "cut"};
        }
        const bool now = source_.now();
        if (now && source_.cut() == Cut::before) {
            inner_.reset();
            throw DatabaseError{kind, "", "cut before"};
        }
        ResultSet result = call();
        if (now) {
            inner_.reset();
            throw DatabaseError{kind, "", "cut after"};
        }
        return result;
    }

    std::unique_ptr<Session> inner_;
    CutSource& source_;
};

std::unique_ptr<Session> CutSource::open(SessionUse use) {
    return std::make_unique<CutSession>(inner_.open(use), *this);
}

// A job in miniature: what a journal keeps is in a table of the file.
class Job {
  public:
    Job(Engine& engine, SessionSource& sessions, const Blueprint& blueprint)
        : engine_(engine),
          sessions_(sessions),
          session_(sessions.open(SessionUse::control)),
          blueprint_(blueprint) {}

    void run_to_swapped() {
        if (engine_.swapper().where_is(*session_, blueprint_) == Placement::swapped) {
            return;
        }
        engine_.preparer().create_objects(*session_, blueprint_);
        EXPECT_TRUE(engine_.preparer().install_capture(*session_, blueprint_, budget_).granted);
        remember_origin();
        copy();
        for (std::size_t n = 0; n < engine_.indexer().steps(blueprint_).size(); ++n) {
            engine_.indexer().build(*session_, blueprint_, n);
        }
        replay(Direction::forward);
        EXPECT_EQ(swap(Direction::forward), SwapOutcome::Kind::done);
    }
    void run_to_reverted() {
        if (engine_.swapper().where_is(*session_, blueprint_) == Placement::swapped) {
            replay(Direction::back);
            EXPECT_EQ(swap(Direction::back), SwapOutcome::Kind::done);
        }
    }
    void finalize(Direction swapped) {
        EXPECT_TRUE(engine_.retirer().remove_capture(*session_, blueprint_, swapped, budget_).granted);
        while (!engine_.retirer().retire_slice(*session_, blueprint_, swapped, 7)) {
        }
    }
    void undo() { EXPECT_TRUE(engine_.preparer().undo(*session_, blueprint_, budget_).granted); }
    [[nodiscard]] Placement where() { return engine_.swapper().where_is(*session_, blueprint_); }

  private:
    void remember_origin() {
        session_->run(
            "CREATE TABLE IF NOT EXISTS _turntable_test(n INTEGER PRIMARY KEY, upper TEXT, origin TEXT)");
        const auto rows = session_->run("SELECT origin FROM _turntable_test WHERE n = 0").rows;
        if (rows.empty()) {
            session_->run("INSERT INTO _turntable_test VALUES (0, '', ?)",
                          {engine_.copier().origin(*session_, blueprint_)});
        }
        origin_ = *session_->run("SELECT origin FROM _turntable_test WHERE n = 0").only();
    }
    void copy() {
        std::string lower =
            *session_->run("SELECT upper FROM _turntable_test ORDER BY n DESC LIMIT 1").only();
        while (const auto chunk = engine_.copier().next_chunk(*session_, blueprint_, origin_, lower, 8)) {
            Transaction transaction{*session_, TxMode::write};
            EXPECT_TRUE(std::holds_alternative<CopiedChunk>(
                engine_.copier().copy_chunk(*session_, blueprint_, origin_, *chunk)));
            session_->run("INSERT INTO _turntable_test(upper) VALUES (?)", {chunk->upper});
            transaction.commit();
            lower = chunk->upper;
        }
    }
    void replay(Direction direction) {
        for (std::int64_t entries = 1; entries > 0;) {
            Transaction transaction{*session_, TxMode::write};
            entries = engine_.replayer().replay_batch(*session_, blueprint_, direction, 5).entries;
            transaction.commit();
        }
    }
    SwapOutcome::Kind swap(Direction direction) {
        const std::vector<std::string> recheck;
        const auto result = engine_.swapper().swap(
            sessions_, *session_,
            {blueprint_, origin_, direction, budget_, false, true, recheck, [](Session&) {},
             [](Session& session) { session.run("CREATE TABLE IF NOT EXISTS _turntable_swaps(n)"); }});
        if (result.kind == SwapOutcome::Kind::outcome_unknown) {
            throw DatabaseError{DatabaseErrorKind::outcome_unknown, "", "swap"};
        }
        return result.kind;
    }

    Engine& engine_;
    SessionSource& sessions_;
    std::unique_ptr<Session> session_;
    const Blueprint& blueprint_;
    std::string origin_;
    LockBudget budget_{Millis{2000}, Millis{2000}};
};

class Faults : public testing::TestWithParam<Cut> {
  protected:
    void SetUp() override {
        Application app{file.path()};
        app.run("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, u TEXT UNIQUE, v REAL, w TEXT); CREATE "
                "INDEX tw ON t(w);"
                "CREATE TRIGGER own AFTER DELETE ON t BEGIN SELECT 1; END;"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) "
                "INSERT INTO t SELECT i, 'u' || i, i / 4.0, 'w' FROM n");
        schema = app.query(all_objects);
        std::filesystem::copy_file(file.path(), file.path() + ".start");
        const auto planning = engine_of(file.path());
        const auto session = planning->open(SessionUse::read);
        blueprint = planning->planner().plan(*session, to_cents("t", "v", "c"), {});
    }
    void start_again() const {
        for (const char* const suffix : {"", "-journal", "-wal", "-shm"}) {
            std::filesystem::remove(file.path() + suffix);
        }
        std::filesystem::copy_file(file.path() + ".start", file.path());
    }
    // Writes through either shape: the columns that both have.
    static void write(Application& app, int n) {
        app.run("UPDATE t SET w = 'n" + std::to_string(n) + "' WHERE id = " + std::to_string(1 + n % 20) +
                "; DELETE FROM t WHERE id = 20; INSERT OR REPLACE INTO t(u, w) VALUES ('u" +
                std::to_string(1 + n % 18) + "', 'new')");
    }
    // Runs `work` with a cut at statement n; false if it ended before n.
    template <typename Work>
    bool cut_at(int n, Work work) {
        CutSource sessions{*engine, n, GetParam()};
        try {
            Job job{*engine, sessions, blueprint};
            work(job);
        } catch (const DatabaseError&) {
            return true;
        }
        return sessions.happened();
    }

    static constexpr const char* all_objects = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT "
                                               "LIKE '~_turntable%' ESCAPE '~' ORDER BY type, name";
    ScratchFile file;
    Blueprint blueprint;
    std::unique_ptr<Engine> engine = engine_of(file.path());
    std::string schema;
};

TEST_P(Faults, at_any_statement_are_resumed_to_the_same_rows_and_back) {
    bool cut = true;
    for (int n = 1; cut && !HasFailure(); n += every(1)) {
        SCOPED_TRACE(n);
        start_again();
        Application app{file.path()};
        cut = cut_at(n, [](Job& job) { job.run_to_swapped(); });
        write(app, n);
        Job job{*engine, *engine, blueprint};
        const char* const shape = job.where() == Placement::swapped
                                      ? "SELECT id, u, c, w FROM t"
                                      : "SELECT id, u, CAST(v * 100 AS INTEGER), w FROM t";
        const std::string expected = app.query(shape);
        job.run_to_swapped();
        EXPECT_EQ(app.query("SELECT id, u, c, w FROM t"), expected);
        write(app, n + 1);
        const std::string written = app.query("SELECT id, u, c / 100.0, w FROM t");
        job.run_to_reverted();
        EXPECT_EQ(job.where(), Placement::reverted);
        EXPECT_EQ(app.query("SELECT id, u, v, w FROM t"), written);
        job.finalize(Direction::back);
        EXPECT_EQ(app.query(all_objects), schema);
        EXPECT_EQ(app.query("PRAGMA integrity_check"), "ok");
    }
}

TEST_P(Faults, at_any_statement_are_undone_without_a_trace) {
    bool cut = true;
    for (int n = 1; cut && !HasFailure(); n += every(1)) {
        SCOPED_TRACE(n);
        start_again();
        Application app{file.path()};
        const std::string rows = app.query("SELECT * FROM t");
        cut = cut_at(n, [](Job& job) { job.run_to_swapped(); });
        Job job{*engine, *engine, blueprint};
        if (job.where() != Placement::swapped) {
            EXPECT_EQ(app.query("SELECT * FROM t"), rows);
            job.undo();
            EXPECT_EQ(app.query(all_objects), schema);
            EXPECT_EQ(app.query("SELECT * FROM t"), rows);
        }
    }
}

TEST_P(Faults, while_reverting_and_finalizing_are_run_again) {
    const auto swap = [this] {
        start_again();
        Job job{*engine, *engine, blueprint};
        job.run_to_swapped();
        Application app{file.path()};
        write(app, 3);
        return app.query("SELECT id, u, c / 100.0, w FROM t");
    };
    bool cut = true;
    for (int n = 1; cut && !HasFailure(); n += every(1)) {
        SCOPED_TRACE(n);
        const std::string rows = swap();
        cut = cut_at(n, [](Job& job) {
            job.run_to_reverted();
            job.finalize(Direction::back);
        });
        Job job{*engine, *engine, blueprint};
        job.run_to_reverted();
        job.finalize(Direction::back);
        Application app{file.path()};
        EXPECT_EQ(app.query("SELECT id, u, v, w FROM t"), rows);
        EXPECT_EQ(app.query(all_objects), schema);
    }
    cut = true;
    for (int n = 1; cut && !HasFailure(); n += every(1)) {
        SCOPED_TRACE(n);
        const std::string rows = swap();
        cut = cut_at(n, [](Job& job) { job.finalize(Direction::forward); });
        Job job{*engine, *engine, blueprint};
        job.finalize(Direction::forward);
        EXPECT_EQ(job.where(), Placement::finalized);
        Application app{file.path()};
        EXPECT_EQ(app.query("SELECT id, u, c / 100.0, w FROM t"), rows);
    }
}

INSTANTIATE_TEST_SUITE_P(Cut, Faults, testing::Values(Cut::before, Cut::after), [](const auto& cut) {
    return cut.param == Cut::before ? "before_effect" : "after_effect";
});

} // namespace
} // namespace turntable::test
