// What an environment lets pass; no server is asked.
#include "migrate/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/checksum.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

MigrationFile sql_file(const std::string& up) {
    return parse_migration("-- turntable:up\n" + up, {"20260101000001", "a_change", FileKind::sql},
                           "a_change.sql");
}

MigrationFile toml_file(const std::string& op) {
    return parse_migration("[[op]]\n" + op, {"20260101000001", "a_change", FileKind::toml}, "a_change.toml");
}

std::string verdict(const Policy& policy, const MigrationFile& file) {
    try {
        refuse_by_policy(policy, file, SqlFlavor::postgresql);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::refused);
        return error.code();
    }
    return "passes";
}

Policy strict() {
    Policy policy;
    policy.env = "production";
    policy.allow.emplace();
    policy.data_ops = DataOps::forbid;
    return policy;
}

TEST(Policy, NoEnvironmentForbidsNothing) {
    EXPECT_EQ(verdict({}, sql_file("drop table a; delete from b;")), "passes");
}

TEST(Policy, WhatDropsOrEmptiesIsDestructive) {
    for (const char* const sql :
         {"drop table a;", "alter table a drop column b;", "truncate a;", "drop schema s;"}) {
        EXPECT_EQ(verdict(strict(), sql_file(sql)), "destructive_here") << sql;
    }
    for (const char* const op :
         {"kind = 'drop_table'\ntable = 'a'\n", "kind = 'drop_column'\ntable = 'a'\ncolumn = 'b'\n"}) {
        EXPECT_EQ(verdict(strict(), toml_file(op)), "destructive_here") << op;
    }
    Policy lenient = strict();
    lenient.allow->insert("destructive");
    EXPECT_EQ(verdict(lenient, sql_file("drop table a;")), "passes");
    EXPECT_EQ(verdict(strict(), sql_file("create table a (id int); alter table a add column b int;")),
              "passes");
}

TEST(Policy, WhatChangesRowsIsADataOperation) {
    const MigrationFile fill = toml_file("kind = 'backfill'\ntable = 'a'\nset = { b = '1' }\n");
    EXPECT_EQ(verdict(strict(), fill), "data_ops_here");
    for (const char* const sql :
         {"insert into a values (1);", "update a set b = 1 where c = 2;", "delete from a where b = 1;"}) {
        EXPECT_EQ(verdict(strict(), sql_file(sql)), "data_ops_here") << sql;
    }
    EXPECT_EQ(verdict(strict(), toml_file("kind = 'set_not_null'\ntable = 'a'\ncolumn = 'b'\nfill = '0'\n")),
              "data_ops_here");
    EXPECT_EQ(verdict(strict(), toml_file("kind = 'set_not_null'\ntable = 'a'\ncolumn = 'b'\n")), "passes");
    Policy asks = strict();
    asks.data_ops = DataOps::approve;
    EXPECT_EQ(verdict(asks, fill), "data_ops_here");
    asks.approved = {"20260101000002", "202"}; // another one, and too little of this one
    EXPECT_EQ(verdict(asks, fill), "data_ops_here");
    asks.approved = {"20260101000001"};
    EXPECT_EQ(verdict(asks, fill), "passes");
    asks.data_ops = DataOps::forbid;
    EXPECT_EQ(verdict(asks, fill), "data_ops_here") << "forbidden is forbidden";
}

TEST(Policy, WhatCannotBeReadIsNotGuessed) {
    const MigrationFile block = sql_file("do $$ begin execute 'drop table a'; end $$;");
    EXPECT_EQ(verdict(strict(), block), "opaque_here");
    Policy lenient = strict();
    lenient.allow->insert("opaque");
    EXPECT_EQ(verdict(lenient, block), "passes");
    Policy open;
    open.env = "staging"; // everything is allowed there
    EXPECT_EQ(verdict(open, block), "passes");
}

TEST(Policy, APredecessorHasToHaveTheSameText) {
    const MigrationFile file = sql_file("create table a (id int);");
    Policy policy;
    policy.env = "production";
    policy.predecessor = Predecessor{"staging", {}};
    EXPECT_EQ(verdict(policy, file), "not_applied_before");
    policy.predecessor->applied = {{file.version, checksum("another text")}};
    EXPECT_EQ(verdict(policy, file), "not_applied_before");
    policy.predecessor->applied = {{file.version, checksum(file.text)}};
    EXPECT_EQ(verdict(policy, file), "passes");
}

TEST(Policy, AWordOfAllowMayBeForbidden) {
    EXPECT_THROW(refuse_word(strict(), "lossy"), Error);
    EXPECT_NO_THROW(refuse_word({}, "lossy"));
}

} // namespace
} // namespace turntable::migrate
