// What cannot be done is refused with a message that names it, the exit code of the contract, and nothing
// changed.

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class BadInput : public Scenario {
  protected:
    BadInput() { make_payments(20); }
};

TEST_P(BadInput, UnknownTable) {
    expect_refused({"alter", "paymants", "--alter", "DROP COLUMN note", "--execute"}, 2, "unknown_table");
}

TEST_P(BadInput, UnknownColumnInAClause) {
    // MySQL and MariaDB try the clause on an empty clone: the refusal is the server's own.
    expect_refused({"alter", "payments", "--alter", "DROP COLUMN nota", "--execute"}, 2,
                   is_mysql_like(flavor()) ? "alter_refused" : "unknown_column");
}

TEST_P(BadInput, UnknownColumnInAConversion) {
    expect_refused({"alter", "payments", "--convert", "amaunt=cents,into=x", "--execute"}, 2,
                   "unknown_column");
}

TEST_P(BadInput, AMessageNamesWhatWasWrong) {
    const ToolRun run = tool_.run({"alter", "payments", "--alter", "DROP COLUMN nota", "--execute"});
    EXPECT_THAT(run.err, testing::HasSubstr("nota"));
    EXPECT_THAT(run.err, testing::HasSubstr("left behind: nothing"));
}

// MySQL renames no column that a CHECK is over, and the clone's CHECKs have names of their own.
TEST_P(BadInput, ACheckInTheWayHasItsOwnName) {
    if (flavor() != Flavor::mysql) {
        return;
    }
    database_.exec({"ALTER TABLE payments ADD CONSTRAINT amount_sane CHECK (amount < 1e12)"});
    const ToolRun run = tool_.run(
        {"alter", "payments", "--convert", "amount=cents,round=half_even,into=amount_cents", "--execute"});
    EXPECT_EQ(run.exit_code, 2) << run.text();
    EXPECT_THAT(run.err, testing::HasSubstr("Check constraint 'amount_sane'"));
    EXPECT_THAT(run.err, testing::HasSubstr("--alter 'DROP CHECK amount_sane'"));
}

TEST_P(BadInput, AClauseThatIsNotSql) {
    const auto before = everything();
    const ToolRun run = tool_.json({"alter", "payments", "--alter", "DORP COLUMN note", "--execute"});
    // The clause reader for MySQL and MariaDB cannot tell nonsense from what it does not handle: it refuses
    // both.
    EXPECT_EQ(run.exit_code, is_mysql_like(flavor()) ? 5 : 2) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, AClauseThatSmugglesAStatement) {
    const auto before = everything();
    const ToolRun run =
        tool_.json({"alter", "payments", "--alter", "DROP COLUMN note; DROP TABLE payments", "--execute"});
    EXPECT_THAT(run.exit_code, testing::AnyOf(2, 5)) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, AnUnknownRule) {
    expect_refused({"alter", "payments", "--convert", "amount=sents", "--execute"}, 2, "unknown_conversion");
}

TEST_P(BadInput, AnUnknownOption) {
    expect_refused({"alter", "payments", "--alter", "DROP COLUMN note", "--exekute"}, 2, "bad_option");
}

TEST_P(BadInput, OptionsThatAreNotBuilt) {
    for (const std::string option : {"--capture=sync", "--window=22:00-05:00"}) {
        const ToolRun run =
            tool_.json({"alter", "payments", "--alter", "DROP COLUMN note", option, "--execute"});
        EXPECT_EQ(run.exit_code, 2) << run.text();
    }
    for (const std::string command : {"watch", "doctor", "bench", "report"}) {
        EXPECT_EQ(tool_.run({command}).exit_code, 2) << command;
    }
}

TEST_P(BadInput, NothingAsked) {
    const ToolRun run = tool_.json({"alter", "payments", "--execute"});
    EXPECT_EQ(run.exit_code, 2) << run.text();
}

TEST_P(BadInput, NoUsableKey) {
    sql().query("CREATE TABLE keyless (a integer, amount integer)");
    sql().query("INSERT INTO keyless VALUES (1, 1), (1, 1)");
    const ToolRun run =
        tool_.json({"alter", "keyless", "--strategy", "shadow", "--alter", "DROP COLUMN a", "--execute"});
    // An SQLite table without a declared key still has its rowid.
    EXPECT_EQ(run.exit_code, flavor() == Flavor::sqlite ? run.exit_code : 5) << run.text();
    EXPECT_THAT(run.exit_code, testing::AnyOf(0, 5)) << run.text();
    if (run.exit_code != 0) {
        EXPECT_THAT(run.err, testing::HasSubstr("key")) << run.text();
        EXPECT_EQ(sql().number("SELECT COUNT(*) FROM keyless WHERE a = 1"), 2);
    }
}

TEST_P(BadInput, AUnitThatChangesUnderTheSameName) {
    expect_refused({"alter", "payments", "--convert", "amount=cents", "--execute"}, 5, "same_name");
}

TEST_P(BadInput, ANewNameThatIsTaken) {
    const auto before = everything();
    const ToolRun run = tool_.json({"alter", "payments", "--convert", "amount=cents,into=note", "--execute"});
    EXPECT_THAT(run.exit_code, testing::AnyOf(2, 5)) << run.text();
    EXPECT_EQ(everything(), before);
}

// SQLite's names have no limit.
class LongName : public BadInput {};

