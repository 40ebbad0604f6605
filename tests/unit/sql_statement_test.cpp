// Whatever stands in a file, reading it ends in actions or in a reason why not.
#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/sql/statement.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

SqlStatement read(const std::string& sql, SqlFlavor flavor) {
    return read_statement({sql, 1}, flavor);
}

TEST(SqlStatement, WhatIsNotUnderstoodSaysWhere) {
    EXPECT_THAT(read("ALTER TABLE t FROBNICATE c", SqlFlavor::mysql).error, HasSubstr("FROBNICATE c"));
    EXPECT_THAT(read("ALTER TABLE t ADD c", SqlFlavor::sqlite).error, IsEmpty()); // a type is optional there
    EXPECT_THAT(read("ALTER TABLE t ADD", SqlFlavor::sqlite).error, HasSubstr("the end"));
    EXPECT_THAT(read("ALTER TABEL t", SqlFlavor::postgresql).error, HasSubstr("PostgreSQL 15"));
}

TEST(SqlStatement, BytesThatAreNoTextAreAReasonNotAFailure) {
    for (const SqlFlavor flavor : sql_flavors) {
        EXPECT_NO_THROW((void)read("CREATE TABLE t (a int DEFAULT '\xFF')", flavor)) << to_string(flavor);
    }
    EXPECT_THAT(read("SELECT '\xFF'", SqlFlavor::postgresql).error, HasSubstr("UTF-8"));
}

// One edit of the kind that a slip, a bad merge or a cut file makes.
std::string damaged(std::string text, std::mt19937& random) {
    const auto below = [&](std::size_t limit) { return random() % limit; };
    const std::size_t at = below(text.size());
    switch (below(4)) {
    case 0:
        return text.substr(0, at);
    case 1:
        return text.erase(at, 1);
    case 2:
        return text.insert(at, 1, "'\"(),;`.-@$*=\\[]#"[below(17)]);
    default:
        return text.substr(std::min(text.find(' ', at), text.size() - 1));
    }
}

TEST(SqlStatement, NoDamageToAStatementIsMoreThanAnErrorOrAReason) {
    int tried = 0;
    for (const auto& entry : std::filesystem::directory_iterator{TURNTABLE_TEST_DATA "/lint/rules"}) {
        std::ifstream in{entry.path()};
        std::mt19937 random{7}; // of each file: the order of the folder changes nothing
        for (std::string line; std::getline(in, line);) {
            for (const SqlFlavor flavor : sql_flavors) {
                const std::string text = line.empty() ? ";" : damaged(line, random);
                try {
                    for (const SqlPiece& piece : split_sql(text, flavor)) {
                        (void)read_statement(piece, flavor);
                    }
                } catch (const Error& error) {
                    EXPECT_EQ(error.code(), "bad_sql") << text;
                }
                ++tried;
            }
        }
    }
    EXPECT_GT(tried, 1000);
}

} // namespace
} // namespace turntable::migrate
