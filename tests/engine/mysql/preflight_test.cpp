// Connections and pre-flight checks, each with the sentence that mends it.
#include <algorithm>

#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class Preflight : public OnSecondServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)");
        lab.sql("INSERT INTO t VALUES (1, 1), (2, 2)");
    }
    // An account of its own, dropped at the end.
    void make_user(const std::string& grants) {
        user = lab.database();
        lab.sql("CREATE USER '" + user + "'@'127.0.0.1' IDENTIFIED BY 'Secret-123'");
        lab.sql("GRANT " + grants + " ON " + lab.database() + ".* TO '" + user + "'@'127.0.0.1'");
    }
    void TearDown() override {
        if (!user.empty()) {
            lab.sql("DROP USER '" + user + "'@'127.0.0.1'");
        }
    }
    [[nodiscard]] std::string code_of_plan() {
        Url url = lab.url();
        url.user = user;
        url.password = "Secret-123";
        const auto engine = make_engine(url);
        Settings settings;
        settings.strategy = StrategyChoice::shadow;
        try {
            static_cast<void>(run::plan_change(*engine, change("t", {"MODIFY v BIGINT"}), settings));
        } catch (const Error& error) {
            EXPECT_FALSE(error.next_step().empty());
            return error.code();
        }
        return "";
    }
    std::string user;
};

TEST_P(Preflight, AnAccountWithoutProcessIsTold) {
    make_user("ALL");
    EXPECT_EQ(code_of_plan(), "process_privilege");
    EXPECT_EQ(lab.objects(), "t");
}

TEST_P(Preflight, AnAccountThatMayNotCreateTriggersUnderTheBinaryLogIsTold) {
    make_user("ALL");
    lab.sql("GRANT PROCESS ON *.* TO '" + user + "'@'127.0.0.1'");
    if (lab.text("SELECT @@GLOBAL.log_bin_trust_function_creators") == "0") {
        EXPECT_EQ(code_of_plan(), "log_bin_trust_function_creators");
    } else {
        EXPECT_EQ(code_of_plan(), "");
    }
    EXPECT_EQ(lab.objects(), "t");
}

TEST_P(Preflight, AWrongPasswordIsAConnectionErrorWithoutThePassword) {
    Url url = lab.url();
    url.password = "not-the-password";
    try {
        static_cast<void>(make_engine(url)->open(SessionUse::control));
        ADD_FAILURE() << "connected";
    } catch (const DatabaseError& error) {
        EXPECT_EQ(error.kind(), DatabaseErrorKind::connect_failed);
        EXPECT_EQ(std::string{error.what()}.find("not-the-password"), std::string::npos);
    }
}

TEST_P(Preflight, DemandedTlsIsEitherUsedOrAnError) {
    Url url = lab.url();
    url.options["sslmode"] = "require";
    try {
        const auto session = make_engine(url)->open(SessionUse::control);
        EXPECT_NE(session->run("SHOW SESSION STATUS LIKE 'Ssl_cipher'").rows.at(0).at(1).value_or(""), "");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "tls_not_used");
    }
}

