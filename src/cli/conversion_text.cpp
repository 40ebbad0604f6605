#include "cli/conversion_text.hpp"

#include <vector>

#include <fmt/core.h>

#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

std::string_view to_string(InexactPolicy policy) {
    switch (policy) {
    case InexactPolicy::fail:
        return "fail";
    case InexactPolicy::report:
        return "report";
    case InexactPolicy::accept:
        return "accept";
    case InexactPolicy::quarantine:
        return "quarantine";
    }
    check(false, "unknown InexactPolicy");
    return {};
}

std::string_view to_string(BadValuePolicy policy) {
    switch (policy) {
    case BadValuePolicy::fail:
        return "fail";
    case BadValuePolicy::null:
        return "null";
    case BadValuePolicy::quarantine:
        return "quarantine";
    }
    check(false, "unknown BadValuePolicy");
    return {};
}

} // namespace

std::string_view to_string(Rounding rounding) {
    switch (rounding) {
    case Rounding::half_even:
        return "half_even";
    case Rounding::half_up:
        return "half_up";
    case Rounding::half_down:
        return "half_down";
    case Rounding::up:
        return "up";
    case Rounding::down:
        return "down";
    case Rounding::ceiling:
        return "ceiling";
    case Rounding::floor:
        return "floor";
    case Rounding::exact_only:
        return "exact_only";
    }
    check(false, "unknown Rounding");
    return {};
}

std::string rule_text(const Conversion& conversion) {
    std::vector<std::string> parameters;
    if (conversion.scale) {
        parameters.push_back(fmt::format("scale {}", *conversion.scale));
    }
    if (conversion.round) {
        parameters.push_back(fmt::format("round {}", to_string(*conversion.round)));
    }
    if (conversion.inexact != InexactPolicy::fail) {
        parameters.push_back(fmt::format("inexact {}", to_string(conversion.inexact)));
    }
    if (conversion.nan != BadValuePolicy::fail) {
        parameters.push_back(fmt::format("nan {}", to_string(conversion.nan)));
    }
    if (conversion.overflow != BadValuePolicy::fail) {
        parameters.push_back(fmt::format("overflow {}", to_string(conversion.overflow)));
    }
    if (conversion.keep) {
        parameters.emplace_back("keep yes");
    }
    std::string out;
    for (const std::string& parameter : parameters) {
        out += (out.empty() ? "" : ", ") + parameter;
    }
    return out.empty() ? conversion.rule : fmt::format("{} ({})", conversion.rule, out);
}

} // namespace turntable::cli
