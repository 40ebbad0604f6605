#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "cli/json_text.hpp"
#include "cli/render_lint.hpp"

namespace turntable::cli {
namespace {

using namespace migrate::lint;

Json engines_of(const Finding& finding) {
    Json engines = Json::array();
    for (const migrate::SqlFlavor flavor : finding.flavors) {
        engines.push_back(to_string(flavor));
    }
    return engines;
}

// SARIF has "note" where this program has "info", "none" for a rule that is off.
std::string_view level_of(Severity severity) {
    switch (severity) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::info:
        return "note";
    case Severity::off:
        return "none";
    }
    return "none";
}

// A relative reference (RFC 3986): what is no plain character of a path is percent-encoded.
std::string uri_of(const std::string& path) {
    std::string uri;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) ||
                           std::string_view{"-._~/"}.find(c) != std::string::npos;
        uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return uri;
}

Json sarif_rule(const Rule& rule) {
    const std::string help = fmt::format("{}\nLock: {}\nInstead: {}", rule.why, rule.lock, rule.safe);
    return {{"id", rule.id},
            {"shortDescription", {{"text", rule.why}}},
            {"help", {{"text", help}}},
            {"defaultConfiguration",
             {{"enabled", rule.severity != Severity::off}, {"level", level_of(rule.severity)}}}};
}

Json sarif_result(const Finding& finding) {
    const auto all = rules();
    Json location{
        {"physicalLocation",
         {{"artifactLocation", {{"uri", uri_of(finding.file)}}}, {"region", {{"startLine", finding.line}}}}}};
    return {{"ruleId", finding.rule->id},
            {"ruleIndex", finding.rule - all.data()},
            {"level", level_of(finding.severity)},
            {"message", {{"text", fmt::format("{}. Instead: {}", finding.message, finding.rule->safe)}}},
            {"locations", Json::array({location})},
            {"properties", {{"engines", engines_of(finding)}, {"lock", finding.rule->lock}}}};
}

} // namespace

std::string lint_json(const LintReport& report) {
    Json findings = Json::array();
    for (const Finding& finding : report.findings) {
        findings.push_back({{"rule", finding.rule->id},
                            {"severity", to_string(finding.severity)},
                            {"file", finding.file},
                            {"line", finding.line},
                            {"message", finding.message},
                            {"engines", engines_of(finding)},
                            {"why", finding.rule->why},
                            {"lock", finding.rule->lock},
                            {"safe", finding.rule->safe},
                            {"docs", fmt::format("docs/lint.md#{}", finding.rule->id)}});
    }
    return dumped({{"files", report.files}, {"suppressed", report.suppressed}, {"findings", findings}});
}

std::string lint_sarif(const LintReport& report) {
    Json known = Json::array();
    for (const Rule& rule : rules()) {
        known.push_back(sarif_rule(rule));
    }
    Json results = Json::array();
    for (const Finding& finding : report.findings) {
        results.push_back(sarif_result(finding));
    }
    const Json driver{{"name", "turntable"}, {"version", TURNTABLE_VERSION}, {"rules", known}};
    const Json run{{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
    return dumped({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", Json::array({run})}});
}

} // namespace turntable::cli
