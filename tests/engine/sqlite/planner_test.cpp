// From clauses and operations to a definition, a strategy, rules for the probe, or a refusal that names what
// is in the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace turntable::test {
namespace {

using testing::HasSubstr;

class Plans : public testing::Test {
  protected:
    Blueprint plan(const std::string& clause, Settings settings = {}) {
        return plan(altering("t", {clause}), settings);
    }
    Blueprint plan(const ChangeRequest& request, Settings settings = {}) {
        const auto engine = engine_of(file.path());
        const auto session = engine->open(SessionUse::control);
        return engine->planner().plan(*session, request, {settings});
    }
    // The definition of t after the change really ran.
    std::string definition_after(const std::vector<std::string>& clauses) {
        Change change{file.path(), altering("t", clauses)};
        if (change.blueprint().strategy == Strategy::shadow) {
            change.run();
            change.finalize();
        } else {
            run_native(change);
        }
        EXPECT_EQ(change.unexpected(Planner::Moment::finalized), std::vector<std::string>{});
        return app.query("SELECT sql FROM sqlite_schema WHERE name = 't'");
    }
    static void run_native(Change& change) {
        std::size_t n = 0;
        for (const PlannedStatement& planned : change.blueprint().script) {
            if (planned.phase == Phase::native) {
                EXPECT_FALSE(change.engine().native().done(change.session(), change.blueprint(), n));
                for (int twice = 0; twice < 2; ++twice) {
                    EXPECT_TRUE(change.engine()
                                    .native()
                                    .run(change.session(), change.blueprint(), n, change.budget)
                                    .granted);
                }
                EXPECT_TRUE(change.engine().native().done(change.session(), change.blueprint(), n++));
            }
        }
    }
    void expect_refused(const ChangeRequest& request, ErrorKind kind, const std::string& code,
                        const std::string& part) {
        const std::string before = app.query("SELECT group_concat(sql) FROM sqlite_schema");
        try {
            (void)plan(request);
            ADD_FAILURE() << "not refused";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), kind) << error.what();
            EXPECT_EQ(error.code(), code) << error.what();
            EXPECT_THAT(error.what(), HasSubstr(part));
        }
        EXPECT_EQ(app.query("SELECT group_concat(sql) FROM sqlite_schema"), before);
    }
    void expect_refused(const std::string& clause, ErrorKind kind, const std::string& code,
                        const std::string& part) {
        expect_refused(altering("t", {clause}), kind, code, part);
    }

    ScratchFile file;
    Application app{file.path()};
};

constexpr const char* table = R"(CREATE TABLE t(
  id INTEGER PRIMARY KEY, -- the key
  "the name" VARCHAR(10) NOT NULL ON CONFLICT REPLACE DEFAULT 'x,y(' COLLATE NOCASE /* as shown */,
  v REAL CONSTRAINT positive CHECK (v >= 0),
  d DECIMAL(10, 2) DEFAULT (1 + 1),
  parent INTEGER REFERENCES p(id) ON DELETE SET NULL ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,
  g TEXT GENERATED ALWAYS AS (upper("the name")) VIRTUAL,
  CONSTRAINT one UNIQUE (v, d), CHECK (d <> 99) -- end
))";

class Clauses : public Plans {
  protected:
    void SetUp() override {
        app.run("CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1)");
        app.run(table);
        app.run("INSERT INTO t(id, \"the name\", v, d, parent) VALUES (1, 'a', 1.5, 2, 1), (2, 'b', 2.5, 3, "
                "NULL)");
    }
    std::string with(const std::string& from, const std::string& to) {
        std::string out = table;
        const auto at = out.find(from);
        EXPECT_NE(at, std::string::npos);
        return out.replace(at, from.size(), to);
    }
};

