// The words in which plans, the journal and JSON name phases, strategies and revert classes.
#include "turntable/blueprint.hpp"
#include "turntable/error.hpp"

namespace turntable {

std::string_view to_string(Strategy strategy) {
    switch (strategy) {
    case Strategy::nothing:
        return "nothing";
    case Strategy::instant:
        return "instant";
    case Strategy::online:
        return "online";
    case Strategy::shadow:
        return "shadow";
    }
    check(false, "unknown Strategy");
    return {};
}

std::string_view to_string(RevertClass revert) {
    switch (revert) {
    case RevertClass::native:
        return "native";
    case RevertClass::swap_back:
        return "swap_back";
    case RevertClass::irreversible:
        return "irreversible";
    }
    check(false, "unknown RevertClass");
    return {};
}

std::string_view to_string(Phase phase) {
    switch (phase) {
    case Phase::probe:
        return "probe";
    case Phase::prepare:
        return "prepare";
    case Phase::copy:
        return "copy";
    case Phase::index:
        return "index";
    case Phase::replay:
        return "replay";
    case Phase::verify:
        return "verify";
    case Phase::swap:
        return "swap";
    case Phase::window:
        return "window";
    case Phase::finalize:
        return "finalize";
    case Phase::native:
        return "native";
    case Phase::cleanup:
        return "cleanup";
    }
    check(false, "unknown Phase");
    return {};
}

} // namespace turntable
