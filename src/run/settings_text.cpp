#include "run/settings_text.hpp"

#include <charconv>
#include <functional>
#include <map>

#include "change/parse.hpp"
#include "turntable/error.hpp"

namespace turntable::run {
namespace {

int whole_number(const std::string& key, const std::string& value, int least, int most) {
    int number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size() || number < least ||
        number > most) {
        throw Error{ErrorKind::usage, "bad_value",
                    key + " takes a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most) + ", not '" + value + "'"};
    }
    return number;
}

Millis at_least(const std::string& key, const std::string& value, Millis least) {
    const Millis duration = change::parse_duration(value);
    if (duration < least) {
        throw Error{ErrorKind::usage, "bad_value",
                    key + " must be at least " + std::to_string(least.count()) + "ms"};
    }
    return duration;
}

using Setter = std::function<void(Settings&, const std::string& key, const std::string& value)>;

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> all{
        {"workers", [](Settings& s, auto& k, auto& v) { s.workers = whole_number(k, v, 1, 64); }},
        {"chunk-time", [](Settings& s, auto& k, auto& v) { s.chunk_time = at_least(k, v, Millis{1}); }},
        {"max-lag",
         [](Settings& s, auto& k, auto& v) {
             s.max_lag = v == "none" ? std::nullopt : std::optional{at_least(k, v, Millis{0})};
         }},
        {"max-load",
         [](Settings& s, auto& k, auto& v) {
             s.max_load = v == "none" ? std::nullopt : std::optional{whole_number(k, v, 0, 1'000'000)};
         }},
        {"lock-timeout", [](Settings& s, auto& k, auto& v) { s.lock_timeout = at_least(k, v, Millis{1}); }},
        {"lock-retries",
         [](Settings& s, auto& k, auto& v) { s.lock_retries = whole_number(k, v, 0, 1'000'000); }},
        {"drain-budget", [](Settings& s, auto& k, auto& v) { s.drain_budget = at_least(k, v, Millis{1}); }},
        {"throttle-query", [](Settings& s, auto&, auto& v) { s.throttle_query = v; }},
        {"throttle-file", [](Settings& s, auto&, auto& v) { s.throttle_file = v; }},
        {"cutover",
         [](Settings& s, auto&, auto& v) {
             if (v != "auto" && v != "manual") {
                 throw Error{ErrorKind::usage, "bad_value", "cutover takes auto or manual, not '" + v + "'"};
             }
             s.cutover = v == "manual" ? CutoverMode::manual : CutoverMode::automatic;
         }},
    };
    return all;
}

} // namespace

void apply_setting(Settings& settings, const std::string& key, const std::string& value) {
    const auto found = setters().find(key);
    if (found == setters().end()) {
        std::string known;
        for (const auto& [name, setter] : setters()) {
            known += (known.empty() ? "" : ", ") + name;
        }
        throw Error{ErrorKind::usage, "unknown_setting",
                    "'" + key + "' cannot be set (known: " + known + ")"};
    }
    found->second(settings, key, value);
}

} // namespace turntable::run
