#include <gtest/gtest.h>

#include "run/journal.hpp"
#include "run/settings_text.hpp"

namespace turntable::run {
namespace {

TEST(JournalJson, KeepsAStateAsItWas) {
    machine::State state;
    state.step = machine::Step::verify;
    state.copy_pass = 3;
    state.copied = 1'000'000;
    state.recheck_left = 2;
    state.reverted = true;
    state.reason = "ein \"Grund\"\n";
    state.conversions.resize(1);
    state.conversions[0].sum_source = "123.45";
    state.conversions[0].quarantined = 4;
    state.set_aside_chunks = 2;
    state.totals_at = 7;
    state.set_aside_lower = "[\"17\"]";
    state.side_table = "turntable.quarantine";
    const machine::State read = state_from_json(to_json(state));
    EXPECT_EQ(to_json(read), to_json(state));
    EXPECT_EQ(read.step, machine::Step::verify);
    EXPECT_EQ(read.conversions.at(0).quarantined, 4);
    EXPECT_EQ(read.set_aside_chunks, 2);
    EXPECT_EQ(read.totals_at, 7);
    EXPECT_EQ(read.set_aside_lower, state.set_aside_lower);
    EXPECT_EQ(read.side_table, state.side_table);
    EXPECT_EQ(read.conversions.at(0).sum_source, "123.45");
}

TEST(JournalJson, KeepsSettingsAsTheyWere) {
    Settings settings;
    settings.chunk_time = Millis{70};
    settings.keep_old.reset();
    settings.max_load = 12;
    settings.verify = VerifyMode::sample;
    settings.cutover = CutoverMode::manual;
    settings.foreign_keys = ForeignKeyChoice::refuse;
    settings.throttle_query = "select 'x'";
    const Settings read = settings_from_json(to_json(settings));
    EXPECT_EQ(to_json(read), to_json(settings));
    EXPECT_EQ(read.chunk_time, Millis{70});
    EXPECT_FALSE(read.keep_old.has_value());
    EXPECT_EQ(read.foreign_keys, ForeignKeyChoice::refuse);
}

TEST(JournalJson, AsksForRepairWhereARowCannotBeRead) {
    for (const char* text : {"", "{", "{}", R"({"step":"nonsense"})"}) {
        try {
            (void)state_from_json(text);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::needs_repair);
        }
    }
}

TEST(BlueprintJson, KeepsEveryFieldThatAResumeNeeds) {
    Blueprint blueprint;
    blueprint.engine = "sqlite";
    blueprint.source = {"", "Zahlungen \"2\""};
    blueprint.strategy = Strategy::online;
    blueprint.revert = RevertClass::irreversible;
    blueprint.key = {{"id", "id", "INTEGER"}};
    blueprint.columns = {{"cents", "amount", "f(amount)", "g(cents)", false, true},
                         {"added", std::nullopt, "0", std::nullopt, false, false}};
    ConversionPlan conversion;
    conversion.asked.column = "amount";
    conversion.asked.round = Rounding::half_even;
    conversion.scale = 2;
    blueprint.conversions = {conversion};
    blueprint.script = {{Phase::copy,
                         {"INSERT ?",
                          {Value{std::int64_t{1}}, Value{Null{}}, Value{Blob{"\x01"}}, Value{0.1}},
                          "copy",
                          Blocks::copied_rows}}};
    blueprint.estimate.disk_free = 5;
    blueprint.detail = R"({"x":1})";
    EXPECT_EQ(to_json(blueprint_from_json(to_json(blueprint))), to_json(blueprint));
    const Blueprint read = blueprint_from_json(to_json(blueprint));
    EXPECT_EQ(read.script.at(0).statement.arguments.at(3), Value{0.1});
    EXPECT_EQ(read.conversions.at(0).asked.round, Rounding::half_even);
}

TEST(SettingsText, TakesWhatCanBeSteeredAndNothingElse) {
    Settings settings;
    apply_setting(settings, "workers", "7");
    apply_setting(settings, "chunk-time", "70ms");
    apply_setting(settings, "cutover", "manual");
    EXPECT_EQ(settings.workers, 7);
    EXPECT_EQ(settings.chunk_time, Millis{70});
    EXPECT_EQ(settings.cutover, CutoverMode::manual);
    for (const auto& [key, value] : {std::pair{"workers", "0"},
                                     {"workers", "many"},
                                     {"chunk-time", "0"},
                                     {"cutover", "soon"},
                                     {"keep-old", "1h"},
                                     {"nonsense", "1"}}) {
        EXPECT_THROW(apply_setting(settings, key, value), Error) << key;
    }
}

} // namespace
} // namespace turntable::run
