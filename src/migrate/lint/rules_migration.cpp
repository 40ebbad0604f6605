// A migration as a whole.
#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::vector<std::string> words_of(const std::string& slug) {
    std::vector<std::string> words;
    std::istringstream in{slug};
    for (std::string word; std::getline(in, word, '_');) {
        if (!word.empty()) {
            words.push_back(word);
        }
    }
    return words;
}

// The tables whose structure it changes. A new table and its own indexes are one change.
std::vector<Spot> one_change(const MigrationView& view) {
    const SchemaModel names{view.flavor};
    std::set<std::string> objects;
    std::vector<Spot> spots;
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            const bool counts = is_schema_change(action.kind) && action.kind != ActionKind::privilege &&
                                !action.temporary && !action.object.name.empty() &&
                                !(action.kind == ActionKind::drop_index);
            if (counts && objects.insert(names.key(action.object)).second && objects.size() > 1) {
                spots.push_back(
                    {"", step.line, fmt::format("{} is one change more", action.object.display())});
            }
        }
    }
    return spots;
}

std::vector<Spot> generic_name(const MigrationView& view) {
    static const std::set<std::string> empty_words{
        "update", "updates", "fix",   "fixes",     "change", "changes", "migration", "misc",
        "stuff",  "new",     "db",    "database",  "schema", "sql",     "test",      "tmp",
        "temp",   "wip",     "patch", "changeset", "modify", "alter",   "table",     "tables",
        "column", "columns", "more",  "data",      "v1",     "v2",      "v3",        "final",
        "the",    "a",       "some",  "and",       "init",   "initial"};
    const std::vector<std::string> words = words_of(view.file->slug);
    const auto telling = std::count_if(words.begin(), words.end(), [&](const std::string& word) {
        const bool number = word.find_first_not_of("0123456789") == std::string::npos;
        return !number && !empty_words.contains(word);
    });
    if (words.size() >= 2 && telling >= 1) {
        return {};
    }
    return {{"", 1, fmt::format("'{}' does not say what changes", view.file->slug)}};
}

bool has_way_back(const Op& op) {
    if (const auto* const raw = std::get_if<RawSql>(&op.body)) {
        return raw->down.given();
    }
    return true;
}

std::vector<Spot> missing_down(const MigrationView& view) {
    const MigrationFile& file = *view.file;
    if (file.irreversible || !view.applies) {
        return {};
    }
    if (file.kind == FileKind::sql) {
        const bool down = file.section(Way::down, to_string(view.flavor)) != nullptr;
        return down ? std::vector<Spot>{}
                    : std::vector<Spot>{{"", 1, "there is no way back, and it does not say why"}};
    }
    std::vector<Spot> spots;
    for (const Op& op : file.ops) {
        if (!has_way_back(op) && !op.irreversible) {
            spots.push_back({"", op.line, "the SQL has no `down`, and the operation no `irreversible`"});
        }
    }
    return spots;
}

std::vector<Spot> empty_down(const MigrationView& view) {
    const MigrationFile& file = *view.file;
    const bool section =
        file.kind == FileKind::sql && file.section(Way::down, to_string(view.flavor)) != nullptr;
    return section && view.down.empty() && !view.up.empty()
               ? std::vector<Spot>{{"", file.section(Way::down, to_string(view.flavor))->line,
                                    "the way back does nothing, as if nothing had been done"}}
               : std::vector<Spot>{};
}

std::vector<Spot> not_portable(const MigrationView& view) {
    const MigrationFile& file = *view.file;
    if (!view.applies) {
        return {{"", 1, fmt::format("it has no section for {}", to_string(view.flavor))}};
    }
    std::vector<Spot> spots;
    for (const Op& op : file.ops) {
        const auto* const raw = std::get_if<RawSql>(&op.body);
        if (raw != nullptr && raw->up.given() && !raw->up.for_engine(std::string{to_string(view.flavor)})) {
            spots.push_back({"", op.line, fmt::format("the SQL has no text for {}", to_string(view.flavor))});
        }
    }
    return spots;
}

std::vector<Spot> no_description(const MigrationView& view) {
    return view.file->description.empty() ? std::vector<Spot>{{"", 1, "nothing says why this change is made"}}
                                          : std::vector<Spot>{};
}

std::vector<Spot> raw_sql_has_operation(const MigrationView& view) {
    std::vector<Spot> spots;
    for (const Step& step : view.up) {
        const bool known =
            std::any_of(step.actions.begin(), step.actions.end(), [&](const SqlAction& action) {
                return action.kind == ActionKind::change_type || action.kind == ActionKind::drop_column;
            });
        if (!step.typed && known) {
            spots.push_back({"", step.line, "a typed operation does this online, and knows the way back"});
        }
    }
    return spots;
}

constexpr Rule rows[] = {
    {"one-change", Severity::error, on_all, Scope::any,
     "A migration of several changes cannot be reviewed, applied or reverted by halves.", "none",
     "One migration per table changed; a new table and its indexes are one change.",
     "ALTER TABLE a ADD COLUMN x int; ALTER TABLE b ADD COLUMN x int;", nullptr, &one_change},
    {"generic-name", Severity::error, on_all, Scope::any, "In a year the name is all that anyone reads.",
     "none", "A verb and what it is done to: add_email_to_users.", "20260101000000_update.sql", nullptr,
     &generic_name},
    {"missing-down", Severity::error, on_all, Scope::any, "Without a way back a mistake in production stays.",
     "none", "A section `-- turntable:down` (TOML: `down`), or `irreversible` with the reason.",
     "a file with `-- turntable:up` alone", nullptr, &missing_down},
    {"empty-down", Severity::error, on_all, Scope::any,
     "A way back that does nothing makes history say what is not true.", "none",
     "Write it, or `-- turntable:irreversible` with the reason.", "an empty section `-- turntable:down`",
     nullptr, &empty_down},
    {"not-portable", Severity::error, on_all, Scope::any,
     "On one of the engines that this project names, the migration would do nothing.", "none",
     "A variant for every engine in `[lint] engines`.", "a file with `-- turntable:up engine=sqlite` alone",
     nullptr, &not_portable},
    {"no-description", Severity::info, on_all, Scope::any, "Why a change was made is not in the SQL.", "none",
     "description = \"…\", in SQL files `-- turntable:description …`; `docs` takes a link.",
     "a file without a description", nullptr, &no_description},
    {"typed-operation-available", Severity::info, on_all, Scope::raw,
     "What the program understands it can do online, probe and revert.", "none",
     "change_column, drop_column in a TOML migration.", "ALTER TABLE t DROP COLUMN c;", nullptr,
     &raw_sql_has_operation},
};

} // namespace

std::span<const Rule> migration_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
