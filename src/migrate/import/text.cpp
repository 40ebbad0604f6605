#include "migrate/import/text.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "migrate/directory.hpp"
#include "migrate/migration_file.hpp"

namespace turntable::migrate {

std::vector<std::string> files_below(const std::string& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Error{ErrorKind::usage, "no_folder", "there is no folder " + folder};
    }
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path().string());
        }
    }
    std::ranges::sort(files);
    return files;
}

std::string base_name(const std::string& path) {
    return std::filesystem::path{path}.filename().string();
}

std::vector<std::string> lines_of_file(const std::string& path) {
    const std::string text = canonical_text(read_bytes(path));
    std::vector<std::string> lines;
    std::size_t from = 0;
    while (from < text.size()) {
        const auto end = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) {
        return {};
    }
    return text.substr(from, text.find_last_not_of(" \t\r\n") + 1 - from);
}

std::string lower_case(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool is_transaction_line(std::string_view line) {
    const std::string text = lower_case(trimmed(line));
    return text == "begin;" || text == "begin transaction;" || text == "start transaction;" ||
           text == "commit;" || text == "commit transaction;";
}

Error not_imported(const std::string& file, const std::string& why) {
    return Error{ErrorKind::refused, "not_imported", file + ": " + why}.next(
        "write this one by hand, or `--as-baseline`: the schema as it is, in place of the files that are "
        "applied");
}

NumberedName numbered_name(const std::string& file, std::string_view ending) {
    const auto underscore = file.find('_');
    const std::string number = file.substr(0, std::min(underscore, file.size()));
    const bool digits =
        !number.empty() && std::ranges::all_of(number, [](unsigned char c) { return std::isdigit(c) != 0; });
    if (underscore == std::string::npos || !digits || !file.ends_with(ending)) {
        return {};
    }
    return {number, file.substr(underscore + 1, file.size() - underscore - 1 - ending.size())};
}

} // namespace turntable::migrate
