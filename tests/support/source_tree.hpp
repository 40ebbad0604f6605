#pragma once
// The project's own source files, for tests of its structure.

#include <filesystem>
#include <string>
#include <vector>

namespace turntable::test {

struct SourceFile {
    std::string path; // relative to the project's folder, with '/'
    std::vector<std::string> lines;
};

// Every .cpp and .hpp below these folders of the project, sorted by path.
[[nodiscard]] std::vector<SourceFile> source_files(const std::filesystem::path& project,
                                                   const std::vector<std::string>& folders);

// The same text with comments, string and character literals blanked out, line by line: what is left has only
// braces and parentheses that are code.
[[nodiscard]] std::vector<std::string> without_literals(const std::vector<std::string>& lines);

} // namespace turntable::test
