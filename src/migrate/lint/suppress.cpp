#include "migrate/lint/suppress.hpp"

#include <algorithm>

namespace turntable::migrate::lint {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r");
    return from == std::string_view::npos ? std::string_view{}
                                          : text.substr(from, text.find_last_not_of(" \t\r") + 1 - from);
}

bool is_comment(std::string_view line) {
    return line.starts_with("--") || line.starts_with('#');
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// What stands behind `-- turntable:` or `# turntable:`; "" on other lines.
std::string_view directive(std::string_view line) {
    if (!is_comment(line)) {
        return {};
    }
    line = trimmed(line.substr(std::min(line.find_first_not_of("-#"), line.size())));
    constexpr std::string_view mark = "turntable:";
    return line.starts_with(mark) ? line.substr(mark.size()) : std::string_view{};
}

// The step that begins right below the line, blanks and comments between left out; else the one around it.
int step_at(const std::vector<std::string_view>& lines, std::size_t line,
            const std::vector<int>& step_lines) {
    std::size_t below = line + 1;
    while (below < lines.size() && (lines[below].empty() || is_comment(lines[below]))) {
        ++below;
    }
    const int number = static_cast<int>(below) + 1;
    if (std::find(step_lines.begin(), step_lines.end(), number) != step_lines.end()) {
        return number;
    }
    int around = 0;
    for (const int step : step_lines) {
        around = step <= static_cast<int>(line) + 1 ? std::max(around, step) : around;
    }
    return around;
}

} // namespace

std::vector<Suppression> read_suppressions(std::string_view text, const std::vector<int>& step_lines) {
    const std::vector<std::string_view> lines = lines_of(text);
    std::vector<Suppression> found;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string_view words = directive(lines[i]);
        constexpr std::string_view word = "lint-ignore";
        if (!words.starts_with(word)) {
            continue;
        }
        words.remove_prefix(word.size());
        const bool whole_file = words.starts_with("-file");
        words = trimmed(words.substr(whole_file ? 5 : 0));
        const auto end = std::min(words.find_first_of(": \t"), words.size());
        std::string_view reason = words.substr(end);
        reason = trimmed(reason.substr(std::min(reason.find_first_not_of(": \t"), reason.size())));
        found.push_back({std::string{words.substr(0, end)}, std::string{reason}, static_cast<int>(i) + 1,
                         whole_file ? 0 : step_at(lines, i, step_lines), false});
    }
    return found;
}

} // namespace turntable::migrate::lint
