#include "cli/config.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/core.h>
#include <toml++/toml.h>

#include "cli/lint_config.hpp"
#include "cli/setting_options.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

constexpr const char* default_file = "turntable.toml";

Error bad_config(const std::string& file, const toml::source_region& where, const std::string& what) {
    Error error{ErrorKind::usage, "bad_config", fmt::format("{}, line {}: {}", file, where.begin.line, what)};
    error.next("docs/commands.md lists the keys");
    return error;
}

// Reads one file; every method throws bad_config with the line.
class Reader {
  public:
    explicit Reader(const std::string& file) : file_(file) {}

    void refuse_unknown(const toml::table& table, std::initializer_list<std::string_view> known,
                        const std::string& where) const {
        for (const auto& [key, node] : table) {
            if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
                throw bad_config(file_, node.source(), fmt::format("unknown key '{}'{}", key.str(), where));
            }
        }
    }

    [[nodiscard]] std::optional<std::string> url(const toml::table& table) const {
        const toml::node* const node = table.get("url");
        if (node == nullptr) {
            return std::nullopt;
        }
        if (!node->is_string()) {
            throw bad_config(file_, node->source(), "url is not a string");
        }
        return node->as_string()->get();
    }

    [[nodiscard]] const toml::table* section(const toml::table& table, std::string_view name) const {
        const toml::node* const node = table.get(name);
        if (node != nullptr && !node->is_table()) {
            throw bad_config(file_, node->source(), fmt::format("{} is not a table", name));
        }
        return node == nullptr ? nullptr : node->as_table();
    }

    void add_settings(const toml::table* section, std::vector<NamedText>& settings) const {
        if (section == nullptr) {
            return;
        }
        for (const auto& [key, node] : *section) {
            const std::string name{key.str()};
            const std::string text = text_of(node);
            Settings scratch;
            try {
                set_setting(scratch, name, text);
            } catch (const Error& error) {
                throw bad_config(file_, node.source(), error.what());
            }
            settings.emplace_back(name, text);
        }
    }

    [[nodiscard]] BadConfig bad() const {
        return [this](const toml::node& where, const std::string& what) {
            return bad_config(file_, where.source(), what);
        };
    }

  private:
    [[nodiscard]] std::string text_of(const toml::node& node) const {
        if (const auto* text = node.as_string()) {
            return text->get();
        }
        if (const auto* number = node.as_integer()) {
            return std::to_string(number->get());
        }
        if (const auto* flag = node.as_boolean()) {
            return flag->get() ? "true" : "false";
        }
        throw bad_config(file_, node.source(), "a string, a whole number, true or false is expected");
    }

    const std::string& file_;
};

// Every environment is checked, the one asked for is taken.
void add_environment(const Reader& reader, const toml::table& environments, const std::string& name,
                     Config& config) {
    for (const auto& [key, node] : environments) {
        const toml::table* const section = reader.section(environments, key.str());
        reader.refuse_unknown(*section,
                              {"url", "alter", "lint", "kind", "allow", "data_ops", "require_applied_in"},
                              fmt::format(" in [env.{}]", key.str()));
        const std::optional<std::string> url = reader.url(*section);
        std::vector<NamedText> settings;
        reader.add_settings(reader.section(*section, "alter"), settings);
        migrate::lint::LintConfig lint = config.lint;
        if (const toml::table* const rules = reader.section(*section, "lint")) {
            read_lint_rules(*rules, reader.bad(), lint);
        }
        EnvPolicy policy = read_env_policy(std::string{key.str()}, *section, environments, reader.bad());
        if (name == key.str()) {
            config.policy = std::move(policy);
            config.lint = lint;
            config.env_url = url;
            config.settings.insert(config.settings.end(), settings.begin(), settings.end());
        }
    }
}

Config config_of(const toml::table& root, const std::string& file_name,
                 const std::optional<std::string>& env) {
    const Reader reader{file_name};
    reader.refuse_unknown(root, {"url", "alter", "env", "lint"}, "");
    Config config;
    config.url = reader.url(root);
    reader.add_settings(reader.section(root, "alter"), config.settings);
    if (const toml::table* const section = reader.section(root, "lint")) {
        read_lint_section(*section, reader.bad(), config.lint, config.lint_fail_on);
    }
    const toml::table* const environments = reader.section(root, "env");
    if (env && (environments == nullptr || !environments->contains(*env))) {
        throw Error{ErrorKind::usage, "unknown_env", fmt::format("{} has no [env.{}]", file_name, *env)};
    }
    if (environments != nullptr) {
        add_environment(reader, *environments, env.value_or(""), config);
    }
    return config;
}

} // namespace

Config parse_config(std::string_view text, const std::string& file_name,
                    const std::optional<std::string>& env) {
    toml::table root;
    try {
        root = toml::parse(text, file_name);
    } catch (const toml::parse_error& error) {
        throw bad_config(file_name, error.source(), std::string{error.description()});
    }
    return config_of(root, file_name, env);
}

Config load_config(const Globals& globals) {
    const std::string path = globals.config.value_or(default_file);
    if (!globals.config && !std::filesystem::exists(path)) {
        if (globals.env) {
            throw Error{
                ErrorKind::usage, "unknown_env",
                fmt::format("--env {} needs a configuration, and there is no {} here", *globals.env, path)};
        }
        return {};
    }
    std::ifstream file{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) {
        throw Error{ErrorKind::usage, "unreadable_file",
                    fmt::format("the configuration {} cannot be read", path)};
    }
    return parse_config(text, path, globals.env);
}

std::string expanded(const std::string& text, Environment environment) {
    std::string out;
    std::size_t from = 0;
    for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", from)) {
        const auto end = text.find('}', at);
        const std::string name = text.substr(at + 2, end == std::string::npos ? end : end - at - 2);
        const char* const value = end == std::string::npos ? nullptr : environment(name.c_str());
        if (value == nullptr) {
            throw Error{ErrorKind::usage, "unset_variable",
                        fmt::format("the configuration wants the variable {}, which is not set", name)};
        }
        out += text.substr(from, at - from) + value;
        from = end + 1;
    }
    return out + text.substr(from);
}

std::string choose_url(const Globals& globals, const Config& config, Environment environment) {
    const auto variable = [environment](const char* name) -> std::optional<std::string> {
        const char* const text = environment(name);
        return text == nullptr || *text == '\0' ? std::nullopt : std::optional<std::string>{text};
    };
    // What a configuration holds may name variables; what is given as a whole is taken as it is.
    const auto held = [environment](const std::optional<std::string>& url) {
        return url ? std::optional{expanded(*url, environment)} : std::nullopt;
    };
    if (globals.url) {
        return *globals.url;
    }
    for (const auto& url : {held(config.env_url), variable("TURNTABLE_URL"), variable("DATABASE_URL")}) {
        if (url) {
            return *url;
        }
    }
    if (config.url) {
        return expanded(*config.url, environment);
    }
    Error error{ErrorKind::usage, "no_url", "no database is given"};
    error.next("give -u URL, set TURNTABLE_URL, or write url into turntable.toml");
    throw error;
}

Settings choose_settings(const Config& config, const std::vector<NamedText>& given) {
    Settings settings;
    for (const auto* const texts : {&config.settings, &given}) {
        for (const auto& [name, text] : *texts) {
            set_setting(settings, name, text);
        }
    }
    return settings;
}

} // namespace turntable::cli
