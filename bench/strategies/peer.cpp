#include "peer.hpp"

#include <fmt/core.h>

#include "cli/child_process.hpp"
#include "turntable/url.hpp"

namespace turntable::bench {

// MySQL's EXPLAIN is a tree by default, from which the tool reads no row count: it would then copy the whole
// table in one locking statement. The traditional format is set for it.
void change_by_pt_osc(const std::string& text, std::string& error) {
    const Url url = Url::parse(text);
    std::vector<std::string> arguments{"--execute", "--no-version-check", "--recursion-method=none",
                                       "--alter", "MODIFY amount DECIMAL(12,2) NOT NULL"};
    if (url.scheme == "mysql") {
        arguments.insert(arguments.end(), {"--set-vars", "explain_format=TRADITIONAL"});
    }
    arguments.push_back(fmt::format("h={},P={},u={},p={},D={},t=payments", url.host, url.port, url.user,
                                    url.password.value_or(""), url.database));
    std::string messages;
    const cli::ChildResult done = cli::run_program("/usr/bin/pt-online-schema-change", arguments,
                                                   [&](const std::string& line) { messages += line + "\n"; });
    if (done.exit_code != 0) {
        error = fmt::format("exit code {}: {}", done.exit_code, messages);
    }
}

} // namespace turntable::bench
