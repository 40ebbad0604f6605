#include "support/tool.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace turntable::test {
namespace {

constexpr std::chrono::minutes run_limit{5}; // a slow machine is no failure

// Progress lines or warnings may come before; the outcome is the last value that starts a line.
nlohmann::json last_json(const std::string& text) {
    for (std::size_t at = text.size(); at-- > 0;) {
        if ((text[at] == '{' || text[at] == '[') && (at == 0 || text[at - 1] == '\n')) {
            nlohmann::json value = nlohmann::json::parse(text.substr(at), nullptr, false);
            if (!value.is_discarded()) {
                return value;
            }
        }
    }
    return nullptr;
}

} // namespace

nlohmann::json ToolRun::json() const {
    nlohmann::json value = last_json(out);
    if (value.is_null()) {
        ADD_FAILURE() << "no JSON on stdout:\n" << text();
        return nlohmann::json::object();
    }
    return value;
}

std::string ToolRun::text() const {
    return "exit code " + std::to_string(exit_code) + "\n--- stdout\n" + out + "\n--- stderr\n" + err;
}

std::unique_ptr<Process> Tool::start(const std::vector<std::string>& arguments,
                                     const std::map<std::string, std::string>& environment) const {
    std::vector<std::string> argv{TURNTABLE_BINARY, "--url", url_};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return std::make_unique<Process>(argv, environment);
}

ToolRun Tool::finish(Process& process) {
    const auto end = process.wait_for(run_limit);
    ToolRun run;
    if (!end) {
        process.send(SIGKILL);
        (void)process.wait_for(std::chrono::seconds{10});
        ADD_FAILURE() << "the tool did not end in time";
    } else {
        run.exit_code = end->exit_code ? *end->exit_code : 128 + end->signal;
    }
    process.finish_output();
    run.out = process.out();
    run.err = process.err();
    return run;
}

ToolRun Tool::run(const std::vector<std::string>& arguments,
                  const std::map<std::string, std::string>& environment) const {
    return finish(*start(arguments, environment));
}

ToolRun Tool::json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--format", "json"});
    return run(arguments);
}

nlohmann::json Tool::jobs() const {
    const ToolRun run_of_jobs = json({"jobs"});
    nlohmann::json lines = last_json(run_of_jobs.out);
    return lines.is_array() ? lines : nlohmann::json::array();
}

nlohmann::json Tool::wait_for_job(const JobPredicate& holds, std::chrono::milliseconds limit) const {
    const auto until = std::chrono::steady_clock::now() + limit;
    do {
        const nlohmann::json lines = jobs();
        for (const nlohmann::json& line : lines) {
            if (holds(line)) {
                return line;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    } while (std::chrono::steady_clock::now() < until);
    return nullptr;
}

} // namespace turntable::test
