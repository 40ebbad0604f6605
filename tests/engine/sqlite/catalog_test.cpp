// What must survive the swap around the table: views, triggers, foreign keys, sequences, other connections.
#include <gtest/gtest.h>

#include "support.hpp"

namespace turntable::test {
namespace {

constexpr const char* schema_of_all =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";

TEST(Plan, refuses_foreign_keys_where_the_option_says_so) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE parent(id INTEGER PRIMARY KEY, v REAL);"
            "CREATE TABLE child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent(id), v REAL)");
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    settings.foreign_keys = ForeignKeyChoice::refuse;
    for (const char* const table : {"parent", "child"}) {
        try {
            const Change change{file.path(), altering(table, {"ALTER COLUMN v SET DEFAULT 1"}), settings};
            ADD_FAILURE() << table << " is not refused";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "foreign_keys") << error.what();
        }
    }
}

TEST(Swap, keeps_views_triggers_and_foreign_keys_of_other_tables_naming_the_table) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT);"
            "CREATE INDEX \"t w\" ON t(w DESC) WHERE w IS NOT NULL;"
            "CREATE TABLE child(id INTEGER PRIMARY KEY, t INTEGER REFERENCES t(id) ON DELETE CASCADE);"
            "CREATE VIEW v AS SELECT id, w FROM t;"
            "CREATE TRIGGER other AFTER INSERT ON child BEGIN UPDATE t SET w = 'child' WHERE id = NEW.t; END;"
            "CREATE TRIGGER own BEFORE DELETE ON t BEGIN INSERT INTO child(t) SELECT NULL; END;"
            "INSERT INTO t VALUES (1, 1.5, 'a'), (2, 2.5, NULL)");
    const std::string before =
        app.query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT (type = 'table' "
                  "AND name = 't') ORDER BY type, name");
    Change change{file.path(), altering("t", {"ALTER COLUMN w SET DEFAULT 'none'"})};
    change.run();
    change.finalize();
    EXPECT_EQ(
        app.query(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT (type = 'table' AND name = 't') "
            "ORDER BY type, name"),
        before);
    EXPECT_EQ(app.query("SELECT sql FROM sqlite_schema WHERE name = 't'"),
              "CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT DEFAULT 'none')");
    app.run("PRAGMA foreign_keys = ON; INSERT INTO child(t) VALUES (1)");
    EXPECT_EQ(app.query("SELECT w FROM v WHERE id = 1"), "child");
    app.run("DELETE FROM t WHERE id = 1");
    EXPECT_EQ(app.query("SELECT count(*), count(t) FROM child"), "1|0");
    EXPECT_EQ(app.query("EXPLAIN QUERY PLAN SELECT 1 FROM t INDEXED BY \"t w\" WHERE w = 'a'").find("t w") !=
                  std::string::npos,
              true);
}

TEST(Swap, lets_prepared_statements_of_other_connections_go_on) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT); INSERT INTO "
            "t VALUES (1, 1.5, 'a')");
    sqlite3_stmt* update = nullptr;
    sqlite3_stmt* read = nullptr;
    ASSERT_EQ(
        sqlite3_prepare_v2(app.handle(), "UPDATE t SET w = w || 'x' WHERE id = 1", -1, &update, nullptr),
        SQLITE_OK);
    ASSERT_EQ(sqlite3_prepare_v2(app.handle(), "SELECT w FROM t WHERE id = 1", -1, &read, nullptr),
              SQLITE_OK);
    Change change{file.path(), altering("t", {"ALTER COLUMN v SET DEFAULT 0"})};
    change.run();
    EXPECT_EQ(sqlite3_step(update), SQLITE_DONE);
    EXPECT_EQ(sqlite3_step(read), SQLITE_ROW);
    EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(read, 0)), "ax");
    sqlite3_finalize(update);
    sqlite3_finalize(read);
    EXPECT_EQ(app.query("SELECT w FROM t"), "ax");
}

TEST(Swap, leaves_an_open_read_transaction_its_old_snapshot) {
    const ScratchFile file;
    Application app{file.path()};
    Application reader{file.path()};
    app.run("PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL); INSERT INTO t VALUES "
            "(1, 1.5)");
    reader.run("BEGIN; SELECT * FROM t");
    Change change{file.path(), to_cents("t", "v", "c")};
    change.run();
    EXPECT_EQ(reader.query("SELECT v FROM t"), "1.5");
    reader.run("COMMIT");
    EXPECT_EQ(reader.query("SELECT c FROM t"), "150");
}

TEST(Swap, never_gives_out_a_number_twice_in_either_direction) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v REAL); INSERT INTO t VALUES (41, 1), "
            "(90, 2); DELETE FROM t WHERE id = 90");
    Change change{file.path(), to_cents("t", "v", "c")};
    change.run();
    app.run("INSERT INTO t(c) VALUES (100)");
    EXPECT_EQ(app.query("SELECT max(id) FROM t"), "91");
    app.run("INSERT INTO t(id, c) VALUES (200, 5); DELETE FROM t WHERE id = 200");
    change.replay(Direction::back);
    ASSERT_EQ(change.swap(Direction::back).kind, SwapOutcome::Kind::done);
    app.run("INSERT INTO t(v) VALUES (3)");
    EXPECT_EQ(app.query("SELECT max(id) FROM t"), "201");
    change.finalize(Direction::back);
    EXPECT_EQ(app.query("SELECT name, seq FROM sqlite_sequence"), "t|201");
}

