// Tools that keep several migrations in a file, or a plan beside the files: liquibase, sqitch, alembic.
#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/core.h>

#include "migrate/import/foreign.hpp"
#include "migrate/import/text.hpp"

namespace turntable::migrate {
namespace {

bool has_flag(const std::string& attributes, const std::string& flag) {
    return lower_case(attributes).find(lower_case(flag)) != std::string::npos;
}

// "--changeset ann:17 runInTransaction:false": the words after the mark, if the line is one.
std::optional<std::string> after_mark(const std::string& line, const std::string& mark) {
    std::string_view text = trimmed(line);
    if (!text.starts_with("--")) {
        return std::nullopt;
    }
    text = trimmed(text.substr(2));
    if (lower_case(text.substr(0, mark.size())) != mark) {
        return std::nullopt;
    }
    return std::string{trimmed(text.substr(mark.size()))};
}

class Liquibase {
  public:
    explicit Liquibase(std::string path) : path_(std::move(path)) {}

    std::vector<ForeignMigration> read() {
        for (const std::string& line : lines_of_file(path_)) {
            take(line);
        }
        finish();
        return std::move(out_);
    }

  private:
    void take(const std::string& line) {
        if (const auto words = after_mark(line, "changeset ")) {
            finish();
            begin(*words);
        } else if (const auto back = after_mark(line, "rollback ")) {
            const std::string word = lower_case(*back);
            if (word != "empty" && word != "not required") {
                current().down += *back + "\n";
            }
        } else if (after_mark(line, "precondition")) {
            throw not_imported(path_, "preconditions have no counterpart here; [[assert]] is near");
        } else if (!out_.empty() && open_) {
            out_.back().up += line + "\n";
        }
    }
    ForeignMigration& current() {
        if (out_.empty()) {
            throw not_imported(path_, "a rollback before the first changeset");
        }
        return out_.back();
    }
    void begin(const std::string& words) {
        const auto end = std::min(words.find(' '), words.size());
        const std::string name = words.substr(0, end);
        const std::string attributes = words.substr(end);
        const auto colon = name.find(':');
        if (colon == std::string::npos) {
            throw not_imported(path_, "the changeset '" + name + "' is not AUTHOR:ID");
        }
        for (const char* const flag : {"runOnChange:true", "runAlways:true", "endDelimiter"}) {
            if (has_flag(attributes, flag)) {
                throw not_imported(path_, fmt::format("{} of {} has no counterpart here", flag, name));
            }
        }
        const bool alone = has_flag(attributes, "runInTransaction:false");
        whole_ = has_flag(attributes, "splitStatements:false");
        // As history_of() writes it: id, author, file.
        out_.push_back(
            {fmt::format("{}\x1f{}\x1f{}", name.substr(colon + 1), name.substr(0, colon), base_name(path_)),
             name.substr(colon + 1) + " " + name.substr(0, colon),
             path_,
             {},
             {},
             !alone,
             !alone});
        open_ = true;
    }
    void finish() {
        if (open_ && whole_) {
            out_.back().up =
                "-- turntable:statement-begin\n" + out_.back().up + "-- turntable:statement-end\n";
        }
        open_ = whole_ = false;
    }

    std::string path_;
    std::vector<ForeignMigration> out_;
    bool open_ = false, whole_ = false;
};

std::string sqitch_script(const std::string& folder, const std::string& kind, const std::string& change) {
    const std::string path = (std::filesystem::path{folder} / kind / (change + ".sql")).string();
    if (!std::filesystem::exists(path)) {
        return {};
    }
    std::string out;
    for (const std::string& line : lines_of_file(path)) {
        out += is_transaction_line(line) ? "" : line + "\n";
    }
    return out;
}

// A statement of alembic's own on its table; it may go over several lines.
class AlembicText {
  public:
    // What of the line belongs to the migration.
    std::string take(const std::string& line) {
        const std::string text = lower_case(trimmed(line));
        if (inside_) {
            inside_ = text.find(';') == std::string::npos;
            return {};
        }
        if (text.find("alembic_version") != std::string::npos && !text.starts_with("--")) {
            inside_ = text.find(';') == std::string::npos;
            return {};
        }
        return is_transaction_line(line) ? std::string{} : line + "\n";
    }

