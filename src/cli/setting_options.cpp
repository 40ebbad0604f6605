#include "cli/setting_options.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "change/parse.hpp"
#include "run/settings_text.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

constexpr std::array options{
    SettingOption{"strategy", "auto|instant|online|shadow",
                  "how to change the table; auto takes the cheapest way that loses nothing (default auto)"},
    SettingOption{"workers", "N", "sessions that copy and verify in parallel (default 2)"},
    SettingOption{"chunk-time", "DURATION",
                  "how long one chunk should take (default 500ms; MySQL, SQLite 50ms)"},
    SettingOption{"max-lag", "DURATION", "hold back while a replica lags more than this"},
    SettingOption{"replicas", "HOST[:PORT],…",
                  "replicas whose lag counts, reached as the primary is (MySQL, MariaDB; default: those that "
                  "the primary lists)"},
    SettingOption{
        "defer-indexes", "auto|always|never",
        "secondary indexes after the copy, or in place; auto: in place where replicas follow (MySQL, "
        "MariaDB; default auto)"},
    SettingOption{"max-load", "N", "hold back while more sessions than this are active"},
    SettingOption{"throttle-query", "SQL", "hold back while the first cell of this query is greater than 0"},
    SettingOption{"throttle-file", "PATH", "hold back while this file exists"},
    SettingOption{"lock-timeout", "DURATION", "longest wait for a lock that stops others (default 300ms)"},
    SettingOption{"lock-retries", "N",
                  "tries to get such a lock; 0: as many as --cutover-timeout allows (default 0)"},
    SettingOption{"drain-budget", "DURATION", "longest time the swap may hold its lock (default 300ms)"},
    SettingOption{"cutover", "auto|manual",
                  "swap when ready, or wait for `turntable cutover JOB` (default auto)"},
    SettingOption{"cutover-timeout", "DURATION",
                  "how long to try to swap before the job stays ready (default 1h)"},
    SettingOption{"keep-old", "DURATION|none", "length of the revert window after the swap (default 24h)"},
    SettingOption{"verify", "full|sample|none", "which rows are compared before the swap (default full)"},
    SettingOption{
        "foreign-keys", "auto|refuse",
        "take the table's foreign keys along where that is safe, or refuse a table with any (default auto)"},
    SettingOption{
        "allow-old-snapshots", "",
        "swap although a transaction holds a snapshot from before the copy; it will see an empty table"},
};

Error expected(const std::string& what) {
    return Error{ErrorKind::usage, "bad_value", what};
}

template <typename Word>
using Vocabulary = std::initializer_list<std::pair<std::string_view, Word>>;

template <typename Word>
Word one_of(const std::string& text, Vocabulary<Word> words) {
    std::string known;
    for (const auto& [word, value] : words) {
        if (word == text) {
            return value;
        }
        known += (known.empty() ? "" : ", ") + std::string{word};
    }
    throw expected("one of " + known + " is expected");
}

std::optional<Millis> window_length(const std::string& text) {
    if (text == "none") {
        return std::nullopt;
    }
    const Millis length = change::parse_duration(text);
    if (length <= Millis{0}) {
        throw expected("a duration longer than zero, or none, is expected");
    }
    return length;
}

// Those that cannot change while a job runs; run/settings_text.hpp has the others.
void set_fixed_or_steerable(Settings& settings, const std::string& name, const std::string& text) {
    if (name == "strategy") {
        settings.strategy = one_of<StrategyChoice>(text, {{"auto", StrategyChoice::automatic},
                                                          {"instant", StrategyChoice::instant},
                                                          {"online", StrategyChoice::online},
                                                          {"shadow", StrategyChoice::shadow}});
    } else if (name == "cutover-timeout") {
        settings.cutover_timeout = change::parse_duration(text);
    } else if (name == "keep-old") {
        settings.keep_old = window_length(text);
    } else if (name == "verify") {
        settings.verify = one_of<VerifyMode>(
            text, {{"full", VerifyMode::full}, {"sample", VerifyMode::sample}, {"none", VerifyMode::none}});
    } else if (name == "foreign-keys") {
        settings.foreign_keys = one_of<ForeignKeyChoice>(
            text, {{"auto", ForeignKeyChoice::automatic}, {"refuse", ForeignKeyChoice::refuse}});
    } else if (name == "replicas") {
        settings.replicas = text;
    } else if (name == "defer-indexes") {
        settings.defer_indexes = one_of<DeferIndexes>(text, {{"auto", DeferIndexes::automatic},
                                                             {"always", DeferIndexes::always},
                                                             {"never", DeferIndexes::never}});
    } else if (name == "allow-old-snapshots") {
        settings.allow_old_snapshots = one_of<bool>(text, {{"true", true}, {"false", false}});
    } else {
        run::apply_setting(settings, name, text);
    }
}

} // namespace

std::span<const SettingOption> setting_options() {
    return options;
}

void set_setting(Settings& settings, const std::string& name, const std::string& text) {
    if (std::none_of(options.begin(), options.end(),
                     [&](const SettingOption& each) { return each.name == name; })) {
        throw Error{ErrorKind::usage, "unknown_setting", fmt::format("there is no setting '{}'", name)};
    }
    try {
        set_fixed_or_steerable(settings, name, text);
    } catch (const Error& error) {
        throw Error{ErrorKind::usage, "bad_value", fmt::format("{} '{}': {}", name, text, error.what())};
    }
}

} // namespace turntable::cli
