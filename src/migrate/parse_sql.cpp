// A raw migration: sections that begin with a line `-- turntable:WORD …`.
#include <algorithm>

#include <fmt/core.h>

#include "change/parse.hpp"
#include "migrate/migration_file.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

constexpr std::string_view mark = "-- turntable:";

struct Line {
    std::string_view text;
    int number = 0;
};

Error bad_line(const MigrationFile& file, const Line& line, const std::string& why) {
    return Error{ErrorKind::usage, "bad_change_file",
                 fmt::format("{}, line {}: {}", file.path, line.number, why)};
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) {
        return {};
    }
    return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

// The first word, taken off the text.
std::string_view take_word(std::string_view& text) {
    text = trimmed(text);
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

void read_option(const MigrationFile& file, const Line& line, std::string_view option, SqlSection& section) {
    const auto equals = option.find('=');
    const std::string key{option.substr(0, equals)};
    const std::string value{equals == std::string_view::npos ? "" : option.substr(equals + 1)};
    if (key == "tx" && (value == "off" || value == "on")) {
        section.transaction = value == "on";
    } else if (key == "engine" &&
               (value == "postgresql" || value == "mysql" || value == "mariadb" || value == "sqlite")) {
        section.engine = value;
    } else if (key == "timeout") {
        section.timeout = change::parse_duration(value);
    } else {
        throw bad_line(
            file, line,
            fmt::format("'{}' is no option of a section; tx=on|off, engine=postgresql|mysql|mariadb|"
                        "sqlite and timeout=DURATION are",
                        std::string{option}));
    }
}

SqlSection read_section(const MigrationFile& file, const Line& line, Way way, std::string_view options) {
    SqlSection section;
    section.way = way;
    section.line = line.number + 1;
    while (!options.empty()) {
        read_option(file, line, take_word(options), section);
    }
    for (const SqlSection& other : file.sections) {
        if (other.way == way && other.engine == section.engine) {
            throw bad_line(file, line, "there is such a section already");
        }
    }
    return section;
}

void set_phase(MigrationFile& file, const Line& line, std::string_view word) {
    if (word == "expand") {
        file.phase = DeployPhase::expand;
    } else if (word == "contract") {
        file.phase = DeployPhase::contract;
    } else {
        throw bad_line(file, line, "phase is expand or contract");
    }
}

void set_once(MigrationFile& file, const Line& line, std::optional<std::string>& field,
              std::string_view text) {
    if (field || text.empty()) {
        throw bad_line(file, line, field ? "it is said twice" : "it says nothing");
    }
    field = text;
}

void read_directive(MigrationFile& file, const Line& line) {
    std::string_view rest = line.text.substr(mark.size());
    const std::string_view word = take_word(rest);
    if (word == "up" || word == "down") {
        file.sections.push_back(read_section(file, line, word == "up" ? Way::up : Way::down, rest));
    } else if (word == "description") {
        file.description = rest;
    } else if (word == "docs") {
        set_once(file, line, file.docs, rest);
    } else if (word == "manual") {
        set_once(file, line, file.manual, rest);
    } else if (word == "irreversible") {
        set_once(file, line, file.irreversible, rest);
    } else if (word == "fixes") {
        set_once(file, line, file.fixes, rest);
    } else if (word == "phase") {
        set_phase(file, line, rest);
    } else {
        throw bad_line(file, line, fmt::format("unknown word '{}{}'", std::string{mark}, std::string{word}));
    }
}

void read_line(MigrationFile& file, const Line& line) {
    if (line.text.starts_with(mark)) {
        // What the linter and the splitter are told is theirs to read.
        const std::string_view word = line.text.substr(mark.size());
        if (!word.starts_with("lint") && !word.starts_with("statement-")) {
            read_directive(file, line);
            return;
        }
    }
    if (!file.sections.empty()) {
        file.sections.back().text += std::string{line.text} + "\n";
    } else if (const auto text = trimmed(line.text); !text.empty() && !text.starts_with("--")) {
        throw bad_line(file, line, "there is SQL before the first `-- turntable:up`");
    }
}

} // namespace

void parse_sql_migration(MigrationFile& file) {
    std::string_view rest = file.text;
    for (int number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        read_line(file, {rest.substr(0, end), number});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (std::ranges::none_of(file.sections, [](const SqlSection& s) { return s.way == Way::up; })) {
        throw bad_line(file, {"", 1}, "it has no section `-- turntable:up`");
    }
}

const SqlSection* MigrationFile::section(Way way, std::string_view engine) const {
    const SqlSection* common = nullptr;
    for (const SqlSection& candidate : sections) {
        if (candidate.way == way && candidate.engine == engine) {
            return &candidate;
        }
        if (candidate.way == way && !candidate.engine) {
            common = &candidate;
        }
    }
    return common;
}

} // namespace turntable::migrate
