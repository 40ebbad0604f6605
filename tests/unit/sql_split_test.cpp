// Where statements begin and end, by flavour; hostile input is refused with its line and never split wrongly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/sql/split.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

Texts texts(std::string_view sql, SqlFlavor flavor) {
    Texts found;
    for (const SqlPiece& piece : split_sql(sql, flavor)) {
        found.push_back(piece.text);
    }
    return found;
}
Texts pg(std::string_view sql) {
    return texts(sql, SqlFlavor::postgresql);
}
Texts my(std::string_view sql) {
    return texts(sql, SqlFlavor::mysql);
}
Texts maria(std::string_view sql) {
    return texts(sql, SqlFlavor::mariadb);
}
Texts lite(std::string_view sql) {
    return texts(sql, SqlFlavor::sqlite);
}

// The message of the refusal; "" if there was none.
std::string refusal(std::string_view sql, SqlFlavor flavor) {
    try {
        (void)split_sql(sql, flavor);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        EXPECT_EQ(error.code(), "bad_sql");
        return error.what();
    }
    return "";
}

std::vector<int> lines(std::string_view sql, SqlFlavor flavor, int first_line = 1) {
    std::vector<int> found;
    for (const SqlPiece& piece : split_sql(sql, flavor, first_line)) {
        found.push_back(piece.line);
    }
    return found;
}

TEST(SplitSql, SemicolonsEndStatementsAndEmptyOnesAreDropped) {
    for (const SqlFlavor flavor : sql_flavors) {
        EXPECT_THAT(texts("a b;; c ;\n;d", flavor), ElementsAre("a b", "c", "d")) << to_string(flavor);
        EXPECT_THAT(texts("  \r\n /* x */ ; -- y\n", flavor), IsEmpty()) << to_string(flavor);
        EXPECT_THAT(texts("", flavor), IsEmpty()) << to_string(flavor);
    }
}

TEST(SplitSql, CommentsAroundAStatementAreDroppedThoseWithinAreKept) {
    EXPECT_THAT(pg("-- a;\nselect /* ; */ 1 -- b;\n , 2 /* c */; -- d"),
                ElementsAre("select /* ; */ 1 -- b;\n , 2"));
}

TEST(SplitSql, LinesAreThoseOfTheFirstToken) {
    EXPECT_THAT(lines("\n-- x\nselect 1;\r\n\r\nselect '\n\n';select 3", SqlFlavor::postgresql),
                ElementsAre(3, 5, 7));
    EXPECT_THAT(lines("a;\nb", SqlFlavor::sqlite, 10), ElementsAre(10, 11));
    EXPECT_THAT(lines("select e'\n'\n'\n'; select $$\n$$; x", SqlFlavor::postgresql), ElementsAre(1, 4, 5));
}

TEST(SplitSql, AByteOrderMarkIsNotPartOfTheFirstStatement) {
    EXPECT_THAT(pg("\xEF\xBB\xBFselect 1"), ElementsAre("select 1"));
}

TEST(SplitSql, QuotesOfPostgresql) {
    EXPECT_THAT(pg(R"(select 'a;''b' ; select ";""x" ;)"),
                ElementsAre(R"(select 'a;''b')", R"(select ";""x")"));
    EXPECT_THAT(pg(R"(select 'c:\'; select 2)"), ElementsAre(R"(select 'c:\')", "select 2"));
    EXPECT_THAT(pg(R"(select E'a\';b'; select 2)"), ElementsAre(R"(select E'a\';b')", "select 2"));
    EXPECT_THAT(pg(R"(select type'a\'; select 2)"), ElementsAre(R"(select type'a\')", "select 2"));
    EXPECT_THAT(pg(R"(select U&'\0041;'; select 2)"), ElementsAre(R"(select U&'\0041;')", "select 2"));
}

TEST(SplitSql, AnEscapeStringGoesOnBehindALineBreak) {
    EXPECT_THAT(pg("select E'a'\n '\\';b'; select 2"), ElementsAre("select E'a'\n '\\';b'", "select 2"));
    EXPECT_THAT(pg("select E'a' -- x\n '\\';b'; c"), ElementsAre("select E'a' -- x\n '\\';b'", "c"));
    EXPECT_THAT(pg("select E'a' '\\'; c"), ElementsAre("select E'a' '\\'", "c"));
}

