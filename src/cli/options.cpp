#include "cli/options.hpp"

#include <optional>
#include <string_view>

#include <boost/program_options.hpp>
#include <fmt/core.h>

#include "cli/command_table.hpp"
#include "cli/help.hpp"
#include "cli/option_groups.hpp"
#include "cli/setting_options.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

// Cannot be typed as an option by accident.
constexpr const char* words_name = "words of the command";

// No guessing of abbreviated names: an option added later must not change what a script means.
constexpr int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;

Error usage(const std::string& code, const std::string& what) {
    Error error{ErrorKind::usage, code, what};
    error.next("`turntable --help` lists commands and options");
    return error;
}

bool takes_value(const po::options_description& options, const std::string& word) {
    const bool is_long = word.starts_with("--");
    if (word.find('=') != std::string::npos || (!is_long && word.size() > 2)) {
        return false; // --name=value, -uvalue
    }
    const po::option_description* const option =
        options.find_nothrow(is_long ? word.substr(2) : word, false, false, false);
    return option != nullptr && option->semantic()->max_tokens() > 0;
}

// Position of the command: the first word that is neither an option nor an option's value; end: there is
// none.
std::size_t command_position(const Words& arguments) {
    const po::options_description all = every_option();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--") {
            return i + 1;
        }
        if (!arguments[i].starts_with('-') || arguments[i] == "-") {
            return i;
        }
        if (takes_value(all, arguments[i])) {
            ++i;
        }
    }
    return arguments.size();
}

struct ParsedLine {
    po::variables_map options;
    Words words; // the command first
};

// "-3" is a target of `down`, not an option.
std::vector<po::option> take_number(Words& arguments) {
    const std::string word = arguments.front();
    const bool number = word.size() > 1 && word.front() == '-' &&
                        word.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!number) {
        return {};
    }
    po::option option;
    option.value.push_back(word);
    option.original_tokens.push_back(word);
    arguments.erase(arguments.begin());
    return {option};
}

ParsedLine parse_line(const po::options_description& options, const Words& arguments) {
    po::options_description with_words = options;
    with_words.add_options()(words_name, po::value<Words>(), "");
    po::positional_options_description positions;
    positions.add(words_name, -1);
    ParsedLine line;
    try {
        po::store(po::command_line_parser{arguments}
                      .options(with_words)
                      .positional(positions)
                      .style(style)
                      .extra_style_parser(take_number)
                      .run(),
                  line.options);
        po::notify(line.options);
    } catch (const po::error& error) {
        throw usage("bad_option", error.what());
    }
    if (line.options.contains(words_name)) {
        line.words = line.options[words_name].as<Words>();
    }
    return line;
}

std::optional<std::string> text_of(const po::variables_map& options, const std::string& name) {
    return options.contains(name) ? std::optional{options[name].as<std::string>()} : std::nullopt;
}

bool given(const po::variables_map& options, const std::string& name) {
    return options.contains(name) && options[name].as<bool>();
}

Words list_of(const po::variables_map& options, const std::string& name) {
    return options.contains(name) ? options[name].as<Words>() : Words{};
}

OutputFormat format_named(const std::string& text) {
    constexpr std::pair<std::string_view, OutputFormat> formats[] = {{"text", OutputFormat::text},
                                                                     {"json", OutputFormat::json},
                                                                     {"github", OutputFormat::github},
                                                                     {"sarif", OutputFormat::sarif}};
    for (const auto& [name, value] : formats) {
        if (name == text) {
            return value;
        }
    }
    throw usage("bad_value", fmt::format("--format '{}': text or json is expected", text));
}

ProgressStyle progress_named(const std::string& text) {
    constexpr std::pair<std::string_view, ProgressStyle> styles[] = {{"auto", ProgressStyle::automatic},
                                                                     {"bar", ProgressStyle::bar},
                                                                     {"plain", ProgressStyle::plain},
                                                                     {"json", ProgressStyle::json},
                                                                     {"none", ProgressStyle::none}};
    for (const auto& [name, value] : styles) {
        if (name == text) {
            return value;
        }
    }
    throw usage("bad_value",
                fmt::format("--progress '{}': auto, bar, plain, json or none is expected", text));
}