TEST_P(Preflight, HostileServerSettingsDoNotReachOurSessions) {
    const std::string before = lab.text("SELECT @@GLOBAL.sql_mode");
    lab.sql("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
    const auto session = lab.open();
    lab.sql("SET GLOBAL sql_mode = '" + before + "'");
    EXPECT_EQ(session->run("SELECT \"a\\tb\"").only(), "a\tb");
    EXPECT_EQ(session->run("SELECT @@time_zone").only(), "+00:00");
    EXPECT_THROW(session->run("INSERT INTO t VALUES (3, 99999999999)"), DatabaseError);
}

TEST_P(Preflight, ATableNameOf64CharactersIsChangedLikeAnyOther) {
    const std::string name(64, 'x');
    lab.sql("RENAME TABLE t TO `" + name + "`");
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    const run::Outcome outcome = lab.alter(change(name, {"MODIFY v BIGINT"}), settings);
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    EXPECT_EQ(lab.finalize(outcome.job).exit_code, 0);
    EXPECT_EQ(lab.objects(), name);
}

TEST_P(Preflight, PrimaryKeysMayBeRequiredEverywhere) {
    if (lab.mariadb()) {
        lab.sql("SET GLOBAL innodb_force_primary_key = ON");
    } else {
        lab.sql("SET GLOBAL sql_require_primary_key = ON");
    }
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    const run::Outcome outcome = lab.alter(change("t", {"MODIFY v BIGINT"}), settings);
    lab.sql(lab.mariadb() ? "SET GLOBAL innodb_force_primary_key = OFF"
                          : "SET GLOBAL sql_require_primary_key = OFF");
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
}

// A setting of the server for the time of one look; the code with which the plan is refused, and its mending.
struct Refusal {
    std::string code, next;
};
Refusal refusal_under(Lab& lab, const std::string& setting, const std::string& value,
                      const std::string& restored) {
    lab.sql("SET GLOBAL " + setting + " = " + value);
    Refusal refusal;
    try {
        static_cast<void>(run::plan_change(*make_engine(lab.url()), change("t", {"MODIFY v BIGINT"}), {}));
    } catch (const Error& error) {
        refusal = {error.code(), error.next_step()};
    }
    lab.sql("SET GLOBAL " + setting + " = " + restored);
    return refusal;
}

TEST_P(Preflight, ABinaryLogOfStatementsIsRefused) {
    for (const std::string format : {"'STATEMENT'", "'MIXED'"}) {
        const Refusal refusal = refusal_under(lab, "binlog_format", format, "'ROW'");
        EXPECT_EQ(refusal.code, "binlog_format") << format;
        EXPECT_NE(refusal.next.find("SET GLOBAL binlog_format = 'ROW'"), std::string::npos) << refusal.next;
    }
    EXPECT_EQ(lab.objects(), "t");
}

TEST_P(Preflight, ALoweredMaxWriteLockCountIsRefused) {
    const Refusal refusal = refusal_under(lab, "max_write_lock_count", "16", "DEFAULT");
    EXPECT_EQ(refusal.code, "max_write_lock_count");
    EXPECT_EQ(refusal.next, "SET GLOBAL max_write_lock_count = DEFAULT");
}

TEST_P(Preflight, WhoHoldsTheTableIsNamedAndNothingWaitsForIt) {
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.engine.preparer().create_objects(*hand.session, hand.blueprint);
    const auto holder = lab.open();
    const Transaction reading{*holder, TxMode::write};
    holder->run("SELECT COUNT(*) FROM t");
    const LockOutcome outcome =
        hand.engine.preparer().install_capture(*hand.session, hand.blueprint, {Millis{50}, Millis{300}});
    EXPECT_FALSE(outcome.granted);
    EXPECT_TRUE(std::ranges::any_of(
        outcome.blockers, [&](const Blocker& blocker) { return blocker.session == holder->server_id(); }));
    lab.sql("INSERT INTO t VALUES (9, 9)"); // would queue behind a trigger that still waits
}

// MySQL 8.0.30: a table made without a key gets a hidden one; the tool's own tables have theirs.
TEST_P(Preflight, AGeneratedInvisibleKeyIsAKeyAndComesToNoHelper) {
    if (lab.mariadb()) { // has no such thing
        return;
    }
    lab.sql("SET GLOBAL sql_generate_invisible_primary_key = ON");
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    settings.cutover = CutoverMode::manual;
    settings.cutover_timeout = Millis{1}; // ready, and no longer
    lab.open()->run("CREATE TABLE g (v INT)");
    lab.sql("INSERT INTO g (v) VALUES (1), (1), (2)");
    const run::Outcome ready = lab.alter(change("g", {"MODIFY v BIGINT"}), settings);
    const std::string hidden =
        "SELECT GROUP_CONCAT(TABLE_NAME ORDER BY 1) FROM information_schema.COLUMNS WHERE "
        "TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'my_row_id'";
    const std::string with_it = lab.text(hidden);
    lab.sql("SET GLOBAL sql_generate_invisible_primary_key = OFF");
    ASSERT_EQ(ready.state, run::JobState::ready) << ready.reason;
    EXPECT_EQ(with_it, "g,g__tt_log,g__tt_new,g__tt_rev") << "the key itself, in table, shadow and logs";
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM g__tt_new WHERE my_row_id IN (1, 2, 3)"), 3);
    EXPECT_EQ(
        lab.number("SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND "
                   "TABLE_NAME = 'g__tt_log'"),
        2);
}

TEST_P(Preflight, OneCopyingSessionIsSaidToDoWhereTheAutoIncLockStopsTheSecond) {
    lab.sql("CREATE TABLE counted (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT)");
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    const Blueprint blueprint = lab.plan(change("counted", {"MODIFY v BIGINT"}), settings);
    const bool said = std::ranges::any_of(blueprint.notes, [](const std::string& note) {
        return note.find("innodb_autoinc_lock_mode") != std::string::npos;
    });
    EXPECT_EQ(said, lab.text("SELECT @@innodb_autoinc_lock_mode") == "1");
}

// The second servers run with lower_case_table_names = 1.
TEST_P(Preflight, ATableIsFoundWhereTheServerLowersNames) {
    const std::string url = second_server(GetParam().name);
    if (url.empty()) { // which the line above it told, or which failed
        return;
    }
    Lab lowering{url};
    ASSERT_EQ(lowering.text("SELECT @@lower_case_table_names"), "1");
    lowering.sql("CREATE TABLE Mixed (id INT NOT NULL PRIMARY KEY, v INT)");
    lowering.sql("INSERT INTO MIXED VALUES (1, 1)");
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    const run::Outcome outcome = lowering.alter(change("miXed", {"MODIFY v BIGINT"}), settings);
    ASSERT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    lowering.sql("UPDATE Mixed SET v = 10000000000");
    lowering.sql("UPDATE Mixed SET v = 12");
    EXPECT_EQ(lowering.revert(outcome.job).state, run::JobState::reverted);
    EXPECT_EQ(lowering.text("SELECT v FROM mixed"), "12");
    EXPECT_EQ(lowering.finalize(outcome.job).exit_code, 0);
    EXPECT_EQ(lowering.objects(), "mixed");
}

TEST_P(Preflight, AKilledSessionIsDeadAndSaysSo) {
    const auto session = lab.open();
    lab.sql("KILL CONNECTION " + session->server_id());
    for (int i = 0; i < 100 && session->usable(); ++i) {
        try {
            session->run("SELECT 1");
        } catch (const DatabaseError& error) {
            EXPECT_EQ(error.kind(), DatabaseErrorKind::lost_connection);
        }
    }
    EXPECT_FALSE(session->usable());
    EXPECT_THROW(session->run("SELECT 1"), DatabaseError);
}

TEST_P(Preflight, ATakeoverEndsTheSessionsOfTheDeadOwnerOnly) {
    const auto dead = make_engine(lab.url());
    dead->name_sessions("job1");
    const auto orphan = dead->open(SessionUse::copy);
    const auto other = make_engine(lab.url());
    other->name_sessions("job2");
    const auto stranger = other->open(SessionUse::copy);
    const auto session = lab.open();
    lab.engine().journal().end_orphans(*session, "job1");
    EXPECT_THROW(
        {
            for (int i = 0; i < 1000; ++i) {
                orphan->run("SELECT 1");
            }
        },
        DatabaseError);
    EXPECT_EQ(stranger->run("SELECT 1").only(), "1");
}

TURNTABLE_ON_BOTH_SERVERS(Preflight);

} // namespace
} // namespace turntable::test
