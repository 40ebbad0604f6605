// What the empty clone says decides, and how big the table is: a rebuild in place is one statement on every
// replica too.
#include "catalog.hpp"
#include "on_both_servers.hpp"
#include "strategy.hpp"

namespace turntable::test {
namespace {

class Strategies : public OnBothServers {
  protected:
    // As decided for the table t if it had that many bytes.
    [[nodiscard]] mysql::Decision decided(const std::string& clauses, std::int64_t bytes) {
        const auto session = lab.open();
        mysql::Table source = mysql::read_table(*session, lab.database(), "t");
        source.data_bytes = bytes;
        mysql::Change change;
        change.lists = {clauses};
        change.clauses = {mysql::parse_clauses(clauses)};
        mysql::Scratch scratch{*session, source, "t__tt_scratch"};
        return mysql::decide_strategy(scratch, *session, mysql::server_version(*session), source, change, {});
    }
};

TEST_P(Strategies, ABigRebuildInPlaceGoesThroughTheShadowAndASmallOneDoesNot) {
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)");
    constexpr std::int64_t small = 1 << 20, big = 1LL << 30;
    const mysql::Decision in_place = decided("ENGINE = InnoDB", small);
    EXPECT_EQ(in_place.strategy, Strategy::online);
    EXPECT_NE(in_place.reason.find("rebuilds"), std::string::npos) << in_place.reason;
    EXPECT_EQ(decided("ENGINE = InnoDB", big).strategy, Strategy::shadow);
    EXPECT_NE(decided("ADD INDEX (v)", big).strategy, Strategy::shadow) << "which rebuilds nothing";
    EXPECT_EQ(decided("ADD c INT", big).strategy, Strategy::instant);
    EXPECT_EQ(lab.objects(), "t") << "asked of a clone, which is gone";
}

TURNTABLE_ON_BOTH_SERVERS(Strategies);

} // namespace
} // namespace turntable::test
