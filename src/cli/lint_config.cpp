#include "cli/lint_config.hpp"

#include <fmt/core.h>

#include "migrate/version.hpp"

namespace turntable::cli {
namespace {

using namespace migrate::lint;

std::string text_of(const toml::node& node, const BadConfig& bad) {
    const auto* const text = node.as_string();
    if (text == nullptr) {
        throw bad(node, "a string is expected");
    }
    return text->get();
}

Severity severity_of(const toml::node& node, const BadConfig& bad) {
    const std::string name = text_of(node, bad);
    const auto severity = severity_named(name);
    if (!severity) {
        throw bad(node, fmt::format("'{}' is no severity; error, warning, info and off are", name));
    }
    return *severity;
}

std::vector<migrate::SqlFlavor> engines_of(const toml::node& node, const BadConfig& bad) {
    const auto* const list = node.as_array();
    if (list == nullptr || list->empty()) {
        throw bad(node, "engines is a list of names");
    }
    std::vector<migrate::SqlFlavor> engines;
    for (const toml::node& element : *list) {
        const auto flavor = migrate::flavor_named(text_of(element, bad));
        if (!flavor) {
            throw bad(element, "an engine is postgresql, mysql, mariadb or sqlite");
        }
        engines.push_back(*flavor);
    }
    return engines;
}

} // namespace

void read_lint_rules(const toml::table& section, const BadConfig& bad, LintConfig& config) {
    for (const auto& [key, node] : section) {
        if (find_rule(key.str()) == nullptr) {
            throw bad(node, fmt::format("there is no lint rule '{}'", key.str()));
        }
        config.severities[std::string{key.str()}] = severity_of(node, bad);
    }
}

void read_lint_section(const toml::table& section, const BadConfig& bad, LintConfig& config,
                       Severity& fail_on) {
    for (const auto& [key, node] : section) {
        if (key.str() == "engines") {
            config.engines = engines_of(node, bad);
        } else if (key.str() == "ignore_before") {
            config.ignore_before = text_of(node, bad);
            if (!migrate::is_version(config.ignore_before)) {
                throw bad(node, "ignore_before is a version: fourteen digits");
            }
        } else if (key.str() == "fail_on") {
            fail_on = severity_of(node, bad);
            if (fail_on == Severity::off) {
                throw bad(node, "fail_on is error, warning or info");
            }
        } else if (key.str() == "rules" && node.is_table()) {
            read_lint_rules(*node.as_table(), bad, config);
        } else {
            throw bad(node, fmt::format("unknown key '{}' in [lint]", key.str()));
        }
    }
}

} // namespace turntable::cli
