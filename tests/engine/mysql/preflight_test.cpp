// Connections and pre-flight checks, each with the sentence that mends it.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class Preflight : public OnBothServers {
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