TEST(Swap, starts_a_sequence_where_the_copied_table_was_empty) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v REAL); INSERT INTO t VALUES (7, 1); "
            "DELETE FROM t");
    Change change{file.path(), to_cents("t", "v", "c")};
    change.run();
    app.run("INSERT INTO t(c) VALUES (1)");
    EXPECT_EQ(app.query("SELECT id FROM t"), "8");
}

TEST(Revert, brings_dropped_columns_and_unrounded_originals_back) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, gone TEXT NOT NULL DEFAULT 'd', w TEXT);"
            "INSERT INTO t VALUES (1, 1.005, 'one', 'a'), (2, 2.345, 'two', 'b'), (3, 3, 'three', 'c')");
    ChangeRequest request = to_cents("t", "v", "c");
    request.alter_clauses = {"DROP COLUMN gone"};
    request.conversions[0].round = Rounding::half_up;
    request.conversions[0].inexact = InexactPolicy::accept;
    Change change{file.path(), request};
    const std::string schema = app.query(schema_of_all);
    change.run();
    EXPECT_EQ(app.query("SELECT id, c, w FROM t"), "1|101|a\n2|235|b\n3|300|c");
    app.run("UPDATE t SET w = 'changed' WHERE id = 1; UPDATE t SET c = 777 WHERE id = 2; INSERT INTO t "
            "VALUES (4, 5, 'new'); "
            "DELETE FROM t WHERE id = 3");
    change.replay(Direction::back);
    ASSERT_EQ(change.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT id, v, gone, w FROM t"), "1|1.005|one|changed\n2|7.77|two|b\n4|0.05|d|new");
    change.finalize(Direction::back);
    EXPECT_EQ(app.query(schema_of_all), schema);
}

TEST(Revert, reports_rows_that_do_not_fit_the_old_shape_and_changes_nothing) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT NOT NULL CHECK (length(v) < 5), u INTEGER UNIQUE);"
            "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)");
    Change change{file.path(), altering("t", {"MODIFY COLUMN v TEXT", "MODIFY u INTEGER"})};
    change.run();
    app.run("UPDATE t SET v = NULL WHERE id = 1; INSERT INTO t VALUES (3, 'too long', 3), (4, 'ok', 4), (5, "
            "'ok', 4)");
    const auto clashes = change.engine().swapper().probe_revert(change.session(), change.blueprint(), 10);
    ASSERT_EQ(clashes.size(), 3U);
    EXPECT_EQ(clashes[0].key, "id=1");
    EXPECT_NE(clashes[0].reason.find("NOT NULL"), std::string::npos);
    EXPECT_EQ(change.engine().swapper().where_is(change.session(), change.blueprint()), Placement::swapped);
    EXPECT_EQ(change.swap(Direction::back).kind, SwapOutcome::Kind::clashes);
    EXPECT_EQ(app.query("SELECT count(*) FROM t"), "5");
    app.run("UPDATE t SET v = 'n' WHERE id IN (1, 3); DELETE FROM t WHERE id = 5");
    change.replay(Direction::back);
    ASSERT_EQ(change.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT id, v, u FROM t"), "1|n|1\n2|b|2\n3|n|3\n4|ok|4");
}

TEST(Undo, leaves_the_file_as_it_was_found_and_runs_twice) {
    const ScratchFile file;
    Application app{file.path()};
    app.run(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, u TEXT UNIQUE); INSERT INTO t VALUES (1, 1.5, 'x')");
    const std::string schema = app.query(schema_of_all);
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.prepare();
    change.copy();
    change.index();
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(
            change.engine().preparer().undo(change.session(), change.blueprint(), change.budget).granted);
        EXPECT_EQ(app.query(schema_of_all), schema);
    }
    EXPECT_EQ(change.unexpected(Planner::Moment::aborted), std::vector<std::string>{});
    EXPECT_EQ(change.engine().swapper().where_is(change.session(), change.blueprint()), Placement::untouched);
}

TEST(Prepare, refuses_a_name_that_something_else_took_after_the_plan) {
    const ScratchFile file;
    Application app{file.path()};
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL)");
    Change change{file.path(), to_cents("t", "v", "c")};
    app.run("CREATE TABLE \"" + change.blueprint().shadow_name + "\"(a); INSERT INTO \"" +
            change.blueprint().shadow_name + "\" VALUES (1)");
    EXPECT_THROW(change.engine().preparer().create_objects(change.session(), change.blueprint()), Error);
    EXPECT_TRUE(change.engine().preparer().undo(change.session(), change.blueprint(), change.budget).granted);
    EXPECT_EQ(app.query("SELECT count(*) FROM \"" + change.blueprint().shadow_name + "\""), "1");
}

} // namespace
} // namespace turntable::test
