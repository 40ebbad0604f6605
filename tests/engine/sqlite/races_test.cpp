// Forced interleavings: each race of the protocol as a test of its own.
#include <gtest/gtest.h>

#include "support.hpp"

namespace turntable::test {
namespace {

class Races : public testing::Test {
  protected:
    void make(const std::string& journal_mode = "wal") {
        app.run("PRAGMA journal_mode = " + journal_mode);
        app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE, v REAL);"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                "INSERT INTO t SELECT i, 'u' || i, i / 4.0 FROM n");
    }
    void copy_chunk(Change& change, const std::string& lower, const std::string& upper) {
        Transaction transaction{change.session(), TxMode::write};
        const auto copied = change.engine().copier().copy_chunk(change.session(), change.blueprint(),
                                                                change.origin(), {0, lower, upper});
        ASSERT_TRUE(std::holds_alternative<CopiedChunk>(copied));
        last = std::get<CopiedChunk>(copied);
        transaction.commit();
    }
    void expect_equal_after_swap(Change& change) {
        EXPECT_TRUE(change.replay().clashes.empty());
        EXPECT_EQ(change.verify().difference_count, 0);
        const std::string expected = app.query("SELECT id, u, CAST(v * 100 AS INTEGER) FROM t ORDER BY id");
        ASSERT_EQ(change.swap().kind, SwapOutcome::Kind::done);
        EXPECT_EQ(app.query("SELECT id, u, c FROM t ORDER BY id"), expected);
    }

    ScratchFile file;
    Application app{file.path()};
    CopiedChunk last;
};

TEST_F(Races, a_unique_value_that_moves_into_a_later_chunk_is_left_to_the_replay) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    copy_chunk(change, "", "i50");
    app.run("UPDATE t SET u = 'free' WHERE id = 10; UPDATE t SET u = 'u10' WHERE id = 90");
    copy_chunk(change, "i50", "i100");
    EXPECT_EQ(last.logged, 1);
    EXPECT_EQ(last.rows, 49);
    expect_equal_after_swap(change);
}

// SQLite compiles a statement once more when the schema has changed meanwhile, and gives up when it has
// changed again: ten runners that make their tables at once took that for a table that was there and is not.
TEST_F(Races, a_schema_that_changes_all_the_time_is_read_until_it_stands) {
    make();
    app.run("BEGIN");
    for (int i = 0; i < 500; ++i) { // it takes a while to read them
        app.run("CREATE TABLE one_of_many" + std::to_string(i) + "(a INTEGER PRIMARY KEY, b, c, d, e, f)");
    }
    app.run("COMMIT");
    std::vector<std::unique_ptr<Writer>> others;
    for (int i = 0; i < 3; ++i) {
        others.push_back(std::make_unique<Writer>(
            file.path(),
            [i](Application& other, int n) {
                const std::string name = "other" + std::to_string(i);
                other.attempt((n % 2 == 0 ? "CREATE TABLE " + name + "(a)" : "DROP TABLE " + name));
            },
            std::chrono::microseconds{0}));
    }
    const auto engine = engine_of(file.path());
    const auto session = engine->open(SessionUse::control);
    while (others.front()->count() < 600) {
        try {
            static_cast<void>(session->run("SELECT count(*) FROM nobodys"));
            FAIL() << "there is no such table";
        } catch (const DatabaseError& error) {
            ASSERT_EQ(error.kind(), DatabaseErrorKind::no_such_object) << error.what();
        }
    }
}

TEST_F(Races, two_rows_trading_unique_values_are_replayed) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    app.run("UPDATE t SET u = 'x' WHERE id = 1; UPDATE t SET u = 'u1' WHERE id = 2; UPDATE t SET u = 'u2' "
            "WHERE id = 1");
    expect_equal_after_swap(change);
}

TEST_F(Races, a_trade_cut_in_two_by_the_batch_is_requeued_and_ends_equal) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    app.run("BEGIN; UPDATE t SET u = 'x' WHERE id = 1; UPDATE t SET u = 'u1' WHERE id = 2; UPDATE t SET u = "
            "'u2' WHERE id = 1; COMMIT;"
            "UPDATE t SET v = 9 WHERE id = 3");
    Transaction transaction{change.session(), TxMode::write};
    const Replayed first =
        change.engine().replayer().replay_batch(change.session(), change.blueprint(), Direction::forward, 1);
    transaction.commit();
    EXPECT_EQ(first.clashes.size() + static_cast<std::size_t>(first.written), 1U);
    expect_equal_after_swap(change);
}

