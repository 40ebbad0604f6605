#include "cli/main.hpp"

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/log.hpp"
#include "cli/options.hpp"
#include "cli/password.hpp"

namespace turntable::cli {
namespace {

int report(const Failure& failure, OutputFormat format) {
    std::fputs(failure_text(failure).c_str(), stderr);
    if (format == OutputFormat::json) {
        std::fputs(failure_json(failure).c_str(), stdout);
    }
    return failure.exit_code;
}

void warn_about_password() {
    log_warning("the password in the URL could be read by every user of this host until now, and stays in "
                "the shell's "
                "history: give it in the environment, in .pgpass or .my.cnf, or at the prompt");
}

} // namespace

int run(int argc, char** argv) {
    const std::span<char*> words{argv, static_cast<std::size_t>(argc)};
    const std::vector<std::string> arguments(words.begin() + (words.empty() ? 0 : 1), words.end());
    const Overwritten overwritten = overwrite_passwords(words);
    const OutputFormat format = format_of(arguments);
    Reach reach = Reach::reads_only;
    try {
        const Invocation invocation = parse_command_line(arguments);
        set_up_log(invocation.globals.verbosity);
        if (overwritten == Overwritten::a_password) {
            warn_about_password();
        }
        reach = reach_of(invocation);
        return run_command(invocation);
    } catch (const Error& error) {
        return report(failure_of(error), format);
    } catch (const DatabaseError& error) {
        return report(failure_of(error, reach), format);
    } catch (const std::exception& error) {
        return report(failure_of(error, reach), format);
    }
}

} // namespace turntable::cli
