// A session: pinned against hostile settings, honest about failures, never silently re-opened.
#include <thread>

#include "placeholders.hpp"
#include "runtime_job.hpp"
#include "runtime_proxy.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

TEST(PostgresqlPlaceholders, AreNumberedOutsideQuotesAndComments) {
    using postgresql::numbered_placeholders;
    EXPECT_EQ(
        numbered_placeholders("SELECT ?, '?', \"?\", ? -- ?\n/* ? /* ? */ ? */, $t$ ? $t$, E'\\'?', ?", 3),
        "SELECT $1, '?', \"?\", $2 -- ?\n/* ? /* ? */ ? */, $t$ ? $t$, E'\\'?', $3");
    EXPECT_EQ(numbered_placeholders("SELECT data ? 'key' FROM t WHERE id = $1", 1),
              "SELECT data ? 'key' FROM t WHERE id = $1");
    EXPECT_EQ(numbered_placeholders("SELECT data ? 'key'", 0), "SELECT data ? 'key'");
}

class PostgresqlSession : public testing::TestWithParam<Server> {
  protected:
    PostgresqlSession() : database_(GetParam()) {}
    std::unique_ptr<Session> open(SessionUse use = SessionUse::control) {
        return database_.engine().open(use);
    }
    template <typename Work>
    DatabaseErrorKind kind_of(const Work& work) {
        try {
            work();
        } catch (const DatabaseError& error) {
            return error.kind();
        }
        ADD_FAILURE() << "no error";
        return DatabaseErrorKind::permanent;
    }

    ScratchDatabase database_;
};

TEST_P(PostgresqlSession, IsPinnedAgainstHostileSettingsOfTheRole) {
    const std::string role = "hostile_" + database_.url().database;
    const auto admin = open();
    admin->run("CREATE ROLE " + role + " LOGIN");
    for (const std::string setting :
         {"extra_float_digits = 0", "DateStyle = 'German'", "IntervalStyle = 'sql_standard'",
          "TimeZone = 'Asia/Tokyo'", "statement_timeout = '100ms'", "default_transaction_read_only = on",
          "bytea_output = 'escape'", "default_transaction_isolation = 'serializable'",
          "standard_conforming_strings = off", "idle_in_transaction_session_timeout = '1ms'",
          "search_path = 'nowhere'", "row_security = on"}) {
        admin->run("ALTER ROLE " + role + " SET " + setting);
    }
    Url url = database_.url();
    url.user = role;
    {
        const auto session = make_engine(url)->open(SessionUse::control);
        EXPECT_EQ(session->run("SELECT 0.1::float8 + 0.2::float8").only(), "0.30000000000000004");
        EXPECT_EQ(session->run("SELECT '2024-02-01 10:00+00'::timestamptz").only(), "2024-02-01 10:00:00+00");
        EXPECT_EQ(session->run("SELECT '1 day 2 hours'::interval").only(), "1 day 02:00:00");
        EXPECT_EQ(session->run("SELECT '\\x00ff'::bytea").only(), "\\x00ff");
        EXPECT_EQ(session->run("SELECT pg_sleep(0.2) IS NOT NULL").only(), "t");
        EXPECT_EQ(session
                      ->run("SELECT current_setting('row_security') || current_setting('search_path') ||"
                            " current_setting('default_transaction_isolation')")
                      .only(),
                  "offpg_catalog, pg_tempread committed");
    }
    admin->run("DROP ROLE " + role);
}

TEST_P(PostgresqlSession, TranslatesTheServersAnswers) {
    const auto session = open();
    session->run("CREATE TABLE public.t (id int PRIMARY KEY, v smallint NOT NULL CHECK (v < 100))");
    session->run("INSERT INTO public.t VALUES (?, ?)", {std::int64_t{1}, std::int64_t{2}});
    const auto kind = [&](const std::string& sql) { return kind_of([&] { session->run(sql); }); };
    EXPECT_EQ(kind("INSERT INTO public.t VALUES (1, 1)"), DatabaseErrorKind::unique_violation);
    EXPECT_EQ(kind("INSERT INTO public.t VALUES (2, NULL)"), DatabaseErrorKind::bad_value);
    EXPECT_EQ(kind("INSERT INTO public.t VALUES (2, 500)"), DatabaseErrorKind::bad_value);
    EXPECT_EQ(kind("INSERT INTO public.t VALUES (2, 100000)"), DatabaseErrorKind::bad_value);
    EXPECT_EQ(kind("SELECT * FROM public.nothing"), DatabaseErrorKind::no_such_object);
    EXPECT_EQ(kind("SELEC"), DatabaseErrorKind::permanent);
    EXPECT_EQ(kind_of([&] { open(SessionUse::read)->run("DELETE FROM public.t"); }),
              DatabaseErrorKind::read_only);
    const auto other = open();
    other->run("BEGIN; LOCK TABLE public.t");
    EXPECT_EQ(kind("LOCK TABLE public.t NOWAIT"), DatabaseErrorKind::permanent) << "LOCK needs a transaction";
    EXPECT_EQ(kind("SET lock_timeout = '10ms'; DELETE FROM public.t"), DatabaseErrorKind::lock_timeout);
}