Globals globals_of(const po::variables_map& options) {
    Globals globals;
    globals.url = text_of(options, "url");
    globals.config = text_of(options, "config");
    globals.env = text_of(options, "env");
    globals.format = format_named(text_of(options, "format").value_or("text"));
    globals.progress = progress_named(text_of(options, "progress").value_or("auto"));
    if (given(options, "quiet") && given(options, "verbose")) {
        throw usage("bad_option", "--quiet and --verbose exclude each other");
    }
    globals.verbosity = given(options, "quiet")     ? Verbosity::quiet
                        : given(options, "verbose") ? Verbosity::verbose
                                                    : Verbosity::normal;
    return globals;
}

std::vector<NamedText> settings_of(const po::variables_map& options) {
    std::vector<NamedText> settings;
    for (const SettingOption& option : setting_options()) {
        const std::string name{option.name};
        if (option.argument.empty() && given(options, name)) {
            settings.emplace_back(name, "true");
        } else if (const auto text = option.argument.empty() ? std::nullopt : text_of(options, name)) {
            settings.emplace_back(name, *text);
        }
    }
    return settings;
}

MigrateWords migrate_words_of(const po::variables_map& options) {
    MigrateWords words;
    words.dir = text_of(options, "dir");
    words.phase = text_of(options, "phase");
    words.expect = text_of(options, "expect");
    words.reason = text_of(options, "reason");
    words.accept = text_of(options, "accept");
    words.lock_wait = text_of(options, "lock-wait");
    words.scratch = text_of(options, "scratch");
    words.allow = list_of(options, "allow");
    words.ack = list_of(options, "ack");
    words.approve = list_of(options, "approve");
    words.backup = text_of(options, "backup");
    words.sql = given(options, "sql");
    words.check = given(options, "check");
    words.write_sum = given(options, "write-sum");
    words.release = given(options, "release");
    words.statement_done = given(options, "statement-done");
    words.statement_not_done = given(options, "statement-not-done");
    words.from_diff = text_of(options, "from-diff");
    words.fix = text_of(options, "fix");
    words.from = text_of(options, "from");
    words.table = text_of(options, "table");
    words.record = given(options, "record");
    words.as_baseline = given(options, "as-baseline");
    return words;
}

std::vector<NamedText> steering_of(const Words& words) {
    std::vector<NamedText> steer;
    for (std::size_t i = 2; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        if (equals == std::string::npos || equals == 0) {
            throw usage("bad_option", fmt::format("'{}' is not of the form KEY=VALUE", words[i]));
        }
        steer.emplace_back(words[i].substr(0, equals), words[i].substr(equals + 1));
    }
    if (steer.empty()) {
        throw usage("missing_word", "set needs at least one KEY=VALUE");
    }
    return steer;
}

// The word after the command: its TABLE or JOB.
std::string only_word(const CommandSpec& spec, const Words& words) {
    if (words.size() < 2) {
        throw usage("missing_word", fmt::format("{} needs a {}", spec.name, spec.words));
    }
    if (words.size() > 2) {
        throw usage("extra_word", fmt::format("'{}' is one word too many for {}", words[2], spec.name));
    }
    return words[1];
}

bool has_migrate_words(const CommandSpec& spec, const Invocation& invocation) {
    if (spec.command == Command::plan) {
        return !asks_for_table(invocation);
    }
    return spec.command == Command::new_migration || spec.command == Command::up ||
           spec.command == Command::down || spec.command == Command::mark ||
           spec.command == Command::baseline || spec.command == Command::import_history;
}

