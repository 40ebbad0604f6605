#include "cli/demo.hpp"

#include <cstdio>
#include <optional>

#include "cli/demo_show.hpp"
#include "cli/demo_writer.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

constexpr const char* help = R"(Usage: turntable demo [options]

Makes an SQLite database with a million payments, starts programs that write to it, turns the amounts from floats into
integer cents under them, reverts that, and shows what the writers felt. Every claim it prints is checked; the exit
code is 0 only if all of them hold.

  --rows N      payments (default 1000000)
  --writers N   writing processes (default 4)
  --rate N      transactions a second of each writer (default 50)
  --calm N      seconds the writers run alone, before and after a change (default 5)
  --dir DIR     keep the database there
  -h, --help    this text
)";

constexpr std::int64_t largest = 100'000'000;

std::int64_t positive(const std::string& name, const std::string& text) {
    std::size_t used = 0;
    std::int64_t number = 0;
    try {
        number = std::stoll(text, &used);
    } catch (const std::exception&) {
        used = 0;
    }
    if (used != text.size() || number < 1 || number > largest) {
        throw Error{ErrorKind::usage, "bad_value",
                    name + " '" + text + "': a number from 1 to " + std::to_string(largest) + " is expected"};
    }
    return number;
}

void set_option(DemoOptions& options, const std::string& name, const std::string& value) {
    if (name == "--rows") {
        options.rows = positive(name, value);
    } else if (name == "--writers") {
        options.writers = static_cast<int>(positive(name, value));
    } else if (name == "--rate") {
        options.per_second = static_cast<int>(positive(name, value));
    } else if (name == "--calm") {
        options.calm = std::chrono::seconds{positive(name, value)};
    } else if (name == "--dir") {
        options.folder = value;
        options.keep = DemoOptions::Keep::yes;
    } else {
        throw Error{ErrorKind::usage, "bad_option", "the demo has no option '" + name + "'"}.next(
            "`turntable demo --help` lists its options");
    }
}

// nullopt: the help was asked for.
std::optional<DemoOptions> parse(const std::vector<std::string>& arguments) {
    DemoOptions options;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        if (arguments[i] == "-h" || arguments[i] == "--help") {
            return std::nullopt;
        }
        if (i + 1 == arguments.size()) {
            throw Error{ErrorKind::usage, "bad_option",
                        "'" + arguments[i] + "' needs a value, or is no option of the demo"};
        }
        set_option(options, arguments[i], arguments[i + 1]);
    }
    return options;
}

} // namespace

int demo(const std::vector<std::string>& arguments) {
    if (!arguments.empty() && arguments.front() == "--writer") {
        return write_until_told(parse_writer_arguments(arguments));
    }
    const std::optional<DemoOptions> options = parse(arguments);
    if (!options) {
        std::fputs(help, stdout);
        return 0;
    }
    return Show{*options}.run() ? 0 : static_cast<int>(ErrorKind::failed);
}

} // namespace turntable::cli