// The client library has exceptions of its own for some of these, and not all of them keep the state.
TEST_P(PostgresqlSession, KeepsTheStateOfEveryError) {
    const auto session = open();
    for (const std::string state :
         {"42501", "23505", "23502", "23503", "23514", "42703", "42883", "42P01", "42601", "53100", "53200",
          "0A000", "22003", "25006", "55P03", "57014", "XX000"}) {
        try {
            session->run("DO $$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '" + state + "'; END $$");
            ADD_FAILURE() << state;
        } catch (const DatabaseError& error) {
            EXPECT_EQ(error.native(), state) << error.what();
        }
    }
    EXPECT_EQ(
        kind_of([&] { session->run("DO $$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '42501'; END $$"); }),
        DatabaseErrorKind::privilege);
}

TEST_P(PostgresqlSession, ADeadlockIsTransientAndCarriesItsSqlstate) {
    const auto first = open();
    const auto second = open();
    first->run("CREATE TABLE public.d (id int PRIMARY KEY); INSERT INTO public.d VALUES (1), (2)");
    first->begin(TxMode::write);
    second->begin(TxMode::write);
    first->run("DELETE FROM public.d WHERE id = 1");
    second->run("DELETE FROM public.d WHERE id = 2");
    std::vector<std::string> states;
    std::jthread waiter{[&] {
        try {
            first->run("DELETE FROM public.d WHERE id = 2");
        } catch (const DatabaseError& error) {
            EXPECT_EQ(error.kind(), DatabaseErrorKind::transient);
            states.push_back(error.native());
            first->rollback();
        }
    }};
    try {
        second->run("DELETE FROM public.d WHERE id = 1");
        second->rollback();
        waiter.join();
    } catch (const DatabaseError& error) {
        EXPECT_EQ(error.kind(), DatabaseErrorKind::transient);
        second->rollback();
        waiter.join();
        states.push_back(error.native());
    }
    EXPECT_EQ(states, std::vector<std::string>{"40P01"});
}

TEST_P(PostgresqlSession, AKilledSessionIsDeadForGood) {
    const auto session = open();
    open()->run("SELECT pg_terminate_backend($1::int)", {session->server_id()});
    EXPECT_EQ(kind_of([&] { session->run("SELECT 1"); }), DatabaseErrorKind::lost_connection);
    EXPECT_FALSE(session->usable());
    EXPECT_EQ(kind_of([&] { session->run("SELECT 1"); }), DatabaseErrorKind::lost_connection);
    EXPECT_EQ(kind_of([&] { session->begin(TxMode::write); }), DatabaseErrorKind::lost_connection);
    session->rollback();
}

TEST_P(PostgresqlSession, ACommitWhoseAnswerIsLostIsUnknownAndItsRowsTell) {
    CommitLosingProxy proxy{database_.url().host, database_.url().port};
    const auto admin = open();
    admin->run("CREATE TABLE public.ledger (n int)");
    Url url = database_.url();
    url.port = proxy.port();
    url.options["sslmode"] = "disable";
    url.options["gssencmode"] = "disable";
    const auto session = make_engine(url)->open(SessionUse::copy);
    session->begin(TxMode::write);
    session->run("INSERT INTO public.ledger VALUES (1)");
    proxy.lose_the_next_commit();
    EXPECT_EQ(kind_of([&] { session->commit(); }), DatabaseErrorKind::outcome_unknown);
    EXPECT_FALSE(session->usable());
    EXPECT_EQ(admin->run("SELECT count(*) FROM public.ledger").only_integer(), 1);
}

TEST_P(PostgresqlSession, ACommitAfterAFailedStatementIsNotTakenForOne) {
    const auto session = open();
    session->begin(TxMode::write);
    session->run("CREATE TABLE public.gone (n int)");
    EXPECT_EQ(kind_of([&] { session->run("SELECT 1 / 0"); }), DatabaseErrorKind::bad_value);
    EXPECT_EQ(kind_of([&] { session->commit(); }), DatabaseErrorKind::permanent);
    EXPECT_EQ(session->run("SELECT to_regclass('public.gone') IS NULL").only(), "t");
}