  private:
    bool inside_ = false;
};

// "a, b -> c, what it does": c with its parents; the same order for both directions.
struct Revision {
    std::string id, parents, words;
};
Revision revision_of(const std::string& text, bool up) {
    const auto arrow = text.find("->");
    std::string left{trimmed(std::string_view{text}.substr(0, std::min(arrow, text.size())))};
    std::string right{arrow == std::string::npos ? std::string_view{}
                                                 : trimmed(std::string_view{text}.substr(arrow + 2))};
    if (!up) {
        return {left, {}, {}};
    }
    std::erase(left, ' ');
    const auto comma = right.find(',');
    return {right.substr(0, std::min(comma, right.size())), left,
            comma == std::string::npos ? std::string{}
                                       : std::string{trimmed(std::string_view{right}.substr(comma + 1))}};
}

std::string id_of(const std::string& key) {
    return key.substr(0, std::min(key.find('<'), key.size()));
}

} // namespace

ForeignFolder read_liquibase(const std::string& folder) {
    ForeignFolder out;
    for (const std::string& path : files_below(folder)) {
        const std::vector<std::string> lines =
            path.ends_with(".sql") ? lines_of_file(path) : std::vector<std::string>{};
        if (lines.empty() || !after_mark(lines.front(), "liquibase formatted sql")) {
            out.skipped.push_back(base_name(path) + ": no formatted SQL of liquibase");
            continue;
        }
        for (ForeignMigration& migration : Liquibase{path}.read()) {
            out.migrations.push_back(std::move(migration));
        }
    }
    return out;
}

ForeignFolder read_sqitch(const std::string& folder) {
    ForeignFolder out;
    const std::string plan = (std::filesystem::path{folder} / "sqitch.plan").string();
    if (!std::filesystem::exists(plan)) {
        throw Error{ErrorKind::usage, "no_folder", "there is no " + plan};
    }
    for (const std::string& line : lines_of_file(plan)) {
        const std::string text{trimmed(line)};
        if (text.empty() || text.starts_with('%') || text.starts_with('#') || text.starts_with('@')) {
            continue;
        }
        const std::string change = text.substr(0, text.find_first_of(" \t"));
        if (std::ranges::find(out.migrations, change, &ForeignMigration::key) != out.migrations.end()) {
            throw not_imported(plan, "the change " + change + " was reworked");
        }
        const std::string up = sqitch_script(folder, "deploy", change);
        if (up.empty()) {
            throw not_imported(plan, "there is no deploy script of " + change);
        }
        out.migrations.push_back({change, change, folder + "/deploy/" + change + ".sql", up,
                                  sqitch_script(folder, "revert", change), true, true});
    }
    return out;
}

// What `alembic upgrade --sql` and `alembic downgrade --sql` print.
ForeignFolder read_alembic(const std::string& folder) {
    ForeignFolder out;
    std::map<std::string, std::string> down;
    for (const std::string& path : files_below(folder)) {
        if (!path.ends_with(".sql")) {
            continue; // the revisions themselves are programs
        }
        std::string* section = nullptr;
        AlembicText text;
        for (const std::string& line : lines_of_file(path)) {
            if (const auto up = after_mark(line, "running upgrade ")) {
                const Revision revision = revision_of(*up, true);
                out.migrations.push_back({revision.id + "<" + revision.parents,
                                          revision.words.empty() ? revision.id : revision.words,
                                          path,
                                          {},
                                          {},
                                          true,
                                          true});
                section = &out.migrations.back().up;
            } else if (const auto back = after_mark(line, "running downgrade ")) {
                section = &down[revision_of(*back, false).id];
            } else if (const std::string part = text.take(line); section != nullptr) {
                *section += part;
            }
        }
    }
    for (ForeignMigration& migration : out.migrations) {
        const std::string id = id_of(migration.key);
        migration.down = down.contains(id) ? down.at(id) : "";
    }
    return out;
}

std::set<std::string> alembic_ancestors(const std::vector<ForeignMigration>& migrations,
                                        const std::vector<std::string>& heads) {
    std::set<std::string> keys;
    std::vector<std::string> open = heads;
    while (!open.empty()) {
        const std::string id = open.back();
        open.pop_back();
        for (const ForeignMigration& migration : migrations) {
            if (id_of(migration.key) != id || !keys.insert(migration.key).second) {
                continue;
            }
            std::string_view parents = std::string_view{migration.key}.substr(id.size() + 1);
            while (!parents.empty()) {
                const auto end = std::min(parents.find(','), parents.size());
                open.emplace_back(parents.substr(0, end));
                parents.remove_prefix(std::min(end + 1, parents.size()));
            }
        }
    }
    return keys;
}

} // namespace turntable::migrate
