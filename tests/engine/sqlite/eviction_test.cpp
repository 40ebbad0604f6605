// Rows that REPLACE evicts through another UNIQUE index fire no delete trigger while recursive_triggers is
// off.
#include <gtest/gtest.h>

#include "support.hpp"

namespace turntable::test {
namespace {

struct Eviction {
    const char* name;
    const char* columns;
    const char* options;
    const char* index;  // "" or what follows CREATE UNIQUE INDEX u ON payments
    const char* rows;   // INSERT … VALUES of id 1 and 2, and of the filler
    const char* evicts; // takes row 2 away
};

const Eviction evictions[] = {
    {"a_unique_column", "id INTEGER PRIMARY KEY, ref TEXT UNIQUE, amount REAL", "", "", "(1,'a',1),(2,'b',2)",
     "INSERT OR REPLACE INTO payments VALUES (3, 'b', 3)"},
    {"update_or_replace", "id INTEGER PRIMARY KEY, ref TEXT UNIQUE, amount REAL", "", "",
     "(1,'a',1),(2,'b',2)", "UPDATE OR REPLACE payments SET ref = 'b' WHERE id = 1"},
    {"on_conflict_in_the_definition",
     "id INTEGER PRIMARY KEY, ref TEXT UNIQUE ON CONFLICT REPLACE, amount REAL", "", "",
     "(1,'a',1),(2,'b',2)", "INSERT INTO payments VALUES (3, 'b', 3)"},
    {"a_partial_index", "id INTEGER PRIMARY KEY, ref TEXT, amount REAL", "", "(ref) WHERE amount > 1",
     "(1,'a',1),(2,'b',2)", "REPLACE INTO payments VALUES (3, 'b', 3)"},
    {"an_index_over_an_expression", "id INTEGER PRIMARY KEY, ref TEXT, amount REAL", "",
     "(lower(ref), amount > 1)", "(1,'a',1),(2,'B',2)", "REPLACE INTO payments VALUES (3, 'b', 3)"},
    {"an_update_through_an_expression", "id INTEGER PRIMARY KEY, ref TEXT, amount REAL", "", "(lower(ref))",
     "(1,'a',1),(2,'B',2)", "UPDATE OR REPLACE payments SET ref = 'b' WHERE id = 1"},
    {"an_index_with_a_collation", "id INTEGER PRIMARY KEY, ref TEXT, amount REAL", "", "(ref COLLATE NOCASE)",
     "(1,'a',1),(2,'B',2)", "REPLACE INTO payments VALUES (3, 'b', 3)"},
    {"a_generated_column", "id INTEGER PRIMARY KEY, ref TEXT, amount REAL, up TEXT AS (upper(ref)) VIRTUAL",
     "", "(up)", "(1,'a',1),(2,'B',2)", "REPLACE INTO payments(id, ref, amount) VALUES (3, 'b', 3)"},
    {"a_default_in_the_place_of_null",
     "id INTEGER PRIMARY KEY, ref TEXT NOT NULL DEFAULT 'b' UNIQUE, amount REAL", "", "",
     "(1,'a',1),(2,'b',2)", "INSERT OR REPLACE INTO payments VALUES (3, NULL, 3)"},
    {"the_row_id_of_a_table_with_another_key", "ref TEXT NOT NULL PRIMARY KEY, amount REAL, id INTEGER", "",
     "", "('a',1,1),('b',2,2)",
     "INSERT OR REPLACE INTO payments(rowid, ref, amount, id) VALUES (2, 'c', 3, 3)"},
    {"without_rowid", "id INTEGER PRIMARY KEY, ref TEXT UNIQUE, amount REAL", "WITHOUT ROWID", "",
     "(1,'a',1),(2,'b',2)", "REPLACE INTO payments VALUES (3, 'b', 3)"},
    {"two_rows_at_once", "id INTEGER PRIMARY KEY, ref TEXT UNIQUE, amount REAL UNIQUE", "", "",
     "(1,'a',1),(2,'b',2),(7,'c',7)", "REPLACE INTO payments VALUES (3, 'b', 7)"},
};

class Evictions : public testing::TestWithParam<Eviction> {};

TEST_P(Evictions, are_logged_and_replayed) {
    const ScratchFile file;
    Application app{file.path()};
    const Eviction& eviction = GetParam();
    app.run(std::string{"CREATE TABLE payments("} + eviction.columns + ") " + eviction.options);
    if (*eviction.index != '\0') {
        app.run(std::string{"CREATE UNIQUE INDEX u ON payments"} + eviction.index);
    }
    const std::string columns =
        std::string{eviction.columns}.starts_with("ref") ? "(ref, amount, id)" : "(id, ref, amount)";
    app.run("INSERT INTO payments" + columns + " VALUES " + eviction.rows);
    Change change{file.path(),
                  altering("payments", {"ADD COLUMN extra TEXT DEFAULT 'x' CHECK (extra <> '')"})};
    ASSERT_EQ(change.blueprint().strategy, Strategy::shadow);
    change.prepare();
    change.copy();
    change.index();
    app.run(eviction.evicts);
    EXPECT_GT(change.replay().entries, 0);
    EXPECT_EQ(change.verify().difference_count, 0);
    const std::string rows = "SELECT id, ref, amount FROM payments ORDER BY id";
    const std::string expected = app.query(rows);
    ASSERT_EQ(change.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query(rows), expected);
}

INSTANTIATE_TEST_SUITE_P(Through, Evictions, testing::ValuesIn(evictions),
                         [](const auto& one) { return std::string{one.param.name}; });

TEST(Capture, survives_every_conflict_clause_of_the_application) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, u INTEGER UNIQUE, v TEXT); INSERT INTO t VALUES "
            "(1,1,'a'),(2,2,'b'),(3,3,'c')");
    Change change{file.path(), altering("t", {"ALTER COLUMN v SET NOT NULL"})};
    change.prepare();
    change.copy();
    for (const char* const statement :
         {"INSERT OR IGNORE INTO t VALUES (1, 9, 'i')", "INSERT OR FAIL INTO t VALUES (4, 4, 'd')",
          "UPDATE OR IGNORE t SET u = 2 WHERE id = 1",
          "INSERT INTO t VALUES (2, 8, 'up') ON CONFLICT(id) DO UPDATE SET v = 'up'",
          "INSERT INTO t VALUES (9, 3, 'x') ON CONFLICT(u) DO UPDATE SET v = 'by u'",
          "UPDATE OR REPLACE t SET id = 3 WHERE id = 4", "DELETE FROM t WHERE id = 1 RETURNING id",
          "REPLACE INTO t VALUES (2, 3, 'two')"}) {
        app.run(statement);
    }
    change.replay();
    EXPECT_EQ(change.verify().difference_count, 0);
    const std::string expected = app.query("SELECT * FROM t");
    ASSERT_EQ(change.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT * FROM t"), expected);
}

