// What SARIF 2.1.0 requires of a log, object by object: properties that have to be there, those that may be,
// and the values that they may have. A consumer refuses a log with anything else.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/render_lint.hpp"
#include "migrate/lint/lint.hpp"

namespace turntable::migrate::lint {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

class SarifCheck {
  public:
    void log(const json& log) {
        object(log, "sarifLog", {"version", "runs"}, {"$schema", "inlineExternalProperties", "properties"});
        EXPECT_EQ(log.at("version"), "2.1.0");
        EXPECT_THAT(log.value("$schema", "https://"), testing::StartsWith("https://"));
        for (const json& one : log.at("runs")) {
            run(one);
        }
    }
    [[nodiscard]] std::size_t results() const { return results_; }

  private:
    static void object(const json& value, const char* type, Names required, const Names& optional) {
        ASSERT_TRUE(value.is_object()) << type;
        for (const auto& [name, member] : value.items()) {
            EXPECT_TRUE(required.erase(name) == 1 || optional.contains(name))
                << type << " has no property " << name;
            EXPECT_FALSE(member.is_null()) << type << "." << name;
        }
        EXPECT_THAT(required, testing::IsEmpty()) << "missing in " << type;
    }
    static void text(const json& value, const char* where) {
        object(value, where, {"text"}, {"markdown", "id", "arguments", "properties"});
        EXPECT_FALSE(value.at("text").get<std::string>().empty()) << where;
    }
    static void level(const json& value) {
        EXPECT_THAT(value.get<std::string>(), testing::AnyOf("none", "note", "warning", "error"));
    }
    void run(const json& value) {
        object(value, "run", {"tool"}, {"results", "columnKind", "invocations", "artifacts", "properties"});
        EXPECT_THAT(value.value("columnKind", "utf16CodeUnits"),
                    testing::AnyOf("utf16CodeUnits", "unicodeCodePoints"));
        object(value.at("tool"), "tool", {"driver"}, {"extensions", "properties"});
        const json& driver = value.at("tool").at("driver");
        object(driver, "toolComponent", {"name"},
               {"version", "semanticVersion", "informationUri", "rules", "properties"});
        Names ids;
        for (const json& rule : driver.at("rules")) {
            this->rule(rule);
            EXPECT_TRUE(ids.insert(rule.at("id")).second) << "ids are unique: " << rule.at("id");
        }
        for (const json& result : value.at("results")) {
            this->result(result, driver.at("rules"));
        }
    }
    static void rule(const json& value) {
        object(value, "reportingDescriptor", {"id"},
               {"name", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration",
                "properties"});
        text(value.at("shortDescription"), "shortDescription");
        text(value.at("help"), "help");
        const json& configuration = value.at("defaultConfiguration");
        object(configuration, "reportingConfiguration", {},
               {"enabled", "level", "rank", "parameters", "properties"});
        EXPECT_TRUE(configuration.at("enabled").is_boolean());
        level(configuration.at("level"));
    }
    void result(const json& value, const json& rules) {
        ++results_;
        object(value, "result", {"message"},
               {"ruleId", "ruleIndex", "kind", "level", "locations", "fingerprints", "partialFingerprints",
                "suppressions", "properties"});
        text(value.at("message"), "message");
        level(value.at("level"));
        const auto index = value.at("ruleIndex").get<std::int64_t>();
        ASSERT_GE(index, 0);
        ASSERT_LT(index, static_cast<std::int64_t>(rules.size()));
        EXPECT_EQ(rules.at(static_cast<std::size_t>(index)).at("id"), value.at("ruleId"));
        for (const json& location : value.at("locations")) {
            object(location, "location", {},
                   {"id", "physicalLocation", "logicalLocations", "message", "properties"});
            place(location.at("physicalLocation"));
        }
    }
    static void place(const json& value) {
        object(value, "physicalLocation", {"artifactLocation"},
               {"region", "contextRegion", "address", "properties"});
        const json& artifact = value.at("artifactLocation");
        object(artifact, "artifactLocation", {}, {"uri", "uriBaseId", "index", "description", "properties"});
        EXPECT_THAT(artifact.at("uri").get<std::string>(), testing::MatchesRegex("[-._~/%0-9A-Za-z]+"))
            << "a relative reference of RFC 3986";
        object(value.at("region"), "region", {},
               {"startLine", "startColumn", "endLine", "endColumn", "snippet", "message", "properties"});
        EXPECT_GE(value.at("region").at("startLine").get<int>(), 1);
    }

    std::size_t results_ = 0;
};

// Findings of statements, of operations, of a whole file and of its name; texts that JSON and URIs have to
// escape.
LintReport many_findings() {
    std::vector<LintFile> files{{"20260101000000_drop_things.sql",
                                 "my migrations/20260101000000_drop_things.sql",
                                 "-- turntable:up\nDROP TABLE \"thi\"\"ngs\" CASCADE;\nUPDATE b SET c = "
                                 "1;\nCREATE INDEX ü ON b (c);\n"},
                                {"20260101000001_update.toml", "my migrations/20260101000001_update.toml",
                                 "[[op]]\nkind = \"drop_column\"\ntable = \"b\"\ncolumn = \"c\"\n"},
                                {"not_a_migration.sql", "my migrations/not_a_migration.sql", "SELECT 1;\n"}};
    LintConfig config;
    config.engines = {SqlFlavor::postgresql};
    return lint(std::move(files), std::nullopt, config);
}

TEST(Sarif, ALogHasWhatTheStandardRequiresAndNothingElse) {
    const LintReport report = many_findings();
    ASSERT_GT(report.findings.size(), 5U);
    SarifCheck check;
    check.log(json::parse(cli::lint_sarif(report)));
    EXPECT_EQ(check.results(), report.findings.size());
}

TEST(Sarif, ALogWithoutFindingsIsALog) {
    SarifCheck check;
    const json log = json::parse(cli::lint_sarif({}));
    check.log(log);
    EXPECT_TRUE(log.at("runs").at(0).at("results").is_array());
    EXPECT_EQ(check.results(), 0U);
}

} // namespace
} // namespace turntable::migrate::lint
