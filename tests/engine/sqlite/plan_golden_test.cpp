// The scripts of some changes as files: tests/golden/sqlite.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "support.hpp"
#include "support/golden.hpp"

namespace turntable::test {
namespace {

struct Golden {
    const char* name;
    ChangeRequest request;
};

std::vector<Golden> goldens() {
    return {
        {"float_to_cents", to_cents("payments", "amount", "amount_cents")},
        {"add_column", altering("payments", {"ADD COLUMN remark TEXT NOT NULL DEFAULT 'none'"})},
        {"add_column_by_shadow",
         altering("payments", {"ADD COLUMN remark TEXT DEFAULT 'none' CHECK (remark <> '')"})},
        {"drop_column", altering("payments", {"DROP COLUMN note"})},
        {"rename_column", altering("payments", {"RENAME COLUMN note TO remark"})},
        {"change_type", altering("payments", {"ALTER COLUMN note TYPE INTEGER USING length(note)"})},
        {"set_not_null", altering("payments", {"ALTER COLUMN note SET NOT NULL"})},
        {"add_unique", altering("payments", {"ADD CONSTRAINT one_note UNIQUE (note)"})},
        {"add_foreign_key", altering("payments", {"ADD FOREIGN KEY (id) REFERENCES accounts(id)"})},
    };
}

TEST(PlanGolden, ScriptsAreTheOnesThatWereReviewed) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE accounts(id INTEGER PRIMARY KEY);"
            "CREATE TABLE payments(id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice\n"
            "  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE, ref TEXT NOT NULL UNIQUE,"
            "  amount REAL NOT NULL DEFAULT 0 CHECK (amount >= 0), note TEXT COLLATE NOCASE);"
            "CREATE INDEX payments_account ON payments(account);"
            "CREATE TRIGGER payments_audit AFTER DELETE ON payments BEGIN SELECT 1; END");
    for (const Golden& golden : goldens()) {
        const Change planned{file.path(), golden.request};
        expect_reviewed(fmt::format("sqlite/{}.txt", golden.name), script_text(planned.blueprint()));
    }
}

} // namespace
} // namespace turntable::test
