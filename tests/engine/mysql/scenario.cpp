#include "scenario.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace turntable::test {
namespace {

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

void add(Scenario& scenario, const std::string& section, const std::string& line) {
    if (section == "setup") {
        scenario.setup.push_back(line);
    } else if (section == "alter") {
        scenario.alter.push_back(line);
    } else if (section == "convert") {
        scenario.convert.push_back(line);
    } else if (section == "during") {
        scenario.during.push_back(line);
    } else if (section == "expect") {
        const auto arrow = line.rfind(" => ");
        if (arrow == std::string::npos) {
            throw std::runtime_error(scenario.name + ": an expectation lacks ' => '");
        }
        scenario.expect.push_back({line.substr(0, arrow), line.substr(arrow + 4)});
    } else if (section == "servers") {
        scenario.servers = line;
    } else if (section == "strategy") {
        scenario.strategy = line;
    } else if (section == "choose") {
        scenario.choose = line;
    } else if (section == "refused") {
        scenario.refused = line;
    } else if (section == "ends") {
        scenario.ends = line;
    } else if (section == "native") {
        scenario.compare_with_native = line == "same";
    } else {
        throw std::runtime_error(scenario.name + ": unknown section [" + section + "]");
    }
}

} // namespace

Scenario read_scenario(const std::string& path) {
    Scenario scenario;
    scenario.name = std::filesystem::path{path}.stem().string();
    std::ifstream file{path};
    std::string section, pending;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
        } else if (line.starts_with("# ") || trimmed(line).empty()) {
            continue;
        } else if (line.ends_with('\\')) { // goes on in the next line
            pending += line.substr(0, line.size() - 1);
        } else {
            add(scenario, section, trimmed(pending + line));
            pending.clear();
        }
    }
    return scenario;
}

std::vector<std::string> scenario_paths() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator{std::string{TURNTABLE_SOURCE_DIR} +
                                                                 "/tests/engine/mysql/scenarios"}) {
        if (entry.path().extension() == ".scenario") {
            paths.push_back(entry.path().string());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

} // namespace turntable::test
