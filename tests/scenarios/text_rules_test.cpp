// json, charset and collation as jobs, beside an application that writes the column meanwhile. What must come
// out is kept by the test itself.

#include <atomic>
#include <functional>
#include <map>
#include <thread>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class TextRules : public Scenario {
  protected:
    static constexpr int rows = 300;

    // notes (id, body, title), title 't' || id and unique; the book says what body is.
    void make(const std::string& body_type, const std::string& title_type,
              const std::function<std::string(int)>& body) {
        sql().query("CREATE TABLE notes (id integer NOT NULL PRIMARY KEY, body " + body_type + ", title " +
                    title_type + " NOT NULL)");
        sql().query("CREATE UNIQUE INDEX notes_title ON notes (title)");
        std::string values;
        for (int id = 1; id <= rows; ++id) {
            book_[id] = body(id);
            values += (id == 1 ? "(" : ", (") + std::to_string(id) + ", " + text(book_[id]) + ", 't" +
                      std::to_string(id) + "')";
        }
        sql().query("INSERT INTO notes VALUES " + values);
    }

    // The tool's run beside a writer, which gives the bodies that `next` says until the run has ended.
    ToolRun beside_a_writer(const std::vector<std::string>& arguments,
                            const std::function<std::string(int)>& next) {
        std::atomic<bool> ended{false};
        std::atomic<int> written{0};
        std::string failed;
        std::thread writer{[&] {
            const auto client = database_.open();
            try {
                for (int n = 0; !ended; ++n) {
                    const int id = 1 + (n * 7) % rows;
                    client->query("UPDATE notes SET body = " + text(next(n)) +
                                  " WHERE id = " + std::to_string(id));
                    book_[id] = next(n);
                    ++written;
                    std::this_thread::sleep_for(std::chrono::milliseconds{1});
                }
            } catch (const ClientError& error) {
                failed = error.what();
            }
        }};
        while (written < 20 && failed.empty()) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
        const int before = written;
        ToolRun run = tool_.json(arguments);
        ended = true;
        writer.join();
        EXPECT_THAT(failed,
                    testing::AnyOf("", testing::HasSubstr("Incorrect string value"))); // after the swap
        EXPECT_GT(written, before) << "no writer got through";
        return run;
    }

    // Every body is what `same` takes for that of the book.
    void expect_bodies(const std::function<bool(const std::string& book, const std::string& seen)>& same) {
        const Answer answer = sql().query("SELECT id, " + as_text("body") + " FROM notes ORDER BY id");
        ASSERT_EQ(answer.rows.size(), book_.size());
        for (const auto& row : answer.rows) {
            const std::string& book = book_.at(std::stoi(*row[0]));
            ASSERT_TRUE(same(book, row[1].value_or("NULL")))
                << *row[0] << ": " << book << " became " << row[1].value_or("NULL");
        }
    }

    [[nodiscard]] std::string as_text(const std::string& column) const {
        return flavor_ == Flavor::postgres ? column + "::text"
               : is_mysql_like(flavor_)    ? "CONVERT(" + column + " USING utf8mb4)"
                                           : "CAST(" + column + " AS TEXT)";
    }
    std::string text(const std::string& value) const {
        std::string out{"'"};
        for (const char c : value) {
            out += c == '\'' || (c == '\\' && is_mysql_like(flavor_)) ? std::string{c, c} : std::string{c};
        }
        return out + "'";
    }
    static std::vector<std::string> alter(const std::string& convert) {
        return {"alter", "notes", "--convert", convert, "--execute", "--yes"};
    }
    // A collation that calls A and a the same, as --convert names it.
    std::string without_case() {
        if (flavor_ == Flavor::postgres) {
            sql().query("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic "
                        "= false)");
            return "nocase";
        }
        return flavor_ == Flavor::sqlite ? "NOCASE" : "utf8mb4_general_ci";
    }
    [[nodiscard]] std::string binary_varchar() const {
        return is_mysql_like(flavor_) ? "varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
                                      : "varchar(40)";
    }
    [[nodiscard]] static bool same_bytes(const std::string& book, const std::string& seen) {
        return book == seen;
    }
    [[nodiscard]] static bool same_document(const std::string& book, const std::string& seen) {
        return nlohmann::json::parse(book) == nlohmann::json::parse(seen, nullptr, false);
    }

    Flavor flavor_ = flavor();
    std::map<int, std::string> book_;
};

