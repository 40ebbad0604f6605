#include "support/depth.hpp"

#include <cstdlib>
#include <string_view>

namespace turntable::test {

bool full_depth() {
    const char* const depth = std::getenv("TURNTABLE_TEST_DEPTH");
    return depth != nullptr && std::string_view{depth} == "full";
}

} // namespace turntable::test
