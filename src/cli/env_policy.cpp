#include "cli/env_policy.hpp"

#include <fmt/core.h>

namespace turntable::cli {
namespace {

using migrate::DataOps;

std::optional<std::string> text_of(const toml::table& section, std::string_view key, const BadConfig& bad) {
    const toml::node* const node = section.get(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    if (!node->is_string()) {
        throw bad(*node, fmt::format("{} is not a string", key));
    }
    return node->as_string()->get();
}

void take_kind(const toml::table& section, const BadConfig& bad, EnvPolicy& out) {
    const auto kind = text_of(section, "kind", bad);
    if (!kind || *kind == "test" || *kind == "staging") {
        return;
    }
    if (*kind == "dev") {
        out.base_unasked = true;
    } else if (*kind == "prod") {
        out.policy.allow = migrate::policy_words();
        out.policy.allow->erase("base");
        out.policy.allow->erase("destructive");
        out.policy.data_ops = DataOps::approve;
    } else {
        throw bad(*section.get("kind"),
                  fmt::format("'{}' is no kind: dev, test, staging and prod are", *kind));
    }
}

void take_allow(const toml::table& section, const BadConfig& bad, EnvPolicy& out) {
    const toml::node* const node = section.get("allow");
    if (node == nullptr) {
        return;
    }
    if (!node->is_array()) {
        throw bad(*node, "allow is a list of words");
    }
    out.policy.allow.emplace();
    for (const toml::node& element : *node->as_array()) {
        const std::string word = element.is_string() ? element.as_string()->get() : "";
        if (!migrate::policy_words().contains(word)) {
            throw bad(element, fmt::format("'{}' is no word of allow: base, destructive, lossy, opaque and "
                                           "out-of-order are",
                                           word));
        }
        out.policy.allow->insert(word);
    }
    out.base_unasked = out.base_unasked && out.policy.allow->contains("base");
}

void take_data_ops(const toml::table& section, const BadConfig& bad, EnvPolicy& out) {
    const auto word = text_of(section, "data_ops", bad);
    if (!word) {
        return;
    }
    if (*word != "allow" && *word != "approve" && *word != "forbid") {
        throw bad(*section.get("data_ops"),
                  fmt::format("data_ops '{}': allow, approve or forbid is expected", *word));
    }
    out.policy.data_ops = *word == "allow"     ? DataOps::allow
                          : *word == "approve" ? DataOps::approve
                                               : DataOps::forbid;
}

void take_predecessor(const toml::table& section, const toml::table& environments, const BadConfig& bad,
                      EnvPolicy& out) {
    out.require_applied_in = text_of(section, "require_applied_in", bad);
    if (!out.require_applied_in) {
        return;
    }
    const toml::node& where = *section.get("require_applied_in");
    const toml::node* const other = environments.get(*out.require_applied_in);
    if (other == nullptr || !other->is_table() || *out.require_applied_in == out.policy.env) {
        throw bad(where, fmt::format("there is no other environment [env.{}]", *out.require_applied_in));
    }
    out.predecessor_url = text_of(*other->as_table(), "url", bad);
    if (!out.predecessor_url) {
        throw bad(where, fmt::format("[env.{}] has no url to look into", *out.require_applied_in));
    }
}

} // namespace

EnvPolicy read_env_policy(const std::string& name, const toml::table& section,
                          const toml::table& environments, const BadConfig& bad) {
    EnvPolicy out;
    out.policy.env = name;
    take_kind(section, bad, out);
    take_allow(section, bad, out);
    take_data_ops(section, bad, out);
    take_predecessor(section, environments, bad, out);
    return out;
}

} // namespace turntable::cli
