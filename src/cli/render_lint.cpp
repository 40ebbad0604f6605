#include "cli/render_lint.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace turntable::cli {
namespace {

using namespace migrate::lint;

std::string engines_text(const Finding& finding) {
    std::string text;
    for (const migrate::SqlFlavor flavor : finding.flavors) {
        text += (text.empty() ? "" : ", ") + std::string{to_string(flavor)};
    }
    return text.empty() ? "" : " [" + text + "]";
}

std::string counted(std::ptrdiff_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// The text of a command of GitHub Actions; of a property of one, if that is asked for.
enum class Part { message, property };
std::string escaped(std::string_view text, Part part) {
    std::string out;
    for (const char c : text) {
        const bool special =
            c == '%' || c == '\r' || c == '\n' || (part == Part::property && (c == ':' || c == ','));
        out += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
    return out;
}

std::string_view github_command(Severity severity) {
    switch (severity) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::info:
    case Severity::off:
        return "notice";
    }
    return "notice";
}

} // namespace

std::string lint_text(const LintReport& report) {
    std::string out;
    for (const Finding& finding : report.findings) {
        out += fmt::format("{}:{}: {}: {}: {}{}\n    why:  {}\n", finding.file, finding.line,
                           to_string(finding.severity), finding.rule->id, finding.message,
                           engines_text(finding), finding.rule->why);
        if (finding.rule->lock != "none") {
            out += fmt::format("    lock: {}\n", finding.rule->lock);
        }
        out += fmt::format("    safe: {}\n", finding.rule->safe);
    }
    return out;
}

std::string lint_github(const LintReport& report) {
    std::string out;
    for (const Finding& finding : report.findings) {
        const std::string message = fmt::format("{}{}\nwhy: {}\nsafe: {}", finding.message,
                                                engines_text(finding), finding.rule->why, finding.rule->safe);
        out += fmt::format("::{} file={},line={},title={}::{}\n", github_command(finding.severity),
                           escaped(finding.file, Part::property), finding.line,
                           escaped(finding.rule->id, Part::property), escaped(message, Part::message));
    }
    return out;
}

std::string lint_summary(const LintReport& report) {
    const auto count = [&](Severity severity) {
        return std::count_if(report.findings.begin(), report.findings.end(),
                             [severity](const Finding& finding) { return finding.severity == severity; });
    };
    std::string out =
        fmt::format("{}: {}, {}, {}", counted(static_cast<std::ptrdiff_t>(report.files), "migration"),
                    counted(count(Severity::error), "error"), counted(count(Severity::warning), "warning"),
                    fmt::format("{} for information", count(Severity::info)));
    out += report.suppressed > 0 ? fmt::format(", {} suppressed", report.suppressed) : "";
    return out + "\n";
}

} // namespace turntable::cli
