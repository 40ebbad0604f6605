// An autovacuum yields to nobody within a lock timeout shorter than deadlock_timeout: it is cancelled where
// the role may, else waited for long enough.
#include <thread>

#include "runtime_planned.hpp"
#include "support/private_postgres.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

class PostgresqlAutovacuum : public testing::Test {
  protected:
    PostgresqlAutovacuum() : engine_(make_engine(Url::parse(postgres_.server().url))) {
        admin_ = engine_->open(SessionUse::control);
        admin_->run("ALTER SYSTEM SET autovacuum_naptime = '1s'");
        admin_->run("ALTER SYSTEM SET autovacuum = off");
        admin_->run("SELECT pg_reload_conf()");
        admin_->run("CREATE ROLE plain LOGIN");
        admin_->run("CREATE SCHEMA turntable AUTHORIZATION plain");
        admin_->run("GRANT CREATE ON SCHEMA public TO plain");
        admin_->run("CREATE TABLE public.orders (id int PRIMARY KEY, total int) WITH "
                    "(autovacuum_vacuum_threshold = 1,"
                    " autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100,"
                    " autovacuum_vacuum_cost_limit = 1)");
        admin_->run("ALTER TABLE public.orders OWNER TO plain");
        admin_->run("INSERT INTO public.orders SELECT i, i FROM generate_series(1, 100000) i");
        admin_->run("ANALYZE public.orders");
    }

    void plan(const std::string& user) {
        Url url = Url::parse(postgres_.server().url);
        url.user = user;
        engine_ = make_engine(url);
        control_ = engine_->open(SessionUse::control);
        ChangeRequest request;
        request.table = {"public", "orders"};
        request.alter_clauses = {"ALTER COLUMN total TYPE bigint"};
        blueprint_ = engine_->planner().plan(*control_, request, PlanOptions{});
        blueprint_.job = "job9";
        engine_->preparer().create_objects(*control_, blueprint_);
    }
    // Returns while an autovacuum, which at this cost takes hours, holds its lock on the table.
    void until_vacuumed() {
        admin_->run("UPDATE public.orders SET total = 0 WHERE id % 10 = 0");
        admin_->run("ALTER SYSTEM SET autovacuum = on");
        admin_->run("SELECT pg_reload_conf()");
        while (
            admin_
                ->run("SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid WHERE"
                      " l.relation = 'public.orders'::regclass AND l.granted AND a.backend_type ="
                      " 'autovacuum worker'")
                .only_integer() == 0) {
            std::this_thread::sleep_for(Millis{20});
        }
    }
    static std::string named(const std::vector<Blocker>& blockers) {
        std::string text;
        for (const Blocker& blocker : blockers) {
            text += " " + blocker.session + " " + blocker.user + " " + blocker.state + ": " + blocker.query;
        }
        return text;
    }
    void expect_installed() {
        const LockOutcome outcome =
            engine_->preparer().install_capture(*control_, blueprint_, {Millis{900}, Millis{300}});
        EXPECT_TRUE(outcome.granted) << named(outcome.blockers);
        EXPECT_EQ(engine_->swapper().where_is(*control_, blueprint_), Placement::captured);
    }

    PrivatePostgres postgres_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Session> admin_, control_;
    Blueprint blueprint_;
};

TEST_F(PostgresqlAutovacuum, IsCancelledByARoleThatMay) {
    plan("postgres");
    until_vacuumed();
    expect_installed();
}

TEST_F(PostgresqlAutovacuum, IsOutlastedByARoleThatMayNot) {
    plan("plain");
    until_vacuumed();
    expect_installed();
}

TEST_F(PostgresqlAutovacuum, IsNotInTheWayOfTheSwapEither) {
    plan("postgres");
    expect_installed();
    const std::string origin = engine_->copier().origin(*control_, blueprint_);
    for (std::string lower;;) {
        const auto chunk = engine_->copier().next_chunk(*control_, blueprint_, origin, lower, 1'000'000);
        if (!chunk) {
            break;
        }
        Transaction transaction{*control_, TxMode::write};
        (void)engine_->copier().copy_chunk(*control_, blueprint_, origin, *chunk);
        transaction.commit();
        lower = chunk->upper;
    }
    for (std::size_t n = 0; n < engine_->indexer().steps(blueprint_).size(); ++n) {
        engine_->indexer().build(*control_, blueprint_, n);
    }
    until_vacuumed();
    const std::vector<std::string> none;
    const SwapOutcome outcome = engine_->swapper().swap(*engine_, *control_,
                                                        {.blueprint = blueprint_,
                                                         .origin = origin,
                                                         .direction = Direction::forward,
                                                         .budget = {Millis{900}, Millis{20'000}},
                                                         .allow_old_snapshots = true,
                                                         .keep_old = true,
                                                         .recheck = none,
                                                         .fence = [](Session&) {},
                                                         .record = [](Session&) {}});
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::done) << outcome.blockers.size() << named(outcome.blockers);
    EXPECT_EQ(engine_->swapper().where_is(*control_, blueprint_), Placement::swapped);
}

} // namespace
} // namespace turntable::test
