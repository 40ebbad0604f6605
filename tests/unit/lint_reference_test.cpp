// docs/lint.md says what the rules say: every rule has its section, word for word, and no other has one.
#include <fstream>
#include <iterator>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

using testing::HasSubstr;

std::string reference() {
    std::ifstream file{TURNTABLE_SOURCE_DIR "/docs/lint.md"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string engines_of(const Rule& rule) {
    std::string text;
    for (const SqlFlavor flavor : sql_flavors) {
        if ((rule.engines & engine_bit(flavor)) != 0) {
            text += (text.empty() ? "" : ", ") + std::string{to_string(flavor)};
        }
    }
    return rule.engines == on_all ? "all engines" : text;
}

std::string scope_of(const Rule& rule) {
    switch (rule.scope) {
    case Scope::raw:
        return "raw SQL";
    case Scope::typed:
        return "typed operations";
    case Scope::any:
        return rule.on_set != nullptr ? "files" : "raw SQL and typed operations";
    }
    return "";
}

std::string section_of(const Rule& rule) {
    const auto text = [](std::string_view part) { return std::string{part}; };
    return "### " + text(rule.id) + "\n\n" + text(to_string(rule.severity)) + " · " + engines_of(rule) +
           " · " + scope_of(rule) + "\n\n" + text(rule.why) + "\n\n- lock: " + text(rule.lock) +
           "\n- safe: " + text(rule.safe) + "\n- finds: `" + text(rule.example) + "`\n";
}

TEST(LintReference, HasEveryRuleAsItIs) {
    const std::string document = reference();
    for (const Rule& rule : rules()) {
        EXPECT_THAT(document, HasSubstr(section_of(rule))) << rule.id;
    }
}

TEST(LintReference, HasNoRuleThatIsNone) {
    const std::string document = reference();
    const std::regex heading{"\n### ([a-z0-9-]+)\n"};
    std::size_t sections = 0;
    for (std::sregex_iterator at{document.begin(), document.end(), heading}, end; at != end;
         ++at, ++sections) {
        EXPECT_NE(find_rule((*at)[1].str()), nullptr) << (*at)[1];
    }
    EXPECT_EQ(sections, rules().size());
    EXPECT_GE(rules().size(), 45U);
}

} // namespace
} // namespace turntable::migrate::lint
