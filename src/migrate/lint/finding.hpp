#pragma once
// What the linter says about a place in a migration.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/sql/flavor.hpp"

namespace turntable::migrate::lint {

enum class Severity { off, info, warning, error };

[[nodiscard]] std::string_view to_string(Severity severity);
[[nodiscard]] std::optional<Severity> severity_named(std::string_view name);

struct Rule;

struct Finding {
    const Rule* rule = nullptr;
    Severity severity = Severity::error;
    std::string file; // as the path was given
    int line = 1;
    std::string message;            // about this very place
    std::vector<SqlFlavor> flavors; // on which engines; empty: it is not about one
};

} // namespace turntable::migrate::lint