TEST(SplitSql, DollarQuotes) {
    EXPECT_THAT(pg("do $$ begin; end $$; x"), ElementsAre("do $$ begin; end $$", "x"));
    EXPECT_THAT(pg("do $a$ $$;$b$; $a$; x"), ElementsAre("do $a$ $$;$b$; $a$", "x"));
    EXPECT_THAT(pg("do $fn1$ ' \" /* ; $fn1$; x"), ElementsAre("do $fn1$ ' \" /* ; $fn1$", "x"));
    EXPECT_THAT(pg("select $1;select a$b$;c$b$"), ElementsAre("select $1", "select a$b$", "c$b$"));
    EXPECT_THAT(pg("select $1$;$1$"), ElementsAre("select $1$", "$1$")); // a tag does not begin with a digit
    EXPECT_THAT(pg("select $ä$;$ä$; x"), ElementsAre("select $ä$;$ä$", "x"));
}

TEST(SplitSql, CommentsNestInPostgresqlAlone) {
    EXPECT_THAT(pg("a /* /* */ ; */ b; c"), ElementsAre("a /* /* */ ; */ b", "c"));
    EXPECT_THAT(lite("a /* /* */ ; b"), ElementsAre("a", "b"));
    EXPECT_THAT(my("a /* /* */ ; b"), ElementsAre("a", "b"));
}

TEST(SplitSql, DashesBeginACommentInMysqlOnlyBeforeABlank) {
    EXPECT_THAT(my("select 1--1; x"), ElementsAre("select 1--1", "x"));
    EXPECT_THAT(my("select 1 -- 1; x\n;y"), ElementsAre("select 1", "y"));
    EXPECT_THAT(my("select 1 --"), ElementsAre("select 1"));
    EXPECT_THAT(my("select 1 # ; x\n;y"), ElementsAre("select 1", "y"));
    EXPECT_THAT(pg("select 1--1; x\n;y"), ElementsAre("select 1", "y"));
    EXPECT_THAT(pg("select a #> b; x"), ElementsAre("select a #> b", "x"));
}

