// Character sets on a real server against the reference: every character alone, and ? that was there before.
#include <gtest/gtest.h>

#include "conversion_client.hpp"
#include "support/text_values.hpp"

namespace turntable::mysql {
namespace {

std::string hex_of(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += fmt::format("{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

class MysqlCharsets : public testing::TestWithParam<test::Server> {
  protected:
    // One row per text, as the column's character set has it.
    void load(const std::string& charset, const std::vector<std::string>& texts) {
        (void)client_.rows("DROP TABLE IF EXISTS words");
        (void)client_.rows("DROP TABLE IF EXISTS made");
        (void)client_.rows("CREATE TABLE words (id int PRIMARY KEY, w varchar(10) CHARACTER SET " + charset +
                           ")");
        std::string sql;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            sql += fmt::format("{}({}, CONVERT(0x{} USING utf8mb4))", i == 0 ? "" : ",", i, hex_of(texts[i]));
        }
        (void)client_.rows("INSERT INTO words VALUES " + sql);
    }
    [[nodiscard]] ConversionPlan compile(const std::string& from, const std::string& to,
                                         const std::string& malformed) {
        Conversion asked;
        asked.column = "w";
        asked.rule = "charset";
        asked.into = "v";
        asked.extra = {{"to", to}, {"malformed", malformed}};
        return compile_conversion(asked, {"w", "varchar(10)", true, GetParam().name == "mariadb", from});
    }
    // What the copy writes into a column of that character set: hexadecimal UTF-8 of it, and of the way back.
    std::vector<std::vector<Cell>> copied(const ConversionPlan& plan, const std::string& to) {
        (void)client_.rows("DROP TABLE IF EXISTS made");
        (void)client_.rows("CREATE TABLE made (id int PRIMARY KEY, v varchar(10) CHARACTER SET " + to + ")");
        (void)client_.rows(fmt::format("INSERT INTO made SELECT id, {} FROM words", plan.forward_sql));
        return client_.rows(
            fmt::format("SELECT HEX(CONVERT(v USING utf8mb4)), HEX(CONVERT({} USING utf8mb4)), {} "
                        "FROM made JOIN words USING (id) ORDER BY id",
                        *plan.inverse_sql, plan.is_rejected.empty() ? "0" : plan.is_rejected));
    }

    ConversionClient client_{GetParam()};
};

TEST_P(MysqlCharsets, HoldWhatTheReferenceSays) {
    std::vector<std::string> texts;
    const auto codes = test::characters();
    for (const char32_t code : codes) {
        texts.push_back("?" + test::utf8_of(code) + "?");
    }
    load("utf8mb4", texts);
    for (const std::string to : {"ascii", "latin1", "utf8mb3", "utf8mb4"}) {
        const auto rows = copied(compile("utf8mb4", to, "null"), to);
        ASSERT_EQ(rows.size(), texts.size());
        int shown = 0;
        for (std::size_t i = 0; i < rows.size() && shown < 10; ++i) {
            const bool holds = test::charset_holds(to, codes[i]);
            const Cell wanted = holds ? Cell{hex_of(texts[i])} : Cell{};
            if (rows[i][0] != wanted || rows[i][1] != wanted || rows[i][2] != (holds ? "0" : "1")) {
                ++shown;
                ADD_FAILURE() << to << " of U+" << fmt::format("{:04X}", static_cast<unsigned>(codes[i]))
                              << ": " << rows[i][0].value_or("NULL") << ", back "
                              << rows[i][1].value_or("NULL") << ", rejected " << rows[i][2].value_or("NULL");
            }
        }
    }
}

TEST_P(MysqlCharsets, GiveLatin1BackByItsBytesWithTheHolesOfWindows) {
    (void)client_.rows("DROP TABLE IF EXISTS words");
    (void)client_.rows("CREATE TABLE words (id int PRIMARY KEY, w varchar(10) CHARACTER SET latin1)");
    std::string sql;
    for (int byte = 0x20; byte < 0x100; ++byte) {
        sql += fmt::format("{}({}, 0x{:02X})", byte == 0x20 ? "" : ",", byte, byte);
    }
    (void)client_.rows("INSERT INTO words VALUES " + sql);
    const ConversionPlan plan = compile("latin1", "utf8mb4", "fail");
    EXPECT_EQ(plan.is_rejected, "") << "nothing of it can be lost";
    (void)copied(plan, "utf8mb4");
    EXPECT_EQ(client_.rows(fmt::format("SELECT COUNT(*) FROM words JOIN made USING (id) WHERE HEX(w) = "
                                       "HEX(CONVERT({} USING latin1))",
                                       *plan.inverse_sql))[0][0],
              fmt::format("{}", 0x100 - 0x20));
}

// A character of GBK that Unicode does not have becomes ?, as a ? does.
TEST_P(MysqlCharsets, TellAHoleOfGbkFromAQuestionMark) {
    (void)client_.rows("DROP TABLE IF EXISTS words");
    (void)client_.rows("DROP TABLE IF EXISTS made");
    (void)client_.rows("CREATE TABLE words (id int PRIMARY KEY, w varchar(10) CHARACTER SET gbk)");
    (void)client_.rows(
        "INSERT INTO words VALUES (0, 0xB0A1), (1, 0x3F), (2, 0xA2A0), (3, 0x3FA2A03F), (4, NULL)");
    const ConversionPlan plan = compile("gbk", "utf8mb4", "fail");
    const auto rows = client_.rows("SELECT " + plan.is_rejected + " FROM words ORDER BY id");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0][0], "0");
    EXPECT_EQ(rows[1][0], "0");
    EXPECT_EQ(rows[2][0], "1");
    EXPECT_EQ(rows[3][0], "1");
    EXPECT_EQ(rows[4][0], "0");
    (void)client_.rows("CREATE TABLE made (id int PRIMARY KEY, v varchar(10) CHARACTER SET utf8mb4)");
    EXPECT_ANY_THROW((void)client_.rows("INSERT INTO made SELECT id, " + plan.forward_sql + " FROM words"));
}

TEST_P(MysqlCharsets, RefuseAStringThatTheyCannotHoldInTheCopy) {
    load("utf8mb4", {"é", "中", "😀"});
    for (const std::string to : {"ascii", "latin1", "gbk", "latin2"}) {
        EXPECT_ANY_THROW((void)copied(compile("utf8mb4", to, "fail"), to)) << to;
    }
    load("utf8mb4", {"中", "中?", "啊"});
    const auto rows = copied(compile("utf8mb4", "gbk", "fail"), "gbk");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1][0], hex_of("中?"));
    EXPECT_EQ(rows[1][1], hex_of("中?"));
}

TEST_P(MysqlCharsets, CountTheTextsThatBecomeLongerThanTheType) {
    (void)client_.rows("DROP TABLE IF EXISTS words");
    (void)client_.rows("CREATE TABLE words (id int PRIMARY KEY, w tinytext CHARACTER SET latin1)");
    (void)client_.rows(
        "INSERT INTO words VALUES (0, REPEAT('a', 255)), (1, REPEAT(CONVERT('é' USING latin1), 200))");
    Conversion asked;
    asked.column = "w";
    asked.rule = "charset";
    asked.extra = {{"to", "utf8mb4"}};
    const ConversionPlan plan =
        compile_conversion(asked, {"w", "tinytext", true, GetParam().name == "mariadb", "latin1"});
    const auto rows = client_.rows("SELECT " + plan.is_out_of_range + " FROM words ORDER BY id");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0][0], "0");
    EXPECT_EQ(rows[1][0], "1");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MysqlCharsets);
INSTANTIATE_TEST_SUITE_P(Servers, MysqlCharsets, testing::ValuesIn(conversion_servers()),
                         [](const auto& server) { return server.param.name; });

} // namespace
} // namespace turntable::mysql