void read_words(const CommandSpec& spec, const Words& words, Invocation& invocation) {
    if (has_migrate_words(spec, invocation)) {
        invocation.migrate.words.assign(words.begin() + 1, words.end());
    } else if (spec.command == Command::plan) {
        invocation.table = only_word(spec, words);
    } else if (spec.command == Command::set) {
        invocation.steer = steering_of(words);
        invocation.job = words[1];
    } else if (spec.words.empty() || invocation.due) {
        if (words.size() > 1) {
            throw usage("extra_word", fmt::format("'{}' is one word too many for {}{}", words[1], spec.name,
                                                  invocation.due ? " --due" : ""));
        }
    } else if (spec.words == "TABLE") {
        invocation.table = only_word(spec, words);
    } else {
        invocation.job = only_word(spec, words);
    }
}

bool asks_about_program(const po::variables_map& options, Invocation& invocation) {
    if (given(options, "help") || given(options, "version")) {
        invocation.command = given(options, "help") ? Command::help : Command::version;
        return true;
    }
    return false;
}

void refuse_format_of_lint(const CommandSpec& spec, OutputFormat format) {
    if ((format == OutputFormat::github || format == OutputFormat::sarif) && spec.command != Command::lint) {
        throw usage("bad_value",
                    fmt::format("--format github and sarif are for lint, not for {}", spec.name));
    }
}

LintWords lint_words_of(const po::variables_map& options, const Words& words) {
    LintWords lint;
    lint.files.assign(words.begin() + 1, words.end());
    lint.engines = list_of(options, "engine");
    lint.git_base = text_of(options, "git-base");
    lint.fail_on = text_of(options, "fail-on");
    return lint;
}

Invocation invocation_of(const CommandSpec& spec, const Words& arguments) {
    po::options_description options = global_options();
    options.add(options_of(spec));
    const ParsedLine line = parse_line(options, arguments);
    Invocation invocation;
    invocation.globals = globals_of(line.options);
    if (asks_about_program(line.options, invocation)) {
        invocation.text = invocation.command == Command::help ? help_of(spec) : "";
        return invocation;
    }
    invocation.command = spec.command;
    refuse_format_of_lint(spec, invocation.globals.format);
    invocation.change = {list_of(line.options, "alter"), list_of(line.options, "convert"),
                         list_of(line.options, "change")};
    invocation.settings = settings_of(line.options);
    invocation.execute = given(line.options, "execute");
    invocation.yes = given(line.options, "yes");
    invocation.probe = given(line.options, "probe");
    invocation.dry_run = given(line.options, "dry-run");
    invocation.due = given(line.options, "due");
    invocation.migrate = migrate_words_of(line.options);
    if (spec.command == Command::lint) {
        invocation.lint = lint_words_of(line.options, line.words);
    } else {
        read_words(spec, line.words, invocation);
    }
    return invocation;
}

Invocation without_command(const Words& arguments) {
    const ParsedLine line = parse_line(global_options(), arguments);
    Invocation invocation;
    invocation.globals = globals_of(line.options);
    if (!asks_about_program(line.options, invocation)) {
        throw usage("no_command", "no command is given");
    }
    invocation.text = invocation.command == Command::help ? overview() : "";
    return invocation;
}

// The demo reads its own words.
Invocation demo_invocation(const Words& arguments, std::size_t position) {
    const auto command = arguments.begin() + static_cast<std::ptrdiff_t>(position);
    Invocation invocation;
    invocation.command = Command::demo;
    invocation.globals = globals_of(parse_line(global_options(), {arguments.begin(), command}).options);
    invocation.passed.assign(command + 1, arguments.end());
    return invocation;
}

} // namespace

Invocation parse_command_line(const std::vector<std::string>& arguments) {
    const std::size_t position = command_position(arguments);
    if (position >= arguments.size()) {
        return without_command(arguments);
    }
    if (const CommandSpec* const spec = find_command(arguments[position])) {
        return spec->command == Command::demo ? demo_invocation(arguments, position)
                                              : invocation_of(*spec, arguments);
    }
    throw usage("unknown_command", fmt::format("there is no command '{}'", arguments[position]));
}

OutputFormat format_of(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--format=json" ||
            (arguments[i] == "--format" && i + 1 < arguments.size() && arguments[i + 1] == "json")) {
            return OutputFormat::json;
        }
    }
    return OutputFormat::text;
}

} // namespace turntable::cli
