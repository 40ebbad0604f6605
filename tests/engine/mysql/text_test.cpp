// What is pure: names, quoting, clauses, CREATE TABLE texts, error classes. No server is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clauses.hpp"
#include "create_text.hpp"
#include "errors.hpp"
#include "names.hpp"
#include "options.hpp"
#include "quote.hpp"
#include "server.hpp"

namespace turntable::mysql {
namespace {

TEST(HelperNames, SortAfterTheTableAndFitForEveryLength) {
    for (std::size_t length = 1; length <= name_characters_max; ++length) {
        for (const std::string& letter :
             {std::string{"a"}, std::string{"z"}, std::string{"\xC3\xA9"}, std::string{"\xE6\x97\xA5"}}) {
            std::string table;
            for (std::size_t i = 0; i < length; ++i) {
                table += letter;
            }
            const HelperNames names = helper_names(table);
            for (const std::string& name :
                 {names.shadow, names.log, names.reverse_log, names.old, names.scratch}) {
                EXPECT_GT(name, table);
                EXPECT_LE(characters(name), name_characters_max);
                EXPECT_LE(characters(trigger_name(name, "ins")), name_characters_max);
            }
        }
    }
}

TEST(HelperNames, OfTwoLongTablesWithOneHeadDiffer) {
    const std::string head(60, 'a');
    EXPECT_NE(helper_names(head + "1").shadow, helper_names(head + "2").shadow);
}

TEST(Quoting, LeavesNoWayOutOfAStringOrAName) {
    EXPECT_EQ(quote_text("a'b\\c\nd"), "'a\\'b\\\\c\\nd'");
    EXPECT_EQ(quote_name("a`b"), "`a``b`");
    EXPECT_EQ(quote_bytes(std::string{"\0\xff", 2}), "x'00ff'");
}

TEST(Binding, ReplacesOnlyPlaceholdersOutsideQuotesAndComments) {
    const Statement statement{"SELECT '?', \"?\", `?` /* ? */, ?", {std::string{"x"}}, "", Blocks::nobody};
    EXPECT_EQ(bound_text(statement), "SELECT '?', \"?\", `?` /* ? */, 'x'");
}

TEST(Clauses, AreSplitAtTopLevelCommasOnly) {
    const auto clauses =
        parse_clauses("ADD COLUMN a DECIMAL(10,2) DEFAULT '1,2', DROP COLUMN `b,c`, ADD (x INT, y INT)");
    ASSERT_EQ(clauses.size(), 3U);
    EXPECT_EQ(clauses[0].column, "a");
    EXPECT_EQ(clauses[1].column, "b,c");
    EXPECT_THAT(clauses[2].added, testing::ElementsAre("x", "y"));
}

TEST(Clauses, KnowARenameInAllItsForms) {
    EXPECT_EQ(parse_clauses("CHANGE a b INT").at(0).new_name, "b");
    EXPECT_EQ(parse_clauses("change column `a` `a b` INT AFTER c").at(0).new_name, "a b");
    EXPECT_EQ(parse_clauses("RENAME COLUMN a TO b").at(0).kind, Clause::Kind::rename_column);
    EXPECT_EQ(parse_clauses("RENAME INDEX a TO b").at(0).kind, Clause::Kind::rename_index);
}

TEST(Clauses, AreRefusedWhereTheyAreNotUnderstood) {
    for (const char* const text : {"",
                                   "a",
                                   "DROP",
                                   "ADD COLUMN a INT,",
                                   "DROP COLUMN a b",
                                   "MODIFY a",
                                   "RENAME COLUMN a b",
                                   "ADD (a INT",
                                   "DROP COLUMN t.a",
                                   "DROP COLUMN a; DROP TABLE t",
                                   "ADD COLUMN a INT -- b",
                                   "ADD COLUMN a INT # b",
                                   "MODIFY a VARCHAR(10) DEFAULT 'x",
                                   "RENAME TO x",
                                   "DISCARD TABLESPACE",
                                   "ENGINE=MyISAM",
                                   "DROP PARTITION p",
                                   "ADD COLUMN a INT REFERENCES b (c)",
                                   "ADD FOREIGN KEY (a) REFERENCES b (c) MATCH FULL",
                                   "DROP FOREIGN KEY f g",
                                   "ALGORITHM=INPLACE",
                                   "LOCK=NONE",
                                   "ADD SYSTEM VERSIONING",
                                   "ORDER BY a"}) {
        EXPECT_THROW(static_cast<void>(parse_clauses(text)), Error) << text;
    }
}

TEST(CreateText, GivesItsIndexesAndForgetsThePosition) {
    const std::string text =
        "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`),\n"
        "  UNIQUE KEY `u``x` (`a`),\n  KEY `k` (`b`)\n) ENGINE=InnoDB AUTO_INCREMENT=42 "
        "DEFAULT CHARSET=utf8mb4";
    EXPECT_EQ(auto_increment_of(text), 42);
    EXPECT_EQ(without_auto_increment(text).find("AUTO_INCREMENT=42"), std::string::npos);
    ASSERT_EQ(index_lines(text).size(), 2U);
    EXPECT_EQ(index_lines(text)[0].name, "u`x");
    EXPECT_EQ(index_lines(text)[1].definition, "KEY `k` (`b`)");
}

TEST(CreateText, CommentsAreRemovedAndNothingElse) {
    const std::string text = "CREATE TABLE t\n"
                             "`a COMMENT 'b` int DEFAULT ' COMMENT ''x' COMMENT 'it''s `one` \\\\',\n"
                             "KEY `k` (`a`) COMMENT 'k'\n"
                             ") ENGINE=InnoDB COMMENT='the \\' table' ROW_FORMAT=DYNAMIC\n";
    EXPECT_EQ(without_comments(text), "CREATE TABLE t\n"
                                      "`a COMMENT 'b` int DEFAULT ' COMMENT ''x',\n"
                                      "KEY `k` (`a`)\n"
                                      ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC\n");
}

TEST(Errors, OfALostAnswerDependOnWhatWasSent) {
    const NativeError lost{2013, "HY000", "lost"};
    EXPECT_EQ(classified(lost, "COMMIT", InTransaction::yes).kind(), DatabaseErrorKind::outcome_unknown);
    EXPECT_EQ(classified(lost, "RENAME TABLE a TO b", InTransaction::no).kind(),
              DatabaseErrorKind::outcome_unknown);
    EXPECT_EQ(classified(lost, "INSERT INTO a VALUES (1)", InTransaction::yes).kind(),
              DatabaseErrorKind::lost_connection);
    EXPECT_EQ(classified(lost, "INSERT INTO a VALUES (1)", InTransaction::no).kind(),
              DatabaseErrorKind::outcome_unknown);
    EXPECT_EQ(classified(lost, "SELECT 1", InTransaction::no).kind(), DatabaseErrorKind::lost_connection);
}

TEST(Errors, TellAMetadataLockFromARowLock) {
    const NativeError timeout{1205, "HY000", "timeout"};
    EXPECT_EQ(classified(timeout, "ALTER TABLE t ADD a INT", InTransaction::no).kind(),
              DatabaseErrorKind::lock_timeout);
    EXPECT_EQ(classified(timeout, "UPDATE t SET a = 1", InTransaction::no).kind(),
              DatabaseErrorKind::transient);
}

TEST(Server, IsKnownByItsVersion) {
    const ServerVersion maria = parse_version("5.5.5-10.11.19-MariaDB-log");
    EXPECT_EQ(maria.kind, ServerKind::mariadb);
    EXPECT_TRUE(maria.at_least(10, 11, 19));
    EXPECT_FALSE(parse_version("8.0.12").at_least(8, 0, 13));
    EXPECT_THROW(static_cast<void>(parse_version("what")), Error);
}

TEST(UrlOptions, AreRefusedWhenUnknownOrContradicting) {
    for (const char* const text : {"mysql://u@h/db?nosuch=1", "mysql://u@h/db?sslmode=maybe", "mysql://u@h/",
                                   "mysql://u@h/db?sslmode=verify-full", "mysql://u@h/db?ssl_cert=/a",
                                   "mysql://u@h/db?connect_timeout=soon"}) {
        EXPECT_THROW(static_cast<void>(connection_options(Url::parse(text))), Error) << text;
    }
    EXPECT_EQ(connection_options(Url::parse("mysql://u@h/db?ssl_ca=/ca.pem")).tls, Tls::verified);
}

} // namespace
} // namespace turntable::mysql