std::string document(int n) {
    return R"( {"n" : )" + std::to_string(n) + R"(, "who": "O'Neil \"\u00e9\"", "list":[1,2 , {}] })";
}

TEST_P(TextRules, JsonOutOfTextBesideWritersAndBack) {
    make("text", "varchar(40)", document);
    const ToolRun run = beside_a_writer(alter("body=json"), [](int n) { return document(n % 50); });
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_TRUE(run.json().value("verified", false)) << run.text();
    EXPECT_EQ(run.json()["conversions"][0].value("exact", 0), rows);
    expect_bodies(same_document);
    if (flavor_ != Flavor::sqlite) {
        EXPECT_THROW(sql().query("UPDATE notes SET body = '{' WHERE id = 5"), ClientError);
    }
    // What is written from now on comes back as a document, the rest as the very text.
    const std::string written = R"({"b" : 1,"a":2})";
    sql().query("UPDATE notes SET body = " + text(written) + " WHERE id = 3");
    const ToolRun reverted = tool_.json({"revert", run.json().value("job", "")});
    ASSERT_EQ(reverted.exit_code, 0) << reverted.text();
    EXPECT_TRUE(same_document(written, sql().cell("SELECT body FROM notes WHERE id = 3")));
    sql().query("UPDATE notes SET body = " + text(book_[3]) + " WHERE id = 3");
    expect_bodies(same_document); // the writer wrote on after the swap
}

TEST_P(TextRules, WhatIsNotJsonIsCountedAndNamed) {
    make("text", "varchar(40)", document);
    database_.exec({"UPDATE notes SET body = " + text("{n: 1}") + " WHERE id IN (17, 18)",
                    "UPDATE notes SET body = " + text(R"({"a": 1, "a": 2})") + " WHERE id = 19"});
    const ToolRun run = tool_.json(alter("body=json"));
    ASSERT_EQ(run.exit_code, 3) << run.text();
    EXPECT_THAT(run.text(), testing::HasSubstr("{n: 1}"));
    EXPECT_THAT(run.text(), testing::HasSubstr("17"));
    // One of two members of one name would be lost where the document is parsed.
    const int bad = flavor_ == Flavor::sqlite || flavor_ == Flavor::mariadb ? 2 : 3;
    EXPECT_EQ(run.json()["conversions"][0].value("rejected", 0), bad) << run.text();
    const ToolRun replaced =
        tool_.json(alter("body=json,duplicates=last,malformed=quarantine,replacement='{}'"));
    ASSERT_EQ(replaced.exit_code, 0) << replaced.text();
    EXPECT_EQ(replaced.json()["conversions"][0].value("quarantined", 0), 2);
    book_[17] = book_[18] = "{}";
    book_[19] = R"({"a": 2})";
    expect_bodies(same_document);
    const ToolRun reverted = tool_.json({"revert", replaced.json().value("job", "")});
    ASSERT_EQ(reverted.exit_code, 0) << reverted.text();
    book_[17] = book_[18] = "{n: 1}";
    book_[19] = R"({"a": 1, "a": 2})";
    expect_bodies(same_bytes);
}

TEST_P(TextRules, ACollationChangesBesideWritersAndBackUnlessItMakesTitlesEqual) {
    make("text", binary_varchar(), document);
    const std::string convert = "title=collation,to=" + without_case();
    sql().query("UPDATE notes SET title = 'T18' WHERE id = 17");
    const ToolRun refused = tool_.json(alter(convert));
    ASSERT_EQ(refused.exit_code, 3) << refused.text();
    EXPECT_THAT(refused.text(), testing::AnyOf(testing::HasSubstr("t18"), testing::HasSubstr("T18")));
    EXPECT_THAT(refused.text(), testing::HasSubstr("notes_title"));

    sql().query("UPDATE notes SET title = 't17' WHERE id = 17");
    const ToolRun run = beside_a_writer(alter(convert), [](int n) { return document(n % 50); });
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_TRUE(run.json().value("verified", false)) << run.text();
    expect_bodies(same_bytes);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM notes WHERE title = 'T17'"), 1);
    EXPECT_THROW(sql().query("UPDATE notes SET title = 'T18' WHERE id = 17"), ClientError);
    // The new collation calls both the same; the way back must not.
    sql().query("UPDATE notes SET title = 'T17' WHERE id = 17");
    const ToolRun reverted = tool_.json({"revert", run.json().value("job", "")});
    ASSERT_EQ(reverted.exit_code, 0) << reverted.text();
    EXPECT_EQ(sql().cell("SELECT title FROM notes WHERE id = 17"), "T17");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM notes WHERE title = 't17'"), 0);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM notes WHERE title = 't16'"), 1);
}