TEST(Capture, sees_what_foreign_key_actions_do_to_the_table_and_through_itself) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("PRAGMA foreign_keys = ON; CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER "
            "PRIMARY KEY, "
            "p INTEGER REFERENCES p(id) ON DELETE CASCADE, up INTEGER REFERENCES t(id) ON DELETE CASCADE, "
            "q INTEGER REFERENCES p(id) ON DELETE SET NULL, v TEXT);"
            "INSERT INTO p VALUES (1),(2),(3); INSERT INTO t VALUES "
            "(1,1,NULL,2,'a'),(2,2,1,3,'b'),(3,2,2,3,'c'),(4,3,NULL,2,'d')");
    Change change{file.path(), altering("t", {"ALTER COLUMN v SET DEFAULT 'z'"})};
    change.prepare();
    change.copy();
    app.run("DELETE FROM p WHERE id = 1");
    change.replay();
    EXPECT_EQ(change.verify().difference_count, 0);
    app.run("DELETE FROM p WHERE id = 2"); // the shadow must not hold it up
    const std::string expected = app.query("SELECT * FROM t");
    ASSERT_EQ(change.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT * FROM t"), expected);
    app.run("DELETE FROM p WHERE id = 3"); // nor the old table
    EXPECT_EQ(app.query("SELECT count(*) FROM t"), "0");
}

TEST(Capture, leaves_what_the_application_asks_its_connection_as_it_was) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE, v REAL)");
    Change change{file.path(), to_cents("t", "v", "v_cents")};
    change.prepare();
    app.run("INSERT INTO t(u, v) VALUES ('a', 1), ('b', 2)");
    EXPECT_EQ(app.query("SELECT last_insert_rowid(), changes()"), "2|2");
    app.run("UPDATE t SET v = 3");
    EXPECT_EQ(app.query("SELECT changes()"), "2");
}

} // namespace
} // namespace turntable::test
