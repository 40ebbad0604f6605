// State and settings as JSON, as the journal keeps them. Unknown fields are kept out, missing ones take their
// default: a host with another version may resume.
#include <nlohmann/json.hpp>

#include "run/journal.hpp"

namespace turntable::machine {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ConversionTotals, nulls, exact, rounded, not_finite,
                                                out_of_range, rejected, quarantined, sum_source, sum_target,
                                                sum_error, largest_error)

} // namespace turntable::machine

namespace turntable::run {
namespace {

using nlohmann::json;

json duration(const std::optional<Millis>& value) {
    return value ? json(value->count()) : json(nullptr);
}

std::optional<Millis> duration_at(const json& object, const char* key) {
    const json& value = object.at(key);
    return value.is_null() ? std::nullopt : std::optional{Millis{value.get<std::int64_t>()}};
}

std::string_view word(CutoverMode mode) {
    return mode == CutoverMode::manual ? "manual" : "auto";
}

std::string_view word(VerifyMode mode) {
    switch (mode) {
    case VerifyMode::full:
        return "full";
    case VerifyMode::sample:
        return "sample";
    case VerifyMode::none:
        return "none";
    }
    check(false, "unknown VerifyMode");
    return {};
}

VerifyMode verify_mode(const std::string& text) {
    return text == "none" ? VerifyMode::none : text == "sample" ? VerifyMode::sample : VerifyMode::full;
}

template <typename T>
T value_or(const json& object, const char* key, T fallback) {
    return object.contains(key) ? object.at(key).get<T>() : fallback;
}

Error damaged(const json::exception& error) {
    return Error{ErrorKind::needs_repair, "journal_damaged",
                 std::string{"a row of the journal cannot be read: "} + error.what()};
}

} // namespace

std::string to_json(const machine::State& state) {
    const json object{{"step", machine::to_string(state.step)},
                      {"copy_pass", state.copy_pass},
                      {"copy_exhausted", state.copy_exhausted},
                      {"step_number", state.step_number},
                      {"copied", state.copied},
                      {"logged", state.logged},
                      {"replayed", state.replayed},
                      {"totals_at", state.totals_at},
                      {"source_rows", state.source_rows},
                      {"shadow_rows", state.shadow_rows},
                      {"verified", state.verified},
                      {"mismatches", state.mismatches},
                      {"recheck_rounds", state.recheck_rounds},
                      {"recheck_left", state.recheck_left},
                      {"reverted", state.reverted},
                      {"swap_tries", state.swap_tries},
                      {"capture_tries", state.capture_tries},
                      {"prepare_lock_ms", state.prepare_lock_ms},
                      {"swap_lock_ms", state.swap_lock_ms},
                      {"conversions", state.conversions},
                      {"seconds",
                       {{"probe", state.seconds_probe},
                        {"copy", state.seconds_copy},
                        {"index", state.seconds_index},
                        {"replay", state.seconds_replay},
                        {"verify", state.seconds_verify},
                        {"swap", state.seconds_swap},
                        {"total", state.seconds_total}}},
                      {"reason", state.reason},
                      {"set_aside_chunks", state.set_aside_chunks},
                      {"set_aside_lower", state.set_aside_lower},
                      {"side_table", state.side_table},
                      {"swapped_at_ms", state.swapped_at_ms},
                      {"failure_exit", state.failure_exit},
                      {"rules_were_away", state.rules_were_away}};
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

machine::State state_from_json(const std::string& text) {
    try {
        const json object = json::parse(text);
        machine::State state;
        state.step = machine::step_from_string(object.at("step").get<std::string>());
        state.copy_pass = value_or(object, "copy_pass", state.copy_pass);
        state.copy_exhausted = value_or(object, "copy_exhausted", false);
        state.step_number = value_or(object, "step_number", state.step_number);
        state.copied = value_or(object, "copied", state.copied);
        state.logged = value_or(object, "logged", state.logged);
        state.replayed = value_or(object, "replayed", state.replayed);
        state.totals_at = value_or(object, "totals_at", state.totals_at);
        state.source_rows = value_or(object, "source_rows", state.source_rows);
        state.shadow_rows = value_or(object, "shadow_rows", state.shadow_rows);
        state.verified = value_or(object, "verified", false);
        state.mismatches = value_or(object, "mismatches", state.mismatches);
        state.recheck_rounds = value_or(object, "recheck_rounds", 0);
        state.recheck_left = value_or(object, "recheck_left", state.recheck_left);
        state.reverted = value_or(object, "reverted", false);
        state.swap_tries = value_or(object, "swap_tries", state.swap_tries);
        state.capture_tries = value_or(object, "capture_tries", state.capture_tries);
        state.prepare_lock_ms = value_or(object, "prepare_lock_ms", state.prepare_lock_ms);
        state.swap_lock_ms = value_or(object, "swap_lock_ms", state.swap_lock_ms);
        state.conversions = value_or(object, "conversions", state.conversions);
        const json seconds = value_or(object, "seconds", json::object());
        state.seconds_probe = value_or(seconds, "probe", 0.0);
        state.seconds_copy = value_or(seconds, "copy", 0.0);
        state.seconds_index = value_or(seconds, "index", 0.0);
        state.seconds_replay = value_or(seconds, "replay", 0.0);
        state.seconds_verify = value_or(seconds, "verify", 0.0);
        state.seconds_swap = value_or(seconds, "swap", 0.0);
        state.seconds_total = value_or(seconds, "total", 0.0);
        state.reason = value_or(object, "reason", std::string{});
        state.set_aside_chunks = value_or(object, "set_aside_chunks", state.set_aside_chunks);
        state.set_aside_lower = value_or(object, "set_aside_lower", std::string{});
        state.side_table = value_or(object, "side_table", std::string{});
        state.swapped_at_ms = value_or(object, "swapped_at_ms", state.swapped_at_ms);
        state.failure_exit = value_or(object, "failure_exit", 0);
        state.rules_were_away = value_or(object, "rules_were_away", false);
        return state;
    } catch (const json::exception& error) {
        throw damaged(error);
    }
}

std::string to_json(const Settings& settings) {
    const json object{{"strategy", static_cast<int>(settings.strategy)},
                      {"workers", settings.workers},
                      {"chunk_time", duration(settings.chunk_time)},
                      {"lock_timeout", settings.lock_timeout.count()},
                      {"lock_retries", settings.lock_retries},
                      {"drain_budget", settings.drain_budget.count()},
                      {"cutover_timeout", settings.cutover_timeout.count()},
                      {"cutover", word(settings.cutover)},
                      {"keep_old", duration(settings.keep_old)},
                      {"verify", word(settings.verify)},
                      {"foreign_keys_refused", settings.foreign_keys == ForeignKeyChoice::refuse},
                      {"allow_old_snapshots", settings.allow_old_snapshots},
                      {"max_lag", duration(settings.max_lag)},
                      {"replicas", settings.replicas},
                      {"defer_indexes", static_cast<int>(settings.defer_indexes)},
                      {"max_load", settings.max_load ? json(*settings.max_load) : json(nullptr)},
                      {"throttle_query", settings.throttle_query},
                      {"throttle_file", settings.throttle_file},
                      {"example_keys_max", settings.example_keys_max}};
    return object.dump();
}

Settings settings_from_json(const std::string& text) {
    try {
        const json object = json::parse(text);
        Settings settings;
        settings.strategy = static_cast<StrategyChoice>(object.at("strategy").get<int>());
        settings.workers = object.at("workers").get<int>();
        settings.chunk_time = duration_at(object, "chunk_time");
        settings.lock_timeout = Millis{object.at("lock_timeout").get<std::int64_t>()};
        settings.lock_retries = object.at("lock_retries").get<int>();
        settings.drain_budget = Millis{object.at("drain_budget").get<std::int64_t>()};
        settings.cutover_timeout = Millis{object.at("cutover_timeout").get<std::int64_t>()};
        settings.cutover = object.at("cutover") == "manual" ? CutoverMode::manual : CutoverMode::automatic;
        settings.keep_old = duration_at(object, "keep_old");
        settings.verify = verify_mode(object.at("verify").get<std::string>());
        settings.foreign_keys = value_or(object, "foreign_keys_refused", false) ? ForeignKeyChoice::refuse
                                                                                : ForeignKeyChoice::automatic;
        settings.allow_old_snapshots = object.at("allow_old_snapshots").get<bool>();
        settings.max_lag = duration_at(object, "max_lag");
        settings.replicas = object.at("replicas").get<std::string>();
        settings.defer_indexes = static_cast<DeferIndexes>(object.at("defer_indexes").get<int>());
        if (!object.at("max_load").is_null()) {
            settings.max_load = object.at("max_load").get<int>();
        }
        settings.throttle_query = object.at("throttle_query").get<std::string>();
        settings.throttle_file = object.at("throttle_file").get<std::string>();
        settings.example_keys_max = object.at("example_keys_max").get<int>();
        return settings;
    } catch (const json::exception& error) {
        throw damaged(error);
    }
}

} // namespace turntable::run
