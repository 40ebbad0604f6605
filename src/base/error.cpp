#include "turntable/error.hpp"

#include <cstdlib>

#include <fmt/core.h>

namespace turntable {

void check_failed(const char* what, const char* file, int line) {
    fmt::print(stderr, "turntable: internal error: {} ({}:{})\n", what, file, line);
    std::abort();
}

} // namespace turntable
