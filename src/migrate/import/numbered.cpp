// Tools whose files begin with a version: flyway, dbmate, goose, golang-migrate.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include <fmt/core.h>

#include "migrate/directory.hpp"
#include "migrate/import/foreign.hpp"
#include "migrate/import/text.hpp"

namespace turntable::migrate {
namespace {

std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("._"), text.size());
        std::string part{text.substr(0, end)};
        part.erase(0, std::min(part.find_first_not_of('0'), part.size()));
        parts.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    while (parts.size() > 1 && parts.back().empty()) {
        parts.pop_back();
    }
    return parts;
}

void by_version(ForeignFolder& folder) {
    std::ranges::stable_sort(folder.migrations, [](const ForeignMigration& a, const ForeignMigration& b) {
        return a.key != b.key && version_not_after(a.key, b.key);
    });
    const auto twice = std::ranges::adjacent_find(folder.migrations, {}, &ForeignMigration::key);
    if (twice != folder.migrations.end()) {
        throw not_imported(twice->file, "another file has the version " + twice->key);
    }
}

std::string whole_text(const std::string& path) {
    std::string out;
    for (const std::string& line : lines_of_file(path)) {
        out += is_transaction_line(line) ? "" : line + "\n";
    }
    return out;
}

// "V1_2__add_users.sql": version and words; nothing for other names.
struct FlywayName {
    char kind = 0;
    std::string version, words;
};
FlywayName flyway_name(const std::string& file) {
    const auto between = file.find("__");
    if (between == std::string::npos || !file.ends_with(".sql")) {
        return {};
    }
    return {file.front(), file.substr(1, between - 1), file.substr(between + 2, file.size() - between - 6)};
}

bool outside_transaction(const std::string& path) {
    const std::string settings = path + ".conf";
    if (!std::filesystem::exists(settings)) {
        return false;
    }
    std::string text = lower_case(read_bytes(settings));
    std::erase(text, ' ');
    return text.find("executeintransaction=false") != std::string::npos;
}

} // namespace

std::string plain_version(std::string_view text) {
    std::string out;
    for (const std::string& part : parts_of(text)) {
        out += (out.empty() ? "" : ".") + (part.empty() ? "0" : part);
    }
    return out;
}

bool version_not_after(const std::string& a, const std::string& b) {
    const auto left = parts_of(a);
    const auto right = parts_of(b);
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        const std::string& x = i < left.size() ? left[i] : "";
        const std::string& y = i < right.size() ? right[i] : "";
        if (x != y) {
            return std::pair{x.size(), x} < std::pair{y.size(), y};
        }
    }
    return true;
}

ForeignFolder read_flyway(const std::string& folder) {
    ForeignFolder out;
    std::map<std::string, std::string> undo;
    for (const std::string& path : files_below(folder)) {
        const std::string file = base_name(path);
        const FlywayName name = flyway_name(file);
        if (name.kind == 'V') {
            const bool alone = outside_transaction(path);
            out.migrations.push_back(
                {plain_version(name.version), name.words, path, whole_text(path), {}, !alone, !alone});
        } else if (name.kind == 'U') {
            undo[plain_version(name.version)] = whole_text(path);
        } else if (name.kind == 'R') {
            out.skipped.push_back(file + ": repeatable migrations are not there");
        } else if (!file.ends_with(".conf")) {
            out.skipped.push_back(file + ": no versioned migration in SQL");
        }
    }
    for (ForeignMigration& migration : out.migrations) {
        if (migration.up.find("${") != std::string::npos) {
            throw not_imported(migration.file, "placeholders (${…}) are not replaced");
        }
        migration.down = undo.contains(migration.key) ? undo.at(migration.key) : "";
    }
    by_version(out);
    return out;
}

ForeignFolder read_dbmate(const std::string& folder) {
    ForeignFolder out;
    for (const std::string& path : files_below(folder)) {
        const NumberedName name = numbered_name(base_name(path), ".sql");
        if (name.number.empty()) {
            out.skipped.push_back(base_name(path) + ": no migration of dbmate");
            continue;
        }
        ForeignMigration migration{name.number, name.name, path, {}, {}, true, true};
        std::string* section = nullptr;
        for (const std::string& line : lines_of_file(path)) {
            const std::string text = lower_case(trimmed(line));
            const bool up = text.starts_with("-- migrate:up");
            if (up || text.starts_with("-- migrate:down")) {
                section = up ? &migration.up : &migration.down;
                (up ? migration.up_transaction : migration.down_transaction) =
                    text.find("transaction:false") == std::string::npos;
            } else if (section != nullptr) {
                *section += line + "\n";
            }
        }
        if (section == nullptr) {
            throw not_imported(path, "it has no line `-- migrate:up`");
        }
        out.migrations.push_back(std::move(migration));
    }
    by_version(out);
    return out;
}

namespace {

ForeignMigration read_goose_file(const std::string& path, const NumberedName& name) {
    ForeignMigration migration{plain_version(name.number), name.name, path, {}, {}, true, true};
    std::string* section = nullptr;
    for (const std::string& line : lines_of_file(path)) {
        std::string word = lower_case(trimmed(line));
        if (!word.starts_with("-- +goose ") && !word.starts_with("--+goose ")) {
            if (section != nullptr) {
                *section += line + "\n";
            }
            continue;
        }
        word = std::string{trimmed(word.substr(word.find("goose") + 5))};
        if (word == "up" || word == "down") {
            section = word == "up" ? &migration.up : &migration.down;
        } else if (word == "no transaction") {
            migration.up_transaction = migration.down_transaction = false;
        } else if ((word == "statementbegin" || word == "statementend") && section != nullptr) {
            *section +=
                word == "statementbegin" ? "-- turntable:statement-begin\n" : "-- turntable:statement-end\n";
        } else {
            throw not_imported(path, fmt::format("`-- +goose {}` has no counterpart here", word));
        }
    }
    if (section == nullptr) {
        throw not_imported(path, "it has no line `-- +goose Up`");
    }
    return migration;
}

} // namespace

ForeignFolder read_goose(const std::string& folder) {
    ForeignFolder out;
    for (const std::string& path : files_below(folder)) {
        const NumberedName name = numbered_name(base_name(path), ".sql");
        if (name.number.empty()) {
            out.skipped.push_back(base_name(path) + ": no migration in SQL");
        } else {
            out.migrations.push_back(read_goose_file(path, name));
        }
    }
    by_version(out);
    return out;
}

ForeignFolder read_golang_migrate(const std::string& folder) {
    ForeignFolder out;
    std::map<std::string, std::string> down;
    for (const std::string& path : files_below(folder)) {
        const NumberedName up = numbered_name(base_name(path), ".up.sql");
        const NumberedName back = numbered_name(base_name(path), ".down.sql");
        if (!up.number.empty()) {
            out.migrations.push_back(
                {plain_version(up.number), up.name, path, whole_text(path), {}, true, true});
        } else if (!back.number.empty()) {
            down[plain_version(back.number)] = whole_text(path);
        } else {
            out.skipped.push_back(base_name(path) + ": neither .up.sql nor .down.sql");
        }
    }
    for (ForeignMigration& migration : out.migrations) {
        migration.down = down.contains(migration.key) ? down.at(migration.key) : "";
    }
    by_version(out);
    return out;
}

} // namespace turntable::migrate