TEST_F(Races, a_row_deleted_after_its_chunk_was_copied_does_not_come_back) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    copy_chunk(change, "", "i50");
    app.run("DELETE FROM t WHERE id IN (7, 70)");
    copy_chunk(change, "i50", "i100");
    expect_equal_after_swap(change);
}

TEST_F(Races, a_key_that_moves_between_chunks_is_neither_lost_nor_doubled) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    copy_chunk(change, "", "i50");
    app.run("UPDATE t SET id = 75 + 1000 WHERE id = 75; UPDATE t SET id = 75 WHERE id = 5; UPDATE t SET id = "
            "5 WHERE id = 1075");
    copy_chunk(change, "i50", "i100");
    expect_equal_after_swap(change);
}

TEST_F(Races, a_write_between_the_last_replay_and_the_swap_is_drained_under_the_lock) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    change.replay();
    app.run("INSERT INTO t VALUES (500, 'late', 1.25); DELETE FROM t WHERE id = 1; UPDATE t SET v = -0.5 "
            "WHERE id = 2");
    const std::string expected = app.query("SELECT id, u, CAST(v * 100 AS INTEGER) FROM t ORDER BY id");
    const SwapOutcome outcome = change.swap();
    ASSERT_EQ(outcome.kind, SwapOutcome::Kind::done);
    EXPECT_GE(outcome.drained, 3);
    EXPECT_EQ(app.query("SELECT id, u, c FROM t ORDER BY id"), expected);
}

TEST_F(Races, a_log_too_long_for_the_budget_is_not_drained_under_the_lock) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    app.run("UPDATE t SET v = v + 1");
    change.budget.hold = Millis{1};
    EXPECT_EQ(change.swap().kind, SwapOutcome::Kind::over_budget);
    EXPECT_EQ(change.engine().swapper().where_is(change.session(), change.blueprint()), Placement::captured);
    change.budget.hold = Millis{2000};
    expect_equal_after_swap(change);
}

TEST_F(Races, a_writer_that_keeps_the_lock_makes_the_swap_report_who_it_is) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    app.run("BEGIN IMMEDIATE");
    change.budget.lock_timeout = Millis{20};
    EXPECT_EQ(change.swap().kind, SwapOutcome::Kind::lock_not_granted);
    app.run("INSERT INTO t VALUES (500, 'late', 1); COMMIT");
    change.budget.lock_timeout = Millis{2000};
    expect_equal_after_swap(change);
}

TEST_F(Races, a_reader_that_holds_up_commits_outside_wal_mode_makes_the_swap_give_way) {
    make("delete");
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    Application reader{file.path()};
    reader.run("BEGIN; SELECT * FROM t LIMIT 1");
    change.budget.lock_timeout = Millis{20};
    EXPECT_EQ(change.swap().kind, SwapOutcome::Kind::lock_not_granted);
    EXPECT_EQ(change.engine().swapper().where_is(change.session(), change.blueprint()), Placement::captured);
    reader.run("COMMIT");
    expect_equal_after_swap(change);
}

TEST_F(Races, a_value_written_after_the_probe_that_cannot_be_converted_stops_before_the_swap_with_its_key) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    app.run("UPDATE t SET v = 1.005 WHERE id = 33");
    change.copy();
    const Replayed replayed = change.replay(Direction::forward, 3);
    ASSERT_EQ(replayed.clashes.size(), 1U);
    EXPECT_EQ(replayed.clashes[0].key, "id=33");
    EXPECT_NE(replayed.clashes[0].reason.find("1.005"), std::string::npos);
    EXPECT_EQ(change.swap().kind, SwapOutcome::Kind::clashes);
    app.run("UPDATE t SET v = 1.01 WHERE id = 33");
    expect_equal_after_swap(change);
}

TEST_F(Races, negative_zero_and_other_equal_images_are_told_apart) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, r REAL, a, s TEXT COLLATE NOCASE);"
            "INSERT INTO t VALUES (1, 0.0, 1, 'a'), (2, 1, 2, 'b')");
    Change change{file.path(), altering("t", {"ALTER s SET DEFAULT 'q'"})};
    change.prepare();
    change.copy();
    app.run("UPDATE t SET r = -0.0, a = 1.0, s = 'A' WHERE id = 1; UPDATE t SET a = '2' WHERE id = 2");
    EXPECT_EQ(change.replay().written, 2);
    EXPECT_EQ(change.verify().difference_count, 0);
    ASSERT_EQ(change.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT id, typeof(a), s FROM t"), "1|real|A\n2|text|b");
}

