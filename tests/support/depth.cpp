#include "support/depth.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace turntable::test {
namespace {

std::string asked() {
    const char* const depth = std::getenv("TURNTABLE_TEST_DEPTH");
    return depth == nullptr ? "" : depth;
}

} // namespace

bool full_depth() {
    return asked() == "full" || every_combination();
}

bool every_combination() {
    return asked() == "all";
}

std::size_t deep(std::size_t sample) {
    constexpr std::size_t full = 25; // half a million doubles, each with every rounding
    constexpr std::size_t light = 8;
    const std::string depth = asked();
    if (depth == "light") {
        return sample / light;
    }
    return sample * (full_depth() ? full : std::max(1UL, std::strtoul(depth.c_str(), nullptr, 10)));
}

int every(int stride) {
    constexpr int light = 3;
    return full_depth() ? 1 : asked() == "light" ? light * stride : stride;
}

} // namespace turntable::test