TEST_P(LongName, IsRefused) {
    const auto before = everything();
    const std::string name(flavor() == Flavor::postgres ? 64 : 65, 'x');
    const ToolRun run =
        tool_.json({"alter", "payments", "--alter", "ADD COLUMN " + name + " integer", "--execute"});
    EXPECT_THAT(run.exit_code, testing::AnyOf(2, 5)) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, AnUnknownJob) {
    for (const std::string command : {"revert", "finalize", "resume", "abort", "pause", "cutover"}) {
        const ToolRun run = tool_.json({command, "nosuchjob"});
        EXPECT_EQ(run.exit_code, 2) << command << ": " << run.text();
    }
}

TEST_P(BadInput, AnUnreachableServer) {
    const std::string url = flavor() == Flavor::sqlite     ? "sqlite:/no/such/folder/x.db"
                            : flavor() == Flavor::postgres ? "postgresql://nobody@127.0.0.1:1/x"
                                                           : to_string(flavor()) + "://nobody@127.0.0.1:1/x";
    const ToolRun run = Tool{url}.json({"alter", "payments", "--alter", "DROP COLUMN note", "--execute"});
    EXPECT_EQ(run.exit_code, 8) << run.text();
    EXPECT_EQ(run.json().value("/error/code"_json_pointer, ""), "connect_failed");
}

TEST_P(BadInput, AValueThatCannotBeConvertedIsNamedWithItsKey) {
    sql().query(flavor() == Flavor::postgres ? "UPDATE payments SET amount = 'Infinity' WHERE id = 13"
                                             : "UPDATE payments SET amount = 1e300 WHERE id = 13");
    const auto before = everything();
    const ToolRun run = tool_.json(to_cents());
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_EQ(run.json().value("state", ""), "refused") << run.text();
    EXPECT_THAT(run.err, testing::HasSubstr("13")) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, SubCentValuesNeedANamedRounding) {
    sql().query("UPDATE payments SET amount = 1.005 WHERE id = 7");
    const auto before = everything();
    const ToolRun run = tool_.json(to_cents());
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_EQ(run.json()["conversions"][0].value("rounded", -1), 1) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, NullsUnderNotNull) {
    sql().query("UPDATE payments SET note = NULL WHERE id IN (3, 5)");
    const auto before = everything();
    const std::string clause = is_mysql_like(flavor()) ? "MODIFY COLUMN note varchar(40) NOT NULL"
                                                       : "ALTER COLUMN note SET NOT NULL";
    const ToolRun run = tool_.json({"alter", "payments", "--alter", clause, "--execute", "--yes"});
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_THAT(run.err, testing::HasSubstr("note")) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, NullsUnderNotNullAreNamedByTheirKeysWhereTheTableIsCopied) {
    sql().query("UPDATE payments SET note = NULL WHERE id IN (3, 5)");
    const auto before = everything();
    const std::string clause = is_mysql_like(flavor()) ? "MODIFY COLUMN note varchar(40) NOT NULL"
                                                       : "ALTER COLUMN note SET NOT NULL";
    const ToolRun run =
        tool_.json({"alter", "payments", "--strategy", "shadow", "--alter", clause, "--execute", "--yes"});
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_THAT(run.err, testing::AllOf(testing::HasSubstr("note"), testing::HasSubstr("3"))) << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(BadInput, DuplicatesUnderUnique) {
    sql().query("UPDATE payments SET note = 'same' WHERE id IN (3, 5)");
    const auto before = everything();
    const ToolRun run = tool_.json({"alter", "payments", "--strategy", "shadow", "--alter",
                                    "ADD CONSTRAINT note_once UNIQUE (note)", "--execute", "--yes"});
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_EQ(everything(), before);
}

// PostgreSQL's casts raise; no predicate tells beforehand for which rows.
class Cast : public BadInput {
  protected:
    Cast() {
        database_.exec({"UPDATE payments SET note = id", "UPDATE payments SET note = 'abc' WHERE id = 13",
                        "UPDATE payments SET note = '5 apples' WHERE id = 20"});
    }
    void expect_named(const std::vector<std::string>& change) {
        const auto before = everything();
        std::vector<std::string> arguments{"alter", "payments", "--execute", "--yes"};
        arguments.insert(arguments.end(), change.begin(), change.end());
        const ToolRun run = tool_.json(arguments);
        EXPECT_EQ(run.exit_code, 3) << run.text();
        EXPECT_EQ(run.json().value("state", ""), "refused") << run.text();
        EXPECT_THAT(run.err,
                    testing::AllOf(testing::HasSubstr("id=13 = abc"), testing::HasSubstr("id=20 = 5 apples"),
                                   testing::HasSubstr("at least 2 rows")))
            << run.text();
        EXPECT_EQ(everything(), before);
    }
};

TEST_P(Cast, ThatAClauseUsesNamesTheRowsThatItRefuses) {
    expect_named({"--alter", "ALTER note TYPE integer USING note::integer"});
}

TEST_P(Cast, ThatAConversionUsesNamesTheRowsThatItRefuses) {
    expect_named({"--convert", "note=using,expr=note::int,type=bigint,into=number,inverse=number::text"});
}

TEST_P(Cast, OfADomainNamesTheRowsThatItRefuses) {
    sql().query("CREATE DOMAIN digits AS varchar(40) CHECK (VALUE ~ '^[0-9]+$')");
    expect_named({"--alter", "ALTER note TYPE digits"});
}

std::vector<Server> postgresql_servers() {
    std::vector<Server> list = one_server_of_each();
    std::erase_if(list, [](const Server& server) { return flavor_of(server) != Flavor::postgres; });
    return list;
}

INSTANTIATE_TEST_SUITE_P(Servers, Cast, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Cast);
INSTANTIATE_TEST_SUITE_P(Servers, LongName, testing::ValuesIn(networked_servers()), server_name);
INSTANTIATE_TEST_SUITE_P(Servers, BadInput, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
