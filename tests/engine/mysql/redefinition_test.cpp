// Typed operations redefine a column, and the servers forget whatever a redefinition does not say.
#include "on_both_servers.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
namespace {

class Redefinition : public OnBothServers {
  protected:
    static ChangeRequest typed(std::vector<Operation> operations) {
        ChangeRequest request;
        request.table = {"", "t"};
        request.operations = std::move(operations);
        return request;
    }
    std::string definition(const std::string& table) {
        std::string text = lab.sql("SHOW CREATE TABLE " + table).rows.at(0).at(1).value_or("");
        return text.substr(text.find('('));
    }
    std::string refusal(const ChangeRequest& request) {
        try {
            (void)lab.plan(request);
        } catch (const Error& error) {
            return std::string{error.code()};
        }
        return "planned";
    }
};

TEST_P(Redefinition, KeepsAllThatItDoesNotSpeakOf) {
    const std::string columns = " NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'key', s TIMESTAMP NOT NULL "
                                "DEFAULT CURRENT_TIMESTAMP ON "
                                "UPDATE CURRENT_TIMESTAMP COMMENT 'seen', h INT ";
    const std::string rest = " INVISIBLE DEFAULT 5, ";
    lab.sql(
        "CREATE TABLE t (id INT" + columns + "NULL" + rest +
        "w VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s') CHARSET utf8mb4");
    lab.sql(
        "CREATE TABLE twin (id BIGINT" + columns + "NOT NULL" + rest +
        "w VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s') CHARSET utf8mb4");
    lab.sql("INSERT INTO t (w) VALUES ('a'), ('b')");
    lab.sql("INSERT INTO twin (w) VALUES ('a'), ('b')");
    ChangeColumn id;
    id.column = "id";
    id.type = "int64";
    ChangeColumn word;
    word.column = "w";
    word.type = "varchar(40)";
    SetNotNull hidden;
    hidden.column = "h";
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    const run::Outcome outcome = lab.alter(typed({id, word, hidden}), settings);
    ASSERT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    EXPECT_EQ(definition("t"), definition("twin"));
    lab.sql("INSERT INTO t (w) VALUES ('c')");
    EXPECT_EQ(lab.number("SELECT id FROM t WHERE w = 'c'"), 3);
}

TEST_P(Redefinition, KeepsACheckOfTheColumnItself) {
    const std::string price = " NOT NULL DEFAULT 1 COMMENT 'a CHECK (that) is none' CHECK (price >= 0))";
    lab.sql("CREATE TABLE t (id INT PRIMARY KEY, price INT" + price);
    ChangeColumn wider;
    wider.column = "price";
    wider.type = "int64";
    const run::Outcome outcome = lab.alter(typed({wider}));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_THROW(lab.sql("INSERT INTO t VALUES (1, -1)"), DatabaseError);
    lab.sql("INSERT INTO t VALUES (1, 5000000000)");
}

TEST_P(Redefinition, OfAConvertedColumnWithACheckUnderANewNameIsRefused) {
    lab.sql("CREATE TABLE t (id INT PRIMARY KEY, price DOUBLE NOT NULL CHECK (price >= 0))");
    Conversion cents;
    cents.column = "price";
    cents.rule = "cents";
    cents.into = "price_cents";
    ChangeRequest request = typed({});
    request.conversions = {cents};
    EXPECT_NE(refusal(request), "planned");
    EXPECT_EQ(lab.objects(), "t");
}

TEST_P(Redefinition, OfAGeneratedColumnIsRefused) {
    lab.sql("CREATE TABLE t (id INT PRIMARY KEY, twice INT AS (id * 2) STORED)");
    ChangeColumn wider;
    wider.column = "twice";
    wider.type = "int64";
    EXPECT_EQ(refusal(typed({wider})), "column_attribute");
}

TURNTABLE_ON_BOTH_SERVERS(Redefinition);

} // namespace
} // namespace turntable::test