TEST_P(PostgresqlSession, AStatementCanBeCancelledFromAnotherThread) {
    const auto session = open();
    std::jthread canceller{[&] {
        const auto other = open();
        while (
            other
                ->run("SELECT count(*) FROM pg_stat_activity WHERE pid = $1::int AND query LIKE '%pg_sleep%'",
                      {session->server_id()})
                .only_integer() == 0) {
            std::this_thread::sleep_for(Millis{5});
        }
        session->cancel();
    }};
    EXPECT_EQ(kind_of([&] { session->run("SELECT pg_sleep(60)"); }), DatabaseErrorKind::cancelled);
    EXPECT_TRUE(session->usable());
}

TEST_P(PostgresqlSession, AnUnreachableServerAndAnUnknownOptionAreClearErrors) {
    Url url = database_.url();
    url.port = 1;
    EXPECT_EQ(kind_of([&] { (void)make_engine(url)->open(SessionUse::read); }),
              DatabaseErrorKind::connect_failed);
    url = database_.url();
    url.database = "no_such_database";
    EXPECT_EQ(kind_of([&] { (void)make_engine(url)->open(SessionUse::read); }),
              DatabaseErrorKind::connect_failed);
    url = database_.url();
    url.options["ssl_mode"] = "require";
    EXPECT_THROW((void)make_engine(url)->open(SessionUse::read), Error);
}

TEST_P(PostgresqlSession, ATakeoverEndsTheSessionsOfTheEarlierOwnerAndNotItsOwn) {
    const auto earlier = make_engine(database_.url());
    earlier->name_sessions("job9");
    const auto orphan = earlier->open(SessionUse::copy);
    orphan->begin(TxMode::write);
    orphan->run("CREATE TABLE public.half_done (n int)");
    const auto other_job = make_engine(database_.url());
    other_job->name_sessions("job91");
    const auto stranger = other_job->open(SessionUse::copy);

    const auto later = make_engine(database_.url());
    later->name_sessions("job9");
    const auto own = later->open(SessionUse::copy);
    const auto control = later->open(SessionUse::control);
    later->journal().end_orphans(*control, "job9");
    EXPECT_EQ(own->run("SELECT 1").only(), "1");
    EXPECT_EQ(stranger->run("SELECT 1").only(), "1");
    EXPECT_EQ(kind_of([&] { orphan->commit(); }), DatabaseErrorKind::outcome_unknown);
    EXPECT_EQ(control->run("SELECT to_regclass('public.half_done') IS NULL").only(), "t");
}

TEST_P(PostgresqlSession, AShareLockedEpochFencesATakeoverUntilTheBatchEnds) {
    const auto owner = open(SessionUse::copy);
    const auto taker = open();
    taker->run("CREATE TABLE public.owner (job text PRIMARY KEY, epoch int); INSERT INTO public.owner VALUES "
               "('j', 1)");
    const std::string fence = std::string{"SELECT epoch FROM public.owner WHERE job = 'j'"} +
                              std::string{database_.engine().journal().share_lock()};
    owner->begin(TxMode::write);
    EXPECT_EQ(owner->run(fence).only_integer(), 1);
    taker->run("SET lock_timeout = '50ms'");
    EXPECT_EQ(kind_of([&] { taker->run("UPDATE public.owner SET epoch = 2"); }),
              DatabaseErrorKind::lock_timeout);
    owner->commit();
    taker->run("UPDATE public.owner SET epoch = 2");
    owner->begin(TxMode::write);
    EXPECT_EQ(owner->run(fence).only_integer(), 2)
        << "a stalled owner that wakes sees that it is none any more";
    owner->rollback();
}

TEST_P(PostgresqlSession, TheSensorsReadSessionsAndReplicas) {
    Settings settings;
    settings.max_load = 3;
    settings.max_lag = Millis{1000};
    const auto session = open(SessionUse::read);
    const auto sensors = database_.engine().sensors(settings);
    ASSERT_EQ(sensors.size(), 2U);
    const Reading lag = sensors[0]->read(*session);
    EXPECT_EQ(lag.limit, 1000);
    EXPECT_EQ(lag.about, "no replica");
    const Reading load = sensors[1]->read(*session);
    EXPECT_EQ(load.limit, 3);
    EXPECT_EQ(load.unit, "sessions");
    EXPECT_NO_THROW(database_.engine().check_server(*session));
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlSession, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlSession);

} // namespace
} // namespace turntable::test