TEST_F(Races, an_orphan_written_after_the_probe_stops_the_swap_to_a_new_foreign_key) {
    make();
    app.run("CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p SELECT id FROM t");
    Change change{file.path(), altering("t", {"ADD FOREIGN KEY (id) REFERENCES p(id)"})};
    change.prepare();
    change.copy();
    app.run("INSERT INTO t VALUES (555, 'orphan', 1)");
    const SwapOutcome outcome = change.swap();
    ASSERT_EQ(outcome.kind, SwapOutcome::Kind::clashes);
    EXPECT_EQ(outcome.clashes.at(0).key, "id=555");
    app.run("INSERT INTO p VALUES (555)");
    EXPECT_EQ(change.swap().kind, SwapOutcome::Kind::done);
}

class Drifts : public Races {
  protected:
    DriftReport after(const std::string& sql) {
        make();
        Change change{file.path(), to_cents("t", "v", "c")};
        change.prepare();
        app.run(sql);
        const DriftReport report =
            change.engine().copier().check_source(change.session(), change.blueprint(), change.origin());
        if (report.drift != Drift::none) {
            EXPECT_EQ(change.swap().kind, SwapOutcome::Kind::drifted);
        }
        return report;
    }
    // What drops every trigger of the table, writes, and puts them back as they were.
    std::string dropped_and_put_back(const std::string& write) {
        std::string drops, creates;
        for (const char* const name : {"evi0", "evu0", "ins", "upd", "del"}) {
            const std::string triggers = "sqlite_schema WHERE tbl_name = 't' AND name LIKE '%\\_" +
                                         std::string{name} + "' ESCAPE '\\'";
            drops += app.query("SELECT 'DROP TRIGGER ' || name || '; ' FROM " + triggers);
            creates += app.query("SELECT sql || '; ' FROM " + triggers);
        }
        EXPECT_NE(drops, "");
        return drops + write + ";" + creates;
    }
};

TEST_F(Drifts, another_table_is_nobodys_business) {
    EXPECT_EQ(
        after("CREATE TABLE other(a); CREATE TRIGGER o AFTER INSERT ON other BEGIN DELETE FROM t; END").drift,
        Drift::none);
}
TEST_F(Drifts, a_new_column_stops_the_change) {
    EXPECT_EQ(after("ALTER TABLE t ADD COLUMN n").drift, Drift::stop);
}
TEST_F(Drifts, a_new_index_stops_the_change) {
    EXPECT_EQ(after("CREATE INDEX tv ON t(v)").drift, Drift::stop);
}
TEST_F(Drifts, a_new_trigger_stops_the_change) {
    EXPECT_EQ(after("CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END").drift, Drift::stop);
}
TEST_F(Drifts, a_dropped_capture_trigger_restarts_the_copy) {
    EXPECT_EQ(after("DROP TRIGGER t__tt_ins").drift, Drift::restart_copy);
}
TEST_F(Drifts, a_capture_trigger_dropped_and_put_back_restarts_the_copy) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    const std::string sql = app.query("SELECT sql FROM sqlite_schema WHERE name = 't__tt_ins'");
    app.run("DROP TRIGGER t__tt_ins; INSERT INTO t VALUES (900, 'unseen', 1);" + sql);
    EXPECT_EQ(
        change.engine().copier().check_source(change.session(), change.blueprint(), change.origin()).drift,
        Drift::restart_copy);
}
TEST_F(Drifts, an_altered_shadow_stops_the_change) {
    EXPECT_EQ(after("ALTER TABLE t__tt_new ADD COLUMN n").drift, Drift::stop);
}

TEST_F(Drifts, all_triggers_dropped_and_put_back_restart_the_copy_from_a_whole_capture) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    app.run(dropped_and_put_back("INSERT INTO t VALUES (900, 'unseen', 1)"));
    const auto drift = [&] {
        return change.engine().copier().check_source(change.session(), change.blueprint(), change.origin());
    };
    EXPECT_EQ(drift().drift, Drift::restart_copy);
    change.prepare();
    EXPECT_EQ(drift().drift, Drift::none);
    change.copy();
    expect_equal_after_swap(change);
}
TEST_F(Drifts, a_vacuum_is_nobodys_business_before_and_after_the_swap) {
    make();
    app.run("CREATE TABLE dropped(a)");
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    app.run("DROP TABLE dropped; CREATE TABLE later(a); VACUUM");
    change.copy();
    expect_equal_after_swap(change);
    app.run("DROP TABLE later; CREATE TABLE more(a); VACUUM; UPDATE t SET c = 5 WHERE id = 5");
    ASSERT_EQ(change.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT v FROM t WHERE id = 5"), "0.05");
}
TEST_F(Drifts, triggers_dropped_and_put_back_in_the_revert_window_refuse_the_way_back) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.run();
    app.run(dropped_and_put_back("INSERT INTO t VALUES (900, 'unseen', 1)"));
    const SwapOutcome outcome = change.swap(Direction::back);
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_NE(outcome.drift.reason.find("writes may be missing"), std::string::npos) << outcome.drift.reason;
    EXPECT_EQ(app.query("SELECT c FROM t WHERE id = 900"), "1") << "not swapped back";
}