TEST_F(Clauses, add_a_column_with_a_check_keeps_every_other_byte) {
    EXPECT_EQ(definition_after({"ADD COLUMN n INTEGER DEFAULT 5 CHECK (n > 0)"}),
              with("VIRTUAL,", "VIRTUAL, n INTEGER DEFAULT 5 CHECK (n > 0),"));
    EXPECT_EQ(app.query("SELECT n FROM t WHERE id = 1"), "5");
}
TEST_F(Clauses, drop_a_column) {
    EXPECT_EQ(definition_after({"DROP parent"}),
              with(",\n  parent INTEGER REFERENCES p(id) ON DELETE SET NULL ON UPDATE NO ACTION DEFERRABLE "
                   "INITIALLY DEFERRED",
                   ""));
}
TEST_F(Clauses, change_a_type_with_an_expression) {
    EXPECT_EQ(definition_after({"ALTER COLUMN \"the name\" SET DATA TYPE TEXT USING \"the name\" || id"}),
              with("VARCHAR(10)", "TEXT"));
    EXPECT_EQ(app.query("SELECT \"the name\", g FROM t"), "a1|A1\nb2|B2");
}
TEST_F(Clauses, change_a_type_without_one_as_the_column_would_store_it) {
    EXPECT_EQ(definition_after({"ALTER v TYPE NUMERIC(12, 2)"}), with("v REAL", "v NUMERIC(12, 2)"));
    EXPECT_EQ(app.query("SELECT v, typeof(v) FROM t WHERE id = 1"), "1.5|real");
}
TEST_F(Clauses, set_and_drop_not_null_and_defaults) {
    EXPECT_EQ(definition_after({"ALTER v SET NOT NULL, ALTER \"the name\" DROP NOT NULL",
                                "ALTER d SET DEFAULT 7, ALTER \"the name\" DROP DEFAULT"}),
              [this] {
                  std::string out = with("v REAL", "v REAL NOT NULL");
                  const auto cut = [&](const std::string& from, const std::string& to) {
                      out.replace(out.find(from), from.size(), to);
                  };
                  cut("NOT NULL ON CONFLICT REPLACE DEFAULT 'x,y('", " ");
                  cut("d DECIMAL(10, 2) DEFAULT (1 + 1)", "d DECIMAL(10, 2) DEFAULT 7 ");
                  return out;
              }());
}
TEST_F(Clauses, modify_a_whole_column) {
    EXPECT_EQ(definition_after({"MODIFY COLUMN v REAL NOT NULL DEFAULT 0 CHECK (v >= -1)"}),
              with("v REAL CONSTRAINT positive CHECK (v >= 0)", "v REAL NOT NULL DEFAULT 0 CHECK (v >= -1)"));
}
TEST_F(Clauses, add_and_drop_constraints) {
    EXPECT_EQ(definition_after({"DROP CONSTRAINT positive, DROP CONSTRAINT one",
                                "ADD CONSTRAINT two UNIQUE (parent, id), ADD CHECK (v < 1000), ADD FOREIGN "
                                "KEY (id) REFERENCES t(id)"}),
              [this] {
                  std::string out = with(" CONSTRAINT positive CHECK (v >= 0)", " ");
                  const std::string one = ",\n  CONSTRAINT one UNIQUE (v, d)";
                  out.replace(out.find(one), one.size(), "");
                  const std::string check = "CHECK (d <> 99)";
                  return out.replace(
                      out.find(check), check.size(),
                      check + ", CONSTRAINT two UNIQUE (parent, id), CHECK (v < 1000), FOREIGN KEY (id) "
                              "REFERENCES t(id)");
              }());
}
TEST_F(Clauses, rename_a_column_of_a_table_that_is_copied_anyway) {
    EXPECT_EQ(definition_after({"RENAME COLUMN d TO due, DROP COLUMN parent"}), [this] {
        std::string out = with(",\n  parent INTEGER REFERENCES p(id) ON DELETE SET NULL ON UPDATE NO ACTION "
                               "DEFERRABLE INITIALLY DEFERRED",
                               "");
        out.replace(out.find("d DECIMAL"), 1, "\"due\"");
        out.replace(out.find("(v, d)") + 4, 1, "\"due\"");
        out.replace(out.find("(d <> 99)") + 1, 1, "\"due\"");
        return out;
    }());
    EXPECT_EQ(app.query("SELECT due FROM t"), "2\n3");
}
TEST_F(Clauses, that_only_rename_or_add_are_instant) {
    const Blueprint blueprint = plan("RENAME COLUMN d TO due, ADD COLUMN n INTEGER NOT NULL DEFAULT -1");
    EXPECT_EQ(blueprint.strategy, Strategy::instant);
    EXPECT_EQ(blueprint.revert, RevertClass::native);
    definition_after({"RENAME COLUMN d TO due, ADD COLUMN n INTEGER NOT NULL DEFAULT -1"});
    EXPECT_EQ(app.query("SELECT due, n FROM t"), "2|-1\n3|-1");
}
TEST_F(Clauses, that_are_instant_have_an_estimate_too) {
    const Estimate estimate = plan("RENAME COLUMN d TO due").estimate;
    EXPECT_EQ(estimate.rows, 2);
    EXPECT_GT(estimate.table_bytes, 0);
    EXPECT_EQ(estimate.disk_needed, 0);
    EXPECT_TRUE(estimate.disk_free);
}
TEST_F(Clauses, can_be_forced_through_the_shadow_and_not_into_another_form) {
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    EXPECT_EQ(plan("RENAME COLUMN d TO due", settings).strategy, Strategy::shadow);
    settings.strategy = StrategyChoice::online;
    EXPECT_THROW((void)plan("ALTER v TYPE INTEGER", settings), Error);
    settings.strategy = StrategyChoice::instant;
    EXPECT_THROW((void)plan("ALTER v TYPE INTEGER", settings), Error);
}
TEST_F(Clauses, that_change_nothing_say_so) {
    EXPECT_EQ(plan("ALTER \"the name\" SET NOT NULL").strategy, Strategy::nothing);
}
TEST_F(Clauses, not_understood_are_refused_by_name) {
    for (const auto& [clause, part] : {std::pair{"RENAME TO other", "rename tables"},
                                       {"FROBNICATE x", "FROBNICATE"},
                                       {"ALTER v SET STATISTICS 5", "DEFAULT"},
                                       {"DROP PRIMARY KEY", "PRIMARY"},
                                       {"", "empty"},
                                       {"ADD COLUMN", "expects"},
                                       {"ADD COLUMN a INT AFTER v, DROP COLUMN", "expects"},
                                       {"ALTER v TYPE", "type"}}) {
        expect_refused(clause, ErrorKind::usage, "bad_clause", part);
    }
    expect_refused("ADD COLUMN a 'unclosed", ErrorKind::usage, "bad_sql", "quote");
}
TEST_F(Clauses, name_unknown_things) {
    expect_refused("DROP COLUMN nope", ErrorKind::usage, "unknown_column", "nope");
    expect_refused("DROP CONSTRAINT nope", ErrorKind::usage, "unknown_constraint", "nope");
    expect_refused("ADD COLUMN V INTEGER", ErrorKind::usage, "duplicate_column", "V");
    expect_refused(altering("nope", {"DROP COLUMN v"}), ErrorKind::usage, "unknown_table", "nope");
    expect_refused("ALTER v TYPE INTEGER USING nope + 1", ErrorKind::usage, "bad_expression", "nope");
}
TEST_F(Clauses, with_volatile_values_are_refused) {
    expect_refused("ALTER v TYPE REAL USING random()", ErrorKind::refused, "volatile_expression", "random");
    expect_refused("ADD COLUMN n TEXT DEFAULT (datetime('now')) CHECK (n <> '')", ErrorKind::refused,
                   "volatile_expression", "now");
    expect_refused("ALTER v TYPE REAL USING (SELECT count(*) FROM p)", ErrorKind::refused,
                   "volatile_expression", "subquer");
}
TEST_F(Clauses, with_current_timestamp_give_every_existing_row_one_value) {
    definition_after({"ADD COLUMN at TEXT DEFAULT CURRENT_TIMESTAMP"});
    EXPECT_EQ(app.query("SELECT count(DISTINCT at), count(at) FROM t"), "1|2");
}
TEST_F(Clauses, that_break_views_triggers_or_children_are_refused_naming_them) {
    app.run("CREATE VIEW uses AS SELECT v FROM t; CREATE TABLE c(x REFERENCES t(v)); CREATE UNIQUE INDEX tv "
            "ON t(v);"
            "CREATE TRIGGER own AFTER UPDATE ON t BEGIN SELECT NEW.d; END");
    expect_refused("DROP CONSTRAINT one, DROP CONSTRAINT positive, DROP COLUMN v", ErrorKind::refused,
                   "column_in_use", "tv");
    ChangeRequest request = altering("t", {"DROP CONSTRAINT one, DROP CONSTRAINT positive, DROP COLUMN v"});
    app.run("DROP INDEX tv");
    expect_refused(request, ErrorKind::refused, "dependent_objects", "view uses");
    app.run("DROP VIEW uses");
    request.alter_clauses = {"DROP CONSTRAINT one", "MODIFY d DECIMAL(10,2)", "RENAME d TO e, DROP parent"};
    expect_refused(request, ErrorKind::refused, "dependent_objects", "trigger own");
}
TEST_F(Clauses, on_generated_columns_are_refused) {
    expect_refused("ALTER g TYPE INTEGER", ErrorKind::refused, "generated_column", "g");
}

