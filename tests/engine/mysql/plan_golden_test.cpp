// The scripts of some changes as files: tests/golden/mysql, tests/golden/mariadb. What differs between the
// two folders is what differs between the servers.
#include <fmt/core.h>

#include "on_both_servers.hpp"
#include "support/golden.hpp"

namespace turntable::test {
namespace {

struct Golden {
    const char* name;
    ChangeRequest request;
    StrategyChoice strategy = StrategyChoice::automatic;
};

ChangeRequest cents() {
    ChangeRequest request = change("payments", {});
    Conversion conversion;
    conversion.column = "amount";
    conversion.rule = "cents";
    conversion.round = Rounding::half_even;
    conversion.into = "amount_cents";
    request.conversions = {conversion};
    return request;
}

std::vector<Golden> goldens() {
    const auto clauses = [](const std::string& list) { return change("payments", {list}); };
    return {
        {"float_to_cents", cents()},
        {"add_column", clauses("ADD COLUMN remark VARCHAR(20) NOT NULL DEFAULT 'none' AFTER memo")},
        {"add_column_by_shadow", clauses("ADD COLUMN remark VARCHAR(20)"), StrategyChoice::shadow},
        {"add_index", clauses("ADD INDEX by_amount (amount)")},
        {"add_unique", clauses("ADD UNIQUE one_memo (memo)")},
        {"drop_column", clauses("DROP COLUMN memo")},
        {"rename_column", clauses("RENAME COLUMN memo TO remark")},
        {"swap_two_names", clauses("CHANGE memo ref VARCHAR(40), CHANGE ref memo VARCHAR(40) NOT NULL"),
         StrategyChoice::shadow},
        {"widen_key", clauses("MODIFY id BIGINT NOT NULL AUTO_INCREMENT")},
        {"convert_charset", clauses("CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")},
        {"rebuild", clauses("ENGINE = InnoDB, ROW_FORMAT = DYNAMIC")},
        {"nothing", clauses("MODIFY memo VARCHAR(40) COMMENT 'what for'")},
    };
}

class MysqlPlanGolden : public OnBothServers {};

TEST_P(MysqlPlanGolden, ScriptsAreTheOnesThatWereReviewed) {
    lab.sql("CREATE TABLE payments (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, account INT NOT NULL, amount "
            "DOUBLE "
            "NOT NULL DEFAULT 0, ref VARCHAR(40) NOT NULL UNIQUE, memo VARCHAR(40) COMMENT 'what for', KEY "
            "by_account (account)) DEFAULT CHARSET = latin1 COMMENT = 'money'");
    for (const Golden& golden : goldens()) {
        Settings settings;
        settings.strategy = golden.strategy;
        expect_reviewed(fmt::format("{}/{}.txt", GetParam().name, golden.name),
                        script_text(lab.plan(golden.request, settings)));
    }
}

TURNTABLE_ON_BOTH_SERVERS(MysqlPlanGolden);

} // namespace
} // namespace turntable::test
