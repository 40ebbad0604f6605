#include "migrate/sum_file.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/core.h>

#include "migrate/checksum.hpp"
#include "migrate/directory.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

std::string file_name(const MigrationFile& file) {
    return std::filesystem::path{file.path}.filename().string();
}

std::map<std::string, std::string> lines_of(const std::string& text) {
    std::map<std::string, std::string> lines;
    std::istringstream in{text};
    for (std::string name, sum; in >> name >> sum;) {
        lines[name] = sum;
    }
    return lines;
}

} // namespace

std::string sum_text(const std::vector<MigrationFile>& files) {
    std::string lines;
    for (const MigrationFile& file : files) {
        lines += fmt::format("{} {}\n", file_name(file), checksum(file.text));
    }
    return fmt::format("all {}\n{}", checksum(lines), lines);
}

std::vector<std::string> sum_differences(const std::string& folder, const std::vector<MigrationFile>& files) {
    const std::string path = (std::filesystem::path{folder} / sum_file_name).string();
    return std::filesystem::exists(path) ? sum_differences(read_bytes(path), path, files)
                                         : std::vector<std::string>{};
}

std::vector<std::string> sum_differences(const std::string& sum_file, const std::string& path,
                                         const std::vector<MigrationFile>& files) {
    std::vector<std::string> differences;
    const std::string text = canonical_text(sum_file);
    const auto kept = lines_of(text);
    const auto now = lines_of(sum_text(files));
    for (const auto& [name, sum] : now) {
        const auto found = kept.find(name);
        if (name == "all") {
            continue;
        }
        if (found == kept.end()) {
            differences.push_back(fmt::format("{} is not in {}", name, path));
        } else if (found->second != sum) {
            differences.push_back(fmt::format("{} is another file than in {}", name, path));
        }
    }
    for (const auto& [name, sum] : kept) {
        if (!now.contains(name)) {
            differences.push_back(fmt::format("{} is in {} and not in the folder", name, path));
        }
    }
    if (differences.empty() && text != sum_text(files)) {
        differences.push_back(
            fmt::format("{} is not as it is written by `turntable verify --write-sum`", path));
    }
    return differences;
}

void write_sum(const std::string& folder, const std::vector<MigrationFile>& files) {
    const std::filesystem::path path = std::filesystem::path{folder} / sum_file_name;
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    out << sum_text(files);
    out.close();
    if (!out) {
        throw Error{ErrorKind::failed, "unwritable_file", fmt::format("{} cannot be written", path.string())};
    }
}

} // namespace turntable::migrate