class Refusals : public Plans {};

TEST_F(Refusals, tables_without_a_usable_key) {
    app.run("CREATE TABLE t(a TEXT PRIMARY KEY, v REAL)");
    expect_refused("ALTER v TYPE INTEGER", ErrorKind::refused, "no_usable_key", "may be NULL");
    app.run("DROP TABLE t; CREATE TABLE t(a TEXT, v REAL)");
    expect_refused("ALTER v TYPE INTEGER", ErrorKind::refused, "no_usable_key", "t");
    app.run("DROP TABLE t; CREATE TABLE t(v REAL PRIMARY KEY NOT NULL)");
    expect_refused("ALTER v TYPE INTEGER USING v * 2", ErrorKind::refused, "no_usable_key", "v");
}
TEST_F(Refusals, what_is_not_an_ordinary_table_of_the_file) {
    app.run("CREATE VIEW t AS SELECT 1 AS v");
    expect_refused("ALTER v TYPE INTEGER", ErrorKind::refused, "not_a_table", "view");
    app.run("DROP VIEW t; CREATE VIRTUAL TABLE t USING fts5(v)");
    expect_refused("ALTER v TYPE INTEGER", ErrorKind::refused, "not_a_table", "virtual");
    expect_refused(altering("t_data", {"DROP COLUMN block"}), ErrorKind::refused, "not_a_table", "virtual");
    expect_refused(altering("sqlite_schema", {"DROP COLUMN sql"}), ErrorKind::refused, "internal_table",
                   "internal");
    ChangeRequest request = altering("t", {"DROP COLUMN v"});
    request.table.schema = "temp";
    expect_refused(request, ErrorKind::refused, "other_schema", "temp");
}
TEST_F(Refusals, a_second_change_of_a_table_while_one_runs) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL)");
    Change change{file.path(), to_cents("t", "v", "c")};
    change.prepare();
    expect_refused("ALTER v TYPE INTEGER", ErrorKind::busy, "job_on_table", "not finished");
}
TEST_F(Refusals, definitions_that_need_functions_or_collations_of_the_application) {
    sqlite3_create_collation(app.handle(), "mine", SQLITE_UTF8, nullptr,
                             [](void*, int, const void*, int, const void*) { return 0; });
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT); CREATE INDEX tw ON t(w COLLATE mine)");
    expect_refused("ALTER v TYPE INTEGER", ErrorKind::refused, "unknown_object", "mine");
}
TEST_F(Refusals, files_that_are_not_there_and_options_hidden_in_their_names) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL)");
    const auto engine = engine_of("file:" + file.path() + "?mode=ro");
    EXPECT_THROW((void)engine->open(SessionUse::control),
                 DatabaseError); // no URI reaches the library unasked
    EXPECT_THROW((void)engine_of(file.path() + ".missing")->open(SessionUse::control), DatabaseError);
}

