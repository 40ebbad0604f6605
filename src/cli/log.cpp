#include "cli/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

spdlog::level::level_enum level_of(Verbosity verbosity) {
    switch (verbosity) {
    case Verbosity::quiet:
        return spdlog::level::err;
    case Verbosity::normal:
        return spdlog::level::warn;
    case Verbosity::verbose:
        return spdlog::level::debug;
    }
    check(false, "unknown Verbosity");
    return spdlog::level::err;
}

} // namespace

void set_up_log(Verbosity verbosity) {
    auto logger =
        std::make_shared<spdlog::logger>("turntable", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
    logger->set_level(level_of(verbosity));
    spdlog::set_default_logger(std::move(logger));
}

void log_warning(const std::string& text) {
    spdlog::warn("{}", text);
}

void log_detail(const std::string& text) {
    spdlog::debug("{}", text);
}

} // namespace turntable::cli