TEST(SplitSql, QuotesOfMysql) {
    EXPECT_THAT(my(R"(select 'a\';b', "c\";d", `e\`; f)"),
                ElementsAre(R"(select 'a\';b', "c\";d", `e\`)", "f"));
    EXPECT_THAT(my("select 'a'';b', \"c\"\";d\", `e``;f`; g"),
                ElementsAre("select 'a'';b', \"c\"\";d\", `e``;f`", "g"));
    EXPECT_THAT(my("select $$;select $a$;"), ElementsAre("select $$", "select $a$")); // names there
}

TEST(SplitSql, QuotesOfSqlite) {
    EXPECT_THAT(lite("select [a;b], `c;d`, \"e;\"\"f\", 'g\\'; h"),
                ElementsAre("select [a;b], `c;d`, \"e;\"\"f\", 'g\\'", "h"));
    EXPECT_THAT(lite("select [a]];b"), ElementsAre("select [a]]", "b")); // no doubling in brackets
}

TEST(SplitSql, ParenthesesKeepARuleOfPostgresqlTogether) {
    EXPECT_THAT(
        pg("create rule r as on insert to t do also (insert into a values (1); delete from b); x"),
        ElementsAre("create rule r as on insert to t do also (insert into a values (1); delete from b)",
                    "x"));
}

TEST(SplitSql, BodiesOfSqlFunctionsOfPostgresql) {
    constexpr auto body = "create or replace function f(a int) returns int begin atomic\n"
                          "  select case a when 1 then 2 end as end;\n  select t.case from t;\nend";
    EXPECT_THAT(pg(std::string{body} + "; select 1; end;"), ElementsAre(body, "select 1", "end"));
    EXPECT_THAT(pg("create function begin(a int) returns int language sql as 'x'; b"),
                ElementsAre("create function begin(a int) returns int language sql as 'x'", "b"));
    EXPECT_THAT(pg("begin; select case 1 when 1 then 2 end; commit;"),
                ElementsAre("begin", "select case 1 when 1 then 2 end", "commit"));
    EXPECT_THAT(pg("create table function (a int); b"), ElementsAre("create table function (a int)", "b"));
}

TEST(SplitSql, BodiesOfMysqlRoutines) {
    constexpr auto procedure =
        "CREATE DEFINER=`a`@`%` PROCEDURE IF NOT EXISTS p(x int)\nBEGIN\n"
        "  DECLARE c CURSOR FOR SELECT 1;\n"
        "  IF (x > 1) THEN SET @a = IF(x, 1, 2); ELSEIF x THEN BEGIN END; END IF;\n"
        "  IF NOT EXISTS (SELECT 1) THEN DROP TABLE IF EXISTS t; END IF;\n"
        "  l: LOOP LEAVE l; END LOOP;\n"
        "  WHILE x DO SET x = x - 1; END WHILE;\n"
        "  REPEAT SET x = REPEAT('a', 2); UNTIL x END REPEAT;\n"
        "  CASE x WHEN 1 THEN SELECT 1; ELSE SELECT CASE x WHEN 1 THEN IF(1,2,3) END; END CASE;\n"
        "  SELECT t.end, `begin` FROM t FOR UPDATE;\nEND";
    EXPECT_THAT(my(std::string{procedure} + ";\nselect 1;"), ElementsAre(procedure, "select 1"));
    EXPECT_THAT(maria(std::string{procedure} + ";\nselect 1;"), ElementsAre(procedure, "select 1"));
}

TEST(SplitSql, BodiesOfOneStatement) {
    EXPECT_THAT(my("create trigger t before insert on x for each row set new.a = if(1,2,3); b"),
                ElementsAre("create trigger t before insert on x for each row set new.a = if(1,2,3)", "b"));
    EXPECT_THAT(
        my("create trigger t before insert on x for each row if new.a then set new.b = 1; end if; c"),
        ElementsAre("create trigger t before insert on x for each row if new.a then set new.b = 1; end if",
                    "c"));
    EXPECT_THAT(my("create event e on schedule every 1 day do begin delete from t; end; b"),
                ElementsAre("create event e on schedule every 1 day do begin delete from t; end", "b"));
    EXPECT_THAT(my("create function f returns string soname 'x.so'; b"),
                ElementsAre("create function f returns string soname 'x.so'", "b"));
    EXPECT_THAT(my("create table procedure_ (a int); b"),
                ElementsAre("create table procedure_ (a int)", "b"));
    EXPECT_THAT(my("create definer=`x`@y sql security invoker view v as select 1; b"),
                ElementsAre("create definer=`x`@y sql security invoker view v as select 1", "b"));
}

TEST(SplitSql, CompoundStatementsAndLoopsOfMariadb) {
    EXPECT_THAT(maria("begin not atomic select 1; select 2; end; b"),
                ElementsAre("begin not atomic select 1; select 2; end", "b"));
    EXPECT_THAT(maria("begin; select 1; commit"), ElementsAre("begin", "select 1", "commit"));
    EXPECT_THAT(maria("create procedure p() begin for i in 1..3 do select i; end for; end; b"),
                ElementsAre("create procedure p() begin for i in 1..3 do select i; end for; end", "b"));
}

TEST(SplitSql, DelimiterOfTheUser) {
    EXPECT_THAT(my("DELIMITER //\ncreate procedure p() begin select 1; end//\nselect 2; select 3//\n"
                   "delimiter ;\nselect 4; select 5"),
                ElementsAre("create procedure p() begin select 1; end", "select 2", "select 3", "select 4",
                            "select 5"));
    EXPECT_THAT(my("delimiter $$\ncreate function f() returns int begin return 1; END$$ x$$\n"),
                ElementsAre("create function f() returns int begin return 1; END", "x"));
    EXPECT_THAT(my("delimiter $$\ncreate trigger t before insert on x for each row begin end; $$"),
                ElementsAre("create trigger t before insert on x for each row begin end"));
    EXPECT_THAT(my("delimiter go\nselect google, 'go' go\nselect 2 GO\n"),
                ElementsAre("select google, 'go'", "select 2 GO")); // as the client, it knows case
    EXPECT_THAT(my("select delimiter from t"), ElementsAre("select delimiter from t"));
}

TEST(SplitSql, TheUsersDelimiterHelpsWhereABodyIsBeyondUs) {
    constexpr auto body = "create procedure p() begin select 1; end; end if; loop";
    EXPECT_THAT(my("delimiter //\n" + std::string{body} + " //\nx//"), ElementsAre(body, "x"));
    EXPECT_THAT(refusal("delimiter //\nselect (1 //", SqlFlavor::mysql),
                HasSubstr("line 2: the parenthesis"));
}

TEST(SplitSql, ExecutableCommentsAreContent) {
    EXPECT_THAT(my("/*!40101 SET NAMES utf8 */; x"), ElementsAre("/*!40101 SET NAMES utf8 */", "x"));
    EXPECT_THAT(my("a /*! ' ; */ ' */; x"), ElementsAre("a /*! ' ; */ ' */", "x"));
    EXPECT_THAT(my("/*M! ; */ x"), ElementsAre("x")); // MariaDB's alone
    EXPECT_THAT(maria("/*M!100100 a */; x"), ElementsAre("/*M!100100 a */", "x"));
    EXPECT_THAT(my("select /*+ hint ; */ 1; x"), ElementsAre("select /*+ hint ; */ 1", "x"));
    EXPECT_THAT(
        my("delimiter ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ /*!50003 TRIGGER t BEFORE INSERT "
           "ON x FOR EACH ROW BEGIN SET NEW.a = 1; END */;;\ndelimiter ;\ny"),
        ElementsAre("/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ /*!50003 TRIGGER t BEFORE INSERT "
                    "ON x FOR EACH ROW BEGIN SET NEW.a = 1; END */",
                    "y"));
}

TEST(SplitSql, TriggersOfSqlite) {
    constexpr auto trigger = "create temp trigger if not exists t after update on x when new.a = 1 begin\n"
                             "  update y set a = case new.a when 1 then 2 end;\n  select 1; -- end;\n  end";
    EXPECT_THAT(lite(std::string{trigger} + ";\nselect 1;"), ElementsAre(trigger, "select 1"));
    EXPECT_THAT(lite(trigger), ElementsAre(trigger));
    EXPECT_THAT(lite("begin; select 1; end;"), ElementsAre("begin", "select 1", "end"));
    EXPECT_THAT(lite("create table \"trigger\" (a); b"), ElementsAre("create table \"trigger\" (a)", "b"));
}

TEST(SplitSql, MarkedLinesMakeOneStatement) {
    constexpr auto sql = "a;\n-- turntable:statement-begin\n\n b ' ; c;\n-- turntable:statement-end\nd;";
    for (const SqlFlavor flavor : sql_flavors) {
        EXPECT_THAT(texts(sql, flavor), ElementsAre("a", "b ' ; c;", "d"));
        EXPECT_THAT(lines(sql, flavor), ElementsAre(1, 4, 6));
        EXPECT_THAT(refusal("a\n-- turntable:statement-begin\n", flavor), HasSubstr("line 1: the statement"));
        EXPECT_THAT(refusal("-- turntable:statement-begin\nb", flavor), HasSubstr("statement-end"));
        EXPECT_THAT(refusal("a;\n-- turntable:statement-end", flavor), HasSubstr("line 2: "));
    }
}

TEST(SplitSql, WhatBeginsAndDoesNotEndIsRefusedWithItsLine) {
    for (const SqlFlavor flavor : sql_flavors) {
        EXPECT_THAT(refusal("a;\n'b;\n\nc", flavor), HasSubstr("line 2: the quote '"));
        EXPECT_THAT(refusal("a;\n\"b;\n\nc", flavor), HasSubstr("line 2: the quote \""));
        EXPECT_THAT(refusal("a;\n\nb /* ;\n\nc", flavor), HasSubstr("line 3: the comment"));
        EXPECT_THAT(refusal("a;\nb (\n'x'\n; c", flavor), HasSubstr("line 2: the parenthesis"));
        EXPECT_THAT(refusal("a;\nb )", flavor), HasSubstr("line 2: a parenthesis closes"));
        EXPECT_THAT(refusal(std::string_view{"a\0b", 3}, flavor), HasSubstr("line 1: there is a NUL byte"));
    }
    EXPECT_THAT(refusal("do\n$a$ $b$", SqlFlavor::postgresql), HasSubstr("line 2: the dollar quote $a$"));
    EXPECT_THAT(refusal("/* /* */", SqlFlavor::postgresql), HasSubstr("line 1: the comment"));
    EXPECT_THAT(refusal("select e'\\'", SqlFlavor::postgresql), HasSubstr("quote"));
    EXPECT_THAT(refusal("select 'a\\'", SqlFlavor::mysql), HasSubstr("quote"));
    EXPECT_THAT(refusal("select 'a\\", SqlFlavor::mysql), HasSubstr("quote"));
    EXPECT_THAT(refusal("select [a", SqlFlavor::sqlite), HasSubstr("the quote ["));
    EXPECT_THAT(refusal("x\n/*! y", SqlFlavor::mysql), HasSubstr("line 2: the executable comment"));
    EXPECT_THAT(refusal("x /*! ; */", SqlFlavor::mysql), HasSubstr("inside an executable comment"));
}

TEST(SplitSql, BodiesWithoutAnEndAreRefusedWithTheLineOfTheirBegin) {
    EXPECT_THAT(refusal("x;\ncreate function f() returns int\nbegin atomic select 1; select 2;",
                        SqlFlavor::postgresql),
                HasSubstr("line 3: the body"));
    EXPECT_THAT(refusal("create procedure p()\nbegin\nif a then select 1; end;", SqlFlavor::mysql),
                HasSubstr("line 2: the body"));
    EXPECT_THAT(refusal("create trigger t after insert on x\nbegin select 1; select 2;", SqlFlavor::sqlite),
                HasSubstr("line 2: the body"));
    EXPECT_THAT(refusal("begin not atomic select 1;", SqlFlavor::mariadb), HasSubstr("line 1: the body"));
    EXPECT_THAT(refusal("select 1\nDELIMITER //\n", SqlFlavor::mysql), HasSubstr("before DELIMITER"));
}

TEST(SplitSql, CommandsOfClientProgramsAreRefusedByName) {
    EXPECT_THAT(refusal("select 1;\n\\connect shop", SqlFlavor::postgresql),
                HasSubstr("line 2: \\connect is a command of psql"));
    EXPECT_THAT(refusal("select 1 \\gexec", SqlFlavor::postgresql), HasSubstr("\\gexec"));
    EXPECT_THAT(refusal("copy t (a) from stdin;\n1\tx'\n\\.\n", SqlFlavor::postgresql), HasSubstr("COPY"));
    EXPECT_THAT(refusal("select 1 \\G", SqlFlavor::mysql), HasSubstr("\\G is a command of the mysql client"));
    EXPECT_THAT(refusal("source x.sql;", SqlFlavor::mariadb), HasSubstr("source"));
    EXPECT_THAT(refusal("system rm x", SqlFlavor::mysql), HasSubstr("system"));
    EXPECT_THAT(refusal("a;\n.read x.sql", SqlFlavor::sqlite), HasSubstr("line 2: .read"));
    EXPECT_THAT(refusal("DELIMITER 'x y'\n", SqlFlavor::mysql), HasSubstr("one word"));
    EXPECT_THAT(refusal("DELIMITER\n", SqlFlavor::mysql), HasSubstr("one word"));
    EXPECT_THAT(pg("copy t from stdin_table"), ElementsAre("copy t from stdin_table"));
}

// Whatever is cut off, a text is either refused or keeps its beginning: no prefix makes another first
// statement than the whole text does.
TEST(SplitSql, NoPrefixOfATextSplitsItsFirstStatement) {
    const std::vector<std::pair<SqlFlavor, std::string>> samples{
        {SqlFlavor::postgresql,
         "create function f() returns int begin atomic select case 1 when 1 then 2 end; "
         "select 'a;', e'\\';', $x$;$x$ /* ; /* ; */ */; end; drop table t"},
        {SqlFlavor::mysql,
         "create procedure p() begin if (a) then select 'x;\\';', `;`; end if; # ;\n case a when "
         "1 then select 1; end case; end; drop table t"},
        {SqlFlavor::mariadb, "begin not atomic for i in 1..2 do select '/*'; end for; end; drop table t"},
        {SqlFlavor::sqlite, "create trigger a after insert on b begin select [;], ';'; select 1; end; drop "
                            "table t"}};
    for (const auto& [flavor, sql] : samples) {
        const std::string whole = split_sql(sql, flavor).front().text;
        for (std::size_t length = 0; length <= sql.size(); ++length) {
            try {
                const auto pieces = split_sql(std::string_view{sql}.substr(0, length), flavor);
                if (!pieces.empty()) {
                    EXPECT_TRUE(whole.starts_with(pieces.front().text)) << pieces.front().text;
                }
                EXPECT_TRUE(pieces.size() < 2 || pieces.front().text == whole) << sql.substr(0, length);
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), "bad_sql");
            }
        }
    }
}

} // namespace
} // namespace turntable::migrate
