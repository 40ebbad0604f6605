#include "support/lint_cases.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace turntable::test {
namespace {

using namespace migrate::lint;

struct Raw {
    std::vector<std::string> words; // of the head
    std::string text;
    int line = 0;
};

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in{line};
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    return words;
}

std::vector<Raw> raw_cases(const std::string& path) {
    std::ifstream in{path};
    std::vector<Raw> found;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with("== ")) {
            found.push_back({words_of(line.substr(3)), "", number});
        } else if (!found.empty()) {
            found.back().text += line + "\n";
        }
    }
    return found;
}

std::string value_of(const Raw& raw, const std::string& key) {
    for (const std::string& word : raw.words) {
        if (word.starts_with(key + "=")) {
            return word.substr(key.size() + 1);
        }
    }
    return "";
}

bool has(const Raw& raw, const std::string& word) {
    return std::find(raw.words.begin(), raw.words.end(), word) != raw.words.end();
}

LintFile file_named(const std::string& name, const std::string& text) {
    return {name, "migrations/" + name, text};
}

std::string sql_file(const Raw& raw, const std::string& up) {
    const std::string phase = value_of(raw, "phase");
    return "-- turntable:description a case\n" + (phase.empty() ? "" : "-- turntable:phase " + phase + "\n") +
           "-- turntable:up" + (has(raw, "tx=off") ? " tx=off" : "") + "\n" + up +
           "-- turntable:down\nselect 1;\n";
}

void add_sections(const Raw& raw, LintCase& made) {
    constexpr const char* names[] = {"20260101000000_make_the_tables", "20260102000000_add_things_to_them"};
    const bool toml = has(raw, "toml");
    const auto split = raw.text.find("++\n");
    std::vector<std::string> texts{raw.text.substr(0, split)};
    if (split != std::string::npos) {
        texts.push_back(raw.text.substr(split + 3));
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        made.files.push_back(
            file_named(std::string{names[i]} + (toml ? ".toml" : ".sql"),
                       toml ? "description = \"a case\"\n" + texts[i] : sql_file(raw, texts[i])));
    }
}

void add_files(const Raw& raw, LintCase& made) {
    made.whole_folder = true;
    std::istringstream in{raw.text};
    std::string* text = nullptr;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(">> ")) {
            made.files.push_back(file_named(line.substr(3), ""));
            text = &made.files.back().text;
        } else if (line.starts_with("<< ")) {
            made.base = made.base.value_or(LintBase{"main", {}, {}, {}});
            text = &made.base->files[line.substr(3)];
        } else if (text != nullptr) {
            *text += line + "\n";
        }
    }
    if (const std::string other = value_of(raw, "other"); !other.empty() && made.base) {
        made.base->other_changes.push_back(other);
    }
}

LintCase case_of(const std::string& rule, const Raw& raw) {
    const auto engine = raw.words.size() < 2 ? std::nullopt : migrate::flavor_named(raw.words[1]);
    if (!engine || (raw.words[0] != "fires" && raw.words[0] != "misses")) {
        throw std::runtime_error("line " + std::to_string(raw.line) + " of the cases of " + rule);
    }
    LintCase made{rule, raw.line, raw.words[0] == "fires", *engine, {}, {}, false};
    if (has(raw, "files")) {
        add_files(raw, made);
    } else {
        add_sections(raw, made);
    }
    return made;
}

} // namespace

std::vector<LintCase> lint_cases(const std::string& rule) {
    std::vector<LintCase> cases;
    for (const Raw& raw : raw_cases(TURNTABLE_TEST_DATA "/lint/rules/" + rule + ".cases")) {
        cases.push_back(case_of(rule, raw));
    }
    return cases;
}

std::vector<std::string> rules_that_fire(const LintCase& lint_case) {
    LintConfig config;
    config.engines = {lint_case.engine};
    if (find_rule(lint_case.rule)->severity == Severity::off) {
        config.severities[lint_case.rule] = Severity::warning;
    }
    std::vector<std::string> ids;
    for (const Finding& finding : lint(lint_case.files, lint_case.base, config).findings) {
        if (lint_case.whole_folder || finding.file == lint_case.files.back().path) {
            ids.emplace_back(finding.rule->id);
        }
    }
    return ids;
}

} // namespace turntable::test
