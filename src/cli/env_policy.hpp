#pragma once
// What [env.NAME] of turntable.toml says beside url, [alter] and [lint]: what is allowed there.
//
//     [env.production]
//     url = "${SHOP_URL}"                  # variables of the process
//     kind = "prod"                        # dev, test, staging or prod: the defaults of the two below
//     allow = ["lossy", "out-of-order"]    # base, destructive, lossy, opaque, out-of-order
//     data_ops = "approve"                 # allow, approve or forbid
//     require_applied_in = "staging"       # another [env.…], with a url

#include <optional>
#include <string>

#include <toml++/toml.h>

#include "cli/lint_config.hpp"
#include "migrate/policy.hpp"

namespace turntable::cli {

struct EnvPolicy {
    migrate::Policy policy;
    bool base_unasked = false;                     // kind "dev": `down base` needs no --allow base
    std::optional<std::string> require_applied_in; // name of the environment that goes before
    std::optional<std::string> predecessor_url;
};

// section: [env.NAME]. environments: [env], where a predecessor has to be.
[[nodiscard]] EnvPolicy read_env_policy(const std::string& name, const toml::table& section,
                                        const toml::table& environments, const BadConfig& bad);

} // namespace turntable::cli
