// One idea per file, and a function fits one screen: no file over 500 lines, no function over 60.

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/source_tree.hpp"

namespace turntable::test {
namespace {

constexpr std::size_t file_lines_max = 500;
constexpr std::size_t function_lines_max = 60;

// Reads braces only: a function is what stands in braces after a parameter list, outside any other function.
// Its lines are those with code on them: not comments, not the inside of a long literal.
class FunctionScanner {
  public:
    struct Function {
        std::size_t first_line = 0, lines = 0;
    };

    std::vector<Function> scan(const std::vector<std::string>& lines) {
        const std::vector<std::string> code = without_literals(lines);
        for (line_ = 0; line_ < code.size(); ++line_) {
            if (!code[line_].starts_with("#")) {
                code_lines_ += code[line_].find_first_not_of(' ') == std::string::npos ? 0 : 1;
                scan_line(code[line_]);
            }
        }
        return functions_;
    }

  private:
    void scan_line(const std::string& line) {
        for (const char c : line) {
            if (c == '{') {
                open();
            } else if (c == '}') {
                close();
            } else if (c == ';' && function_depth_ == 0) {
                head_.clear();
            } else if (function_depth_ == 0) {
                head_ += c;
            }
        }
        head_ += ' ';
    }

    void open() {
        ++depth_;
        if (function_depth_ == 0 && is_function_head()) {
            function_depth_ = depth_;
            first_line_ = line_;
            code_lines_ = 1;
        }
        head_.clear();
    }

    void close() {
        if (depth_ == function_depth_) {
            functions_.push_back({first_line_ + 1, code_lines_});
            function_depth_ = 0;
        }
        --depth_;
        head_.clear();
    }

    // A parameter list, perhaps followed by const, noexcept, override, a trailing type or an initialiser
    // list.
    bool is_function_head() const { return head_.find('(') != std::string::npos && !begins_a_scope(head_); }

    // After a label and a template's parameters.
    static bool begins_a_scope(std::string_view code) {
        const std::array<std::string_view, 6> scopes{"class", "struct",    "union",
                                                     "enum",  "namespace", "extern"};
        std::string_view word = next_word(code);
        if (code.starts_with(':') && !code.starts_with("::")) {
            code.remove_prefix(1);
            word = next_word(code);
        }
        if (word == "template") {
            int open = 0;
            do {
                open += code.starts_with('<') ? 1 : code.starts_with('>') ? -1 : 0;
                code.remove_prefix(1);
            } while (open > 0 && !code.empty());
            word = next_word(code);
        }
        return std::ranges::find(scopes, word) != scopes.end();
    }

    // Takes it off, with the blanks around it.
    static std::string_view next_word(std::string_view& code) {
        const auto skip_blanks = [&] {
            code.remove_prefix(std::min(code.find_first_not_of(' '), code.size()));
        };
        skip_blanks();
        std::size_t length = 0;
        while (length < code.size() &&
               (std::isalnum(static_cast<unsigned char>(code[length])) != 0 || code[length] == '_')) {
            ++length;
        }
        const std::string_view word = code.substr(0, length);
        code.remove_prefix(length);
        skip_blanks();
        return word;
    }

    std::string head_; // code since the last ; { or }
    std::size_t line_ = 0, first_line_ = 0, code_lines_ = 0;
    int depth_ = 0, function_depth_ = 0;
    std::vector<Function> functions_;
};

std::vector<std::string> long_functions(const SourceFile& file) {
    std::vector<std::string> found;
    for (const auto& function : FunctionScanner{}.scan(file.lines)) {
        if (function.lines > function_lines_max) {
            found.push_back(file.path + ":" + std::to_string(function.first_line) + " has " +
                            std::to_string(function.lines) + " lines");
        }
    }
    return found;
}

std::vector<SourceFile> all_sources() {
    return source_files(TURNTABLE_SOURCE_DIR, {"src", "include", "tests", "bench"});
}

TEST(Sizes, NoFileIsLongerThanFiveHundredLines) {
    const auto files = all_sources();
    ASSERT_GT(files.size(), 50U) << "the sources were not found";
    for (const SourceFile& file : files) {
        EXPECT_LE(file.lines.size(), file_lines_max) << file.path;
    }
}

TEST(Sizes, NoFunctionIsLongerThanAScreen) {
    for (const SourceFile& file : all_sources()) {
        EXPECT_THAT(long_functions(file), testing::IsEmpty());
    }
}

TEST(Sizes, ALongFunctionIsSeenWhateverStandsAroundIt) {
    std::vector<std::string> lines{"namespace a {", "class B final : public C<int()> {",
                                   "  std::string f(int x) const override {", "    auto s = \"}}}\"; // }}}"};
    lines.insert(lines.end(), function_lines_max - 2, "    if (x) { g([&] { h(); }); }");
    lines.emplace_back("  }");
    lines.emplace_back("};");
    lines.emplace_back("}");
    EXPECT_THAT(long_functions({"x.cpp", lines}), testing::ElementsAre("x.cpp:3 has 61 lines"));
    lines.erase(lines.begin() + 4);
    EXPECT_THAT(long_functions({"x.cpp", lines}), testing::IsEmpty());
}

TEST(Sizes, BracesInLiteralsAndCommentsAreNotCode) {
    EXPECT_THAT(
        without_literals({R"(a = "{\"{"; // {)", R"x(b = R"q({)")q"; c = '{' + 1'000;)x", "/* {", "{ */ d"}),
        testing::ElementsAre("a =       ;     ", "b =           ; c =     + 1'000;", "    ", "     d"));
}

} // namespace
} // namespace turntable::test