class Probes : public Plans {
  protected:
    ProbedChunk probed(const ChangeRequest& request) {
        const auto engine = engine_of(file.path());
        const auto session = engine->open(SessionUse::read);
        const Blueprint blueprint = engine->planner().plan(*session, request, {});
        ProbedChunk total;
        std::string lower;
        while (const auto chunk = engine->prober().next_chunk(*session, blueprint, lower, 1000)) {
            total = engine->prober().probe_chunk(*session, blueprint, *chunk, 2);
            lower = chunk->upper;
        }
        whole = engine->prober().probe_whole(*session, blueprint, 2);
        return total;
    }
    static const RuleProbe* find(const std::vector<RuleProbe>& rules, const std::string& rule) {
        for (const RuleProbe& one : rules) {
            if (one.rule == rule && one.violations > 0) {
                return &one;
            }
        }
        return nullptr;
    }
    std::vector<RuleProbe> whole;
};

TEST_F(Probes, count_the_classes_of_a_conversion_and_conserve_the_sum) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 17.08), (2, 1.005), (3, "
            "NULL), (4, 9e999), "
            "(5, 1e30), (6, 'text'), (7, -0.015)");
    ChangeRequest request = to_cents("t", "v", "c");
    request.conversions[0].round = Rounding::half_even;
    request.conversions[0].inexact = InexactPolicy::accept;
    const ProbedChunk chunk = probed(request);
    const ConversionProbe& probe = chunk.conversions.at(0);
    EXPECT_EQ(chunk.rows, 7);
    EXPECT_EQ(probe.nulls, 1);
    EXPECT_EQ(probe.exact, 1);
    EXPECT_EQ(probe.rounded, 2);
    EXPECT_EQ(probe.not_finite, 1);
    EXPECT_EQ(probe.out_of_range, 1);
    EXPECT_EQ(probe.rejected, 1);
    EXPECT_EQ(probe.sum_source, "18.07");
    EXPECT_EQ(probe.sum_target, "1806");
    EXPECT_EQ(probe.sum_error, "-1");
    EXPECT_EQ(probe.largest_error, "0.5");
    EXPECT_EQ(probe.examples.size(), 5U);
}
TEST_F(Probes, find_what_constraints_would_refuse) {
    app.run("CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);"
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT); INSERT INTO t VALUES (1, NULL, 'a'), "
            "(2, -1, 'a'), (3, 2, 'B')");
    const ProbedChunk chunk =
        probed(altering("t", {"ALTER v SET NOT NULL, ADD CONSTRAINT pos CHECK (v > 0), ADD UNIQUE (w), "
                              "ADD FOREIGN KEY (id) REFERENCES p(id)"}));
    ASSERT_NE(find(chunk.rules, "not_null"), nullptr);
    EXPECT_EQ(find(chunk.rules, "not_null")->violations, 1);
    EXPECT_EQ(find(chunk.rules, "not_null")->examples.at(0).key, "id=1");
    ASSERT_NE(find(chunk.rules, "check"), nullptr);
    EXPECT_EQ(find(chunk.rules, "check")->examples.at(0).key, "id=2");
    ASSERT_NE(find(chunk.rules, "foreign_key"), nullptr);
    EXPECT_EQ(find(chunk.rules, "foreign_key")->violations, 2);
    ASSERT_NE(find(whole, "unique"), nullptr);
    EXPECT_EQ(find(whole, "unique")->violations, 1); // all rows of a value but one
    ASSERT_EQ(find(whole, "unique")->examples.size(), 2U);
    EXPECT_EQ(find(whole, "unique")->examples[0].key, "id=1");
    EXPECT_EQ(find(whole, "unique")->examples[1].key, "id=2");
}
TEST_F(Probes, find_values_that_a_new_type_would_alter) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT); INSERT INTO t VALUES (1, 1.5, '7'), (2, "
            "0.1234567890123456789, '007')");
    const ProbedChunk text = probed(altering("t", {"ALTER v TYPE TEXT"}));
    ASSERT_NE(find(text.rules, "range"), nullptr);
    EXPECT_EQ(find(text.rules, "range")->examples.at(0).key, "id=2");
    const ProbedChunk number = probed(altering("t", {"ALTER w TYPE INTEGER"}));
    ASSERT_NE(find(number.rules, "range"), nullptr);
    EXPECT_EQ(find(number.rules, "range")->examples.at(0).key, "id=2");
}
TEST_F(Probes, see_values_through_the_mapping) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL CHECK (v < 100), w INTEGER); INSERT INTO t VALUES "
            "(1, 0.5, 1), (2, 5, NULL)");
    ChangeRequest request = to_cents("t", "v", "c");
    SetNotNull filled{"w", "id * 10", "0"};
    request.operations.emplace_back(filled);
    const ProbedChunk chunk = probed(request);
    ASSERT_NE(find(chunk.rules, "check"), nullptr);
    EXPECT_EQ(find(chunk.rules, "check")->violations, 1); // 500 cents are not below 100
    EXPECT_EQ(find(chunk.rules, "not_null"), nullptr);
}

