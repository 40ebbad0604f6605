// The folder of migrations: names, versions, what has changed since a revision.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "migrate/lint/lint.hpp"
#include "migrate/sum_file.hpp"
#include "migrate/version.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate::lint {
namespace {

std::optional<FileName> name_of(const std::string& name) {
    try {
        return parse_file_name(name);
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::vector<Spot> bad_file_name(const LintSet& set) {
    std::vector<Spot> spots;
    for (const LintFile& file : set.files) {
        try {
            (void)parse_file_name(file.name);
        } catch (const Error& error) {
            spots.push_back({file.path, 1, error.what()});
        }
    }
    return spots;
}

std::vector<const LintFile*> new_files(const LintSet& set) {
    std::vector<const LintFile*> found;
    for (const LintFile& file : set.files) {
        if (set.base && name_of(file.name) && !set.base->files.contains(file.name)) {
            found.push_back(&file);
        }
    }
    return found;
}

template <typename Part>
std::vector<Spot> duplicates(const LintSet& set, std::string_view what, const Part& part) {
    std::map<std::string, std::string> seen;
    std::vector<Spot> spots;
    for (const LintFile& file : set.files) {
        if (const auto name = name_of(file.name)) {
            const auto [known, fresh] = seen.emplace(part(*name), file.name);
            if (!fresh) {
                spots.push_back(
                    {file.path, 1, fmt::format("{} has the {} {}, too", known->second, what, known->first)});
            }
        }
    }
    return spots;
}

std::vector<Spot> duplicate_version(const LintSet& set) {
    std::vector<Spot> spots = duplicates(set, "version", [](const FileName& name) { return name.version; });
    for (const LintFile* const file : new_files(set)) {
        for (const std::string& name : set.base->tip) { // claimed on the other branch meanwhile
            const auto other = name_of(name);
            if (other && name != file->name && other->version == name_of(file->name)->version) {
                spots.push_back({file->path, 1,
                                 fmt::format("{} on {} has the version {}, too", name, set.base->revision,
                                             other->version)});
            }
        }
    }
    return spots;
}

std::vector<Spot> duplicate_slug(const LintSet& set) {
    return duplicates(set, "slug", [](const FileName& name) { return name.slug; });
}

std::string newest_on_base(const LintBase& base) {
    std::string newest;
    const auto look_at = [&](const std::string& name) {
        if (const auto parsed = name_of(name)) {
            newest = std::max(newest, parsed->version);
        }
    };
    for (const auto& [name, text] : base.files) {
        look_at(name);
    }
    std::for_each(base.tip.begin(), base.tip.end(), look_at);
    return newest;
}

std::vector<Spot> out_of_order(const LintSet& set) {
    std::vector<Spot> spots;
    const std::string newest = set.base ? newest_on_base(*set.base) : "";
    for (const LintFile& file : set.files) {
        const auto name = name_of(file.name);
        const bool is_new =
            set.base && !set.base->files.contains(file.name) && !set.base->tip.contains(file.name);
        if (name && is_new && name->version < newest) {
            spots.push_back(
                {file.path, 1,
                 fmt::format("it is new, and {} on {} comes after it", newest, set.base->revision)});
        }
    }
    return spots;
}

std::vector<Spot> edited_migration(const LintSet& set) {
    std::vector<Spot> spots;
    for (const LintFile& file : set.files) {
        const auto before = set.base && name_of(file.name)
                                ? set.base->files.find(file.name)
                                : std::map<std::string, std::string>::const_iterator{};
        if (set.base && name_of(file.name) && before != set.base->files.end() &&
            canonical_text(before->second) != canonical_text(file.text)) {
            spots.push_back(
                {file.path, 1, fmt::format("it is on {} already, with another text", set.base->revision)});
        }
    }
    return spots;
}

std::vector<Spot> removed_migration(const LintSet& set) {
    std::vector<Spot> spots;
    for (const auto& [name, text] : set.base ? set.base->files : std::map<std::string, std::string>{}) {
        const bool there =
            std::any_of(set.files.begin(), set.files.end(),
                        [&removed = name](const LintFile& file) { return file.name == removed; });
        if (!there && name_of(name)) {
            spots.push_back({name, 1, fmt::format("it is on {} and no longer here", set.base->revision)});
        }
    }
    return spots;
}

std::vector<Spot> mixed_commit(const LintSet& set) {
    const auto added = new_files(set);
    if (added.empty() || set.base->other_changes.empty()) {
        return {};
    }
    return {
        {added.front()->path, 1, fmt::format("{} changes along with it", set.base->other_changes.front())}};
}

std::vector<Spot> several_migrations(const LintSet& set) {
    const auto added = new_files(set);
    if (added.size() < 2) {
        return {};
    }
    return {
        {added[1]->path, 1, fmt::format("{} migrations are new since {}", added.size(), set.base->revision)}};
}

std::vector<Spot> integrity_file(const LintSet& set) {
    std::vector<Spot> spots;
    for (const LintFile& file : set.files) {
        if (file.name == sum_file_name) {
            for (const std::string& difference : sum_differences(file.text, file.path, set.migrations)) {
                spots.push_back({file.path, 1, difference});
            }
        }
    }
    return spots;
}

std::vector<Spot> nothing(const LintSet&) {
    return {};
}

constexpr Rule rows[] = {
    {"bad-file-name", Severity::error, on_all, Scope::any,
     "A file whose name is not understood is never applied.", "none",
     "YYYYMMDDHHMMSS_slug.toml or .sql; `turntable new` makes one.", "add_users.sql", nullptr, nullptr,
     &bad_file_name},
    {"duplicate-version", Severity::error, on_all, Scope::any,
     "Two branches claimed one place; which is applied would depend on who asks.", "none",
     "Rename the one that is nowhere applied yet.", "20260101000000_a_b.sql, 20260101000000_c_d.sql", nullptr,
     nullptr, &duplicate_version},
    {"duplicate-slug", Severity::error, on_all, Scope::any,
     "Commands take a slug for a migration; two have this one.", "none", "Another name for the newer one.",
     "20260101000000_add_a.sql, 20260102000000_add_a.sql", nullptr, nullptr, &duplicate_slug},
    {"out-of-order", Severity::error, on_all, Scope::any,
     "Databases that have the later one already get this one afterwards: the order differs from place to "
     "place.",
     "none", "A new version: rename the file to now.", "a new file older than the newest of --git-base",
     nullptr, nullptr, &out_of_order},
    {"edited-migration", Severity::error, on_all, Scope::any,
     "A migration that others have is never run again: an edit changes only what new databases get.", "none",
     "A new migration on top.", "a file that differs from --git-base", nullptr, nullptr, &edited_migration},
    {"removed-migration", Severity::error, on_all, Scope::any,
     "Databases that have it can no longer be matched with the files.", "none",
     "Leave it; undo it by a new one.", "a file of --git-base that is gone", nullptr, nullptr,
     &removed_migration},
    {"integrity-file", Severity::error, on_all, Scope::any,
     "The file says what the folder is; where they differ something was edited, lost or merged unseen.",
     "none", "See what differs and why; `turntable verify --write-sum` writes it anew.",
     "a turntable.sum that lacks a file", nullptr, nullptr, &integrity_file},
    {"mixed-commit", Severity::info, on_all, Scope::any,
     "A migration is deployed and reverted at other times than the code beside it.", "none",
     "The migration in a change of its own.", "code that differs from --git-base beside a new migration",
     nullptr, nullptr, &mixed_commit},
    {"several-migrations", Severity::info, on_all, Scope::any, "One change, one migration, one review.",
     "none", "One migration per change.", "two files that --git-base does not have", nullptr, nullptr,
     &several_migrations},
    {"unused-suppression", Severity::warning, on_all, Scope::any,
     "A suppression of nothing hides the finding that comes next.", "none", "Remove it.",
     "-- turntable:lint-ignore drop-table: over a SELECT", nullptr, nullptr, &nothing},
    {"suppression-without-reason", Severity::error, on_all, Scope::any,
     "Whoever reads it next has to know why the rule does not hold here.", "none", "RULE: the reason.",
     "-- turntable:lint-ignore drop-table", nullptr, nullptr, &nothing},
};

} // namespace

std::span<const Rule> set_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
