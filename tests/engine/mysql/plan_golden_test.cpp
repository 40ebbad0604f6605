// The scripts of some changes as files: tests/golden/mysql, tests/golden/mariadb. TURNTABLE_UPDATE_GOLDEN=1
// writes them anew. What differs between the two folders is what differs between the servers.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/core.h>

#include "on_both_servers.hpp"

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

std::string text_of(const Blueprint& blueprint) {
    std::string out =
        fmt::format("strategy {}: {}\nrevert {}: {}\n", to_string(blueprint.strategy),
                    blueprint.strategy_reason, to_string(blueprint.revert), blueprint.revert_reason);
    for (const std::string& note : blueprint.notes) {
        out += "note: " + note + "\n";
    }
    for (const PlannedStatement& planned : blueprint.script) {
        out += fmt::format("\n-- {}: {} ({})\n{};\n", to_string(planned.phase), planned.statement.purpose,
                           to_string(planned.statement.blocks), planned.statement.sql);
    }
    return out;
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
        const std::string text = text_of(lab.plan(golden.request, settings));
        const std::string path =
            fmt::format("{}/tests/golden/{}/{}.txt", TURNTABLE_SOURCE_DIR, GetParam().name, golden.name);
        if (std::getenv("TURNTABLE_UPDATE_GOLDEN") != nullptr) {
            std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
            std::ofstream{path} << text;
        }
        std::ostringstream reviewed;
        reviewed << std::ifstream{path}.rdbuf();
        EXPECT_EQ(reviewed.str(), text) << path;
    }
}

TURNTABLE_ON_BOTH_SERVERS(MysqlPlanGolden);

} // namespace
} // namespace turntable::test