TEST_F(Plans, typed_operations_compile_to_the_same_definition) {
    app.run("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL DEFAULT "
            "9.99, w TEXT);"
            "CREATE INDEX tw ON t(w); INSERT INTO t VALUES (1, 1.25, NULL), (2, 2.5, 'x')");
    ChangeRequest request;
    request.table.name = "T";
    Conversion cents;
    cents.rule = "cents";
    cents.into = "cents";
    request.operations = {AddColumn{"n", "int64", false, "7"},
                          ChangeColumn{"v", "int64", true, cents, {}},
                          SetNotNull{"w", "'filled'", "'new'"},
                          AddCheck{"positive", "cents >= 0"},
                          AddUnique{"once", {"w", "n"}},
                          AddForeignKey{"to_p", {"n"}, {"", "p"}, {"id"}, "cascade", ""},
                          DropIndex{"tw"},
                          AddIndex{"tn", {"n", "(lower(w)) desc"}, false, "n > 0"}};
    app.run("INSERT INTO p VALUES (7)");
    Change change{file.path(), request};
    change.run();
    EXPECT_EQ(app.query("SELECT sql FROM sqlite_schema WHERE name = 't'"),
              "CREATE TABLE t(id INTEGER PRIMARY KEY, \"cents\" INTEGER DEFAULT 999 , w TEXT DEFAULT 'new' "
              "NOT NULL, \"n\" INTEGER NOT NULL "
              "DEFAULT 7, CONSTRAINT \"positive\" CHECK (cents >= 0), CONSTRAINT \"once\" UNIQUE (\"w\", "
              "\"n\"), CONSTRAINT \"to_p\" "
              "FOREIGN KEY (\"n\") REFERENCES \"p\" (\"id\") ON DELETE cascade)");
    EXPECT_EQ(app.query("SELECT * FROM t"), "1|125|filled|7\n2|250|x|7");
    EXPECT_EQ(
        app.query(
            "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't' AND sql IS NOT NULL"),
        "CREATE INDEX \"tn\" ON \"t\"(\"n\", (lower(w)) DESC) WHERE n > 0");
    app.run("UPDATE t SET n = 7 WHERE id = 2");
    change.replay(Direction::back);
    ASSERT_EQ(change.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(app.query("SELECT * FROM t"), "1|1.25|NULL\n2|2.5|x");
}

TEST_F(Plans, large_tables_get_their_indexes_before_the_copy) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT); CREATE INDEX tw ON t(w); INSERT INTO t "
            "VALUES (1, 1, 'a'), (2, 2, 'b')");
    Settings impatient;
    impatient.lock_timeout = impatient.drain_budget = Millis{0};
    Change change{file.path(), to_cents("t", "v", "c"), impatient};
    EXPECT_THAT(change.blueprint().notes, testing::Contains(HasSubstr("before the copy")));
    EXPECT_TRUE(change.engine().indexer().steps(change.blueprint()).empty());
    change.run();
    EXPECT_EQ(app.query("SELECT c FROM t INDEXED BY tw WHERE w = 'b'"), "200");
}

TEST_F(Plans, rows_are_counted_where_ids_have_gaps) {
    app.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL, w TEXT); CREATE INDEX tw ON t(w);"
            "INSERT INTO t VALUES (-9223372036854775808, 1, 'a'), (9223372036854775807, 2, 'b')");
    const Blueprint blueprint = plan(to_cents("t", "v", "c"));
    EXPECT_EQ(blueprint.estimate.rows, 2);
    EXPECT_THAT(blueprint.notes, testing::Contains(HasSubstr("after the copy")));
}

} // namespace
} // namespace turntable::test
