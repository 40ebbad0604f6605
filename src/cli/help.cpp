#include "cli/help.hpp"

#include <sstream>

#include <fmt/core.h>

#include "cli/option_groups.hpp"

namespace turntable::cli {

std::string overview() {
    std::ostringstream out;
    out << "usage: turntable [global options] COMMAND [options]\n\nCommands:\n";
    for (const CommandSpec& spec : command_table()) {
        const std::string call =
            spec.words.empty() ? std::string{spec.name} : fmt::format("{} {}", spec.name, spec.words);
        out << fmt::format("  {:<24} {}\n", call, spec.purpose);
    }
    out << "\n" << global_options() << "\n`turntable COMMAND --help` shows the options of a command.\n";
    return out.str();
}

std::string help_of(const CommandSpec& spec) {
    std::ostringstream out;
    const boost::program_options::options_description own = options_of(spec);
    out << fmt::format("usage: turntable [global options] {}{}{}{}\n\n{}\n\n", spec.name,
                       spec.words.empty() ? "" : " ", spec.words, own.options().empty() ? "" : " [options]",
                       spec.purpose);
    if (!own.options().empty()) {
        out << own << "\n";
    }
    out << global_options();
    return out.str();
}

} // namespace turntable::cli
