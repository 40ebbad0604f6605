#include "change/conversion_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "turntable/conversion_rules.hpp"

namespace turntable::change {
namespace {

using Problem = std::optional<std::string>;

template <typename Field, typename Named>
Problem set_named(Field& field, const std::string& value, Named named, std::string_view names) {
    const auto found = named(value);
    if (!found) {
        return fmt::format("'{}' is none of {}", value, names);
    }
    field = *found;
    return std::nullopt;
}

Problem set_scale(Conversion& conversion, const std::string& value) {
    int scale = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), scale);
    if (value.empty() || parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size()) {
        return fmt::format("scale '{}' is not a whole number", value);
    }
    conversion.scale = scale;
    return std::nullopt;
}

Problem set_round(Conversion& conversion, const std::string& value) {
    return set_named(conversion.round, value, rounding_named,
                     "half_even, half_up, half_down, up, down, ceiling, floor, exact_only");
}

Problem set_inexact(Conversion& conversion, const std::string& value) {
    return set_named(conversion.inexact, value, inexact_policy_named, "fail, report, accept, quarantine");
}

Problem set_nan(Conversion& conversion, const std::string& value) {
    return set_named(conversion.nan, value, bad_value_policy_named, "fail, null, quarantine");
}

Problem set_overflow(Conversion& conversion, const std::string& value) {
    return set_named(conversion.overflow, value, bad_value_policy_named, "fail, null, quarantine");
}

Problem set_keep(Conversion& conversion, const std::string& value) {
    if (value != "yes" && value != "no") {
        return "keep is yes or no";
    }
    conversion.keep = value == "yes";
    return std::nullopt;
}

Problem set_same_name(Conversion& conversion, const std::string& value) {
    if (value != "accept" && value != "refuse") {
        return "same_name is accept or refuse";
    }
    conversion.same_name_accepted = value == "accept";
    return std::nullopt;
}

template <std::optional<std::string> Conversion::*field>
Problem set_text(Conversion& conversion, const std::string& value) {
    if (value.empty()) {
        return "a value is empty";
    }
    conversion.*field = value;
    return std::nullopt;
}

struct Key {
    std::string_view name;
    Problem (*set)(Conversion&, const std::string&);
};
constexpr std::array keys{Key{"scale", set_scale},
                          Key{"round", set_round},
                          Key{"inexact", set_inexact},
                          Key{"nan", set_nan},
                          Key{"overflow", set_overflow},
                          Key{"keep", set_keep},
                          Key{"same_name", set_same_name},
                          Key{"into", set_text<&Conversion::into>},
                          Key{"replacement", set_text<&Conversion::replacement>},
                          Key{"type", set_text<&Conversion::type>},
                          Key{"expr", set_text<&Conversion::expr>},
                          Key{"inverse", set_text<&Conversion::inverse>}};

} // namespace

std::optional<std::string> set_conversion_key(Conversion& conversion, std::string_view key,
                                              const std::string& value) {
    const auto* const found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& known) { return known.name == key; });
    if (found != keys.end()) {
        return found->set(conversion, value);
    }
    if (key.empty()) {
        return "a key is empty";
    }
    conversion.extra.emplace(key, value);
    return std::nullopt;
}

} // namespace turntable::change