TEST_F(Races, an_index_added_in_the_revert_window_refuses_the_way_back) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.run();
    app.run("CREATE INDEX added ON t(c)");
    const SwapOutcome outcome = change.swap(Direction::back);
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_NE(outcome.drift.reason.find("added"), std::string::npos);
}

class Falsified : public Races {
  protected:
    VerifiedChunk after(const std::string& sql) {
        make();
        Change change{file.path(), to_cents("t", "v", "c")};
        change.prepare();
        change.copy();
        app.run(sql);
        const VerifiedChunk verified = change.verify(30);
        EXPECT_EQ(verified.differences.size(), 1U);
        return verified;
    }
};

TEST_F(Falsified, a_missing_row_is_seen) {
    const VerifiedChunk verified = after("DELETE FROM t__tt_new WHERE id = 42");
    ASSERT_EQ(verified.difference_count, 1);
    EXPECT_EQ(verified.differences[0].kind, Difference::Kind::missing);
    EXPECT_EQ(verified.differences[0].key, "id=42");
}
TEST_F(Falsified, an_extra_row_is_seen) {
    const VerifiedChunk verified = after("INSERT INTO t__tt_new VALUES (4242, 'extra', 1)");
    ASSERT_EQ(verified.difference_count, 1);
    EXPECT_EQ(verified.differences[0].kind, Difference::Kind::extra);
    EXPECT_EQ(verified.differences[0].key, "id=4242");
}
TEST_F(Falsified, a_wrong_value_is_seen_with_both_values) {
    const VerifiedChunk verified = after("UPDATE t__tt_new SET c = c + 1 WHERE id = 40");
    ASSERT_EQ(verified.difference_count, 1);
    ASSERT_EQ(verified.differences[0].columns.size(), 1U);
    EXPECT_EQ(verified.differences[0].columns[0].column, "c");
    EXPECT_EQ(verified.differences[0].columns[0].source, "1000");
    EXPECT_EQ(verified.differences[0].columns[0].shadow, "1001");
}
TEST_F(Falsified, a_value_of_another_storage_class_is_seen) {
    const VerifiedChunk verified = after("UPDATE t__tt_new SET u = CAST(u AS BLOB) WHERE id = 40");
    ASSERT_EQ(verified.difference_count, 1);
    EXPECT_EQ(verified.differences[0].columns[0].source, "u40");
    EXPECT_EQ(verified.differences[0].columns[0].shadow, "x'753430'");
}
TEST_F(Falsified, an_exchanged_key_is_seen_twice) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    app.run("UPDATE t__tt_new SET id = 1000 WHERE id = 10");
    EXPECT_EQ(change.verify().difference_count, 2);
}

TEST_F(Races, verification_leaves_pending_keys_to_their_replay_and_the_swap_compares_them) {
    make();
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    change.copy();
    app.run(
        "UPDATE t SET v = 5 WHERE id = 5; INSERT INTO t VALUES (777, 'new', 1); DELETE FROM t WHERE id = 6");
    const VerifiedChunk verified = change.verify(20);
    EXPECT_EQ(verified.difference_count, 0);
    EXPECT_EQ(verified.pending, (std::vector<std::string>{"i5", "i6", "i777"}));
    EXPECT_EQ(verified.source_rows, verified.shadow_rows);
    change.replay();
    app.run("UPDATE t__tt_new SET c = 1 WHERE id = 5");
    EXPECT_EQ(change.engine()
                  .verifier()
                  .verify_keys(change.session(), change.blueprint(), verified.pending, 10)
                  .difference_count,
              1);
    change.recheck = verified.pending;
    const SwapOutcome outcome = change.swap();
    ASSERT_EQ(outcome.kind, SwapOutcome::Kind::differs);
    EXPECT_EQ(outcome.differences.at(0).key, "id=5");
}

} // namespace
} // namespace turntable::test