TEST_P(TextRules, BinaryIsACollationOfEveryDatabase) {
    const std::string folding = flavor_ == Flavor::sqlite ? "varchar(40) COLLATE NOCASE"
                                : is_mysql_like(flavor_)
                                    ? "varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
                                    : "varchar(40)";
    make("text", folding, document);
    const ToolRun run = tool_.json(alter("title=collation,to=binary"));
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM notes WHERE title = 'T17'"), 0);
    sql().query("UPDATE notes SET title = 'T18' WHERE id = 17");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM notes WHERE title = 't18'"), 1);
}

TEST_P(TextRules, AKeyColumnChangesItsCollationWhereItsRowsAreStillToldApart) {
    sql().query("CREATE TABLE words (word " + binary_varchar() + " NOT NULL PRIMARY KEY, n integer)");
    sql().query("INSERT INTO words VALUES ('a', 1), ('b', 2), ('Z', 3)");
    const ToolRun run =
        tool_.json({"alter", "words", "--convert",
                    "word=collation,to=" + (flavor_ == Flavor::postgres ? "binary" : without_case()),
                    "--execute", "--yes"});
    if (flavor_ == Flavor::sqlite) {
        EXPECT_EQ(run.exit_code, 5) << run.text();
        EXPECT_THAT(run.text(), testing::HasSubstr("how column word is stored or compared"));
        return;
    }
    ASSERT_EQ(run.exit_code, 0) << run.text();
    sql().query("UPDATE words SET n = 5 WHERE word = 'a'");
    sql().query("INSERT INTO words VALUES ('c', 6)");
    ASSERT_EQ(tool_.run({"revert", run.json().value("job", "")}).exit_code, 0);
    EXPECT_EQ(sql().number("SELECT SUM(n) FROM words"), 5 + 2 + 3 + 6);
}

TEST_P(TextRules, ACharacterSetChangesWhereColumnsHaveOne) {
    const bool has = is_mysql_like(flavor_);
    const auto words = [](int n) {
        return n % 2 == 0 ? std::string{"sum? é €"} : "n" + std::to_string(n % 40);
    };
    make(has ? "varchar(60) CHARACTER SET utf8mb4" : "varchar(60)", "varchar(40)", words);
    if (!has) {
        const ToolRun run = tool_.json(alter("body=charset,to=latin1"));
        EXPECT_EQ(run.exit_code, 5) << run.text();
        EXPECT_THAT(run.text(), testing::HasSubstr("whole database"));
        return;
    }
    sql().query("UPDATE notes SET body = '中?' WHERE id = 17");
    const ToolRun refused = tool_.json(alter("body=charset,to=latin1"));
    ASSERT_EQ(refused.exit_code, 3) << refused.text();
    EXPECT_THAT(refused.text(), testing::HasSubstr("中?"));
    book_[17] = "中?";
    const ToolRun run = beside_a_writer(alter("body=charset,to=latin1,malformed=quarantine,replacement=?"),
                                        [&](int n) { return n % 11 == 0 ? "😀" : words(n); });
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_TRUE(run.json().value("verified", false)) << run.text();
    expect_bodies([](const std::string& book, const std::string& seen) {
        return book == "😀" || book == "中?" ? seen == "?" || seen == book : seen == book;
    });
    const ToolRun reverted = tool_.json({"revert", run.json().value("job", "")});
    ASSERT_EQ(reverted.exit_code, 0) << reverted.text();
    expect_bodies(same_bytes);
}

INSTANTIATE_TEST_SUITE_P(Servers, TextRules, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
