#include "migrate/lineup.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/core.h>

#include "migrate/checksum.hpp"

namespace turntable::migrate {
namespace {

Standing standing_of(const HistoryRow* row) {
    if (row == nullptr) {
        return Standing::pending;
    }
    switch (row->state) {
    case RowState::applied:
        return Standing::applied;
    case RowState::applying:
    case RowState::reverting:
        return Standing::unfinished;
    case RowState::reverted:
        return Standing::pending;
    }
    check(false, "unknown RowState");
    return Standing::pending;
}

// "+3" or "-1": the number; nullopt for other texts.
std::optional<std::size_t> steps_of(const std::string& target, char sign) {
    std::size_t number = 0;
    if (target.size() < 2 || target.front() != sign) {
        return std::nullopt;
    }
    const char* const end = target.data() + target.size();
    const auto parsed = std::from_chars(target.data() + 1, end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end || number == 0) {
        return std::nullopt;
    }
    return number;
}

} // namespace

std::string_view to_string(Standing standing) {
    switch (standing) {
    case Standing::pending:
        return "pending";
    case Standing::applied:
        return "applied";
    case Standing::unfinished:
        return "unfinished";
    }
    check(false, "unknown Standing");
    return {};
}

std::vector<Line> line_up(const std::vector<MigrationFile>& files, const std::vector<HistoryRow>& rows) {
    std::map<std::string, Line> lines;
    std::string newest;
    for (const HistoryRow& row : rows) {
        const Standing standing = standing_of(&row);
        if (standing == Standing::pending) {
            continue; // reverted: the file counts, if there is one
        }
        lines[row.version] = {row.version, row.slug, standing, nullptr, &row, false, false};
        newest = std::max(newest, row.version);
    }
    for (const MigrationFile& file : files) {
        Line& line = lines[file.version];
        line.version = file.version;
        line.slug = file.slug;
        line.file = &file;
        // A baseline knows no text of its files.
        line.edited = line.row != nullptr && line.standing == Standing::applied &&
                      !line.row->checksum.empty() &&
                      !is_applied_text(file.text, line.row->checksum, line.row->text);
        // One that was left for later by its phase is not late.
        line.out_of_order = line.standing == Standing::pending && file.version < newest &&
                            file.phase != DeployPhase::contract;
    }
    std::vector<Line> out;
    for (auto& [version, line] : lines) {
        out.push_back(line);
    }
    return out;
}

const Line& find_line(const std::vector<Line>& lines, const std::string& name) {
    const Line* found = nullptr;
    for (const Line& line : lines) {
        if (line.version == name || line.slug == name || line.version + "_" + line.slug == name) {
            return line;
        }
        if (!name.empty() && (line.version + "_" + line.slug).starts_with(name)) {
            if (found != nullptr) {
                throw Error{
                    ErrorKind::usage, "ambiguous_target",
                    fmt::format("'{}' is the beginning of {} and {}", name, found->version, line.version)};
            }
            found = &line;
        }
    }
    if (found == nullptr) {
        throw Error{ErrorKind::usage, "unknown_target", fmt::format("there is no migration '{}'", name)}.next(
            "`turntable status` lists them; head, base, +N and -N are targets, too");
    }
    return *found;
}

std::vector<const Line*> to_apply(const std::vector<Line>& lines, const std::string& target) {
    std::vector<const Line*> pending;
    for (const Line& line : lines) {
        if (line.standing != Standing::applied) {
            pending.push_back(&line);
        }
    }
    if (target == "head") {
        return pending;
    }
    if (const auto steps = steps_of(target, '+')) {
        pending.resize(std::min(pending.size(), *steps));
        return pending;
    }
    const std::string& last = find_line(lines, target).version;
    std::erase_if(pending, [&last](const Line* line) { return line->version > last; });
    return pending;
}

std::vector<const Line*> to_revert(const std::vector<Line>& lines, const std::string& target) {
    std::vector<const Line*> applied;
    for (const Line& line : lines) {
        if (line.standing != Standing::pending) {
            applied.insert(applied.begin(), &line);
        }
    }
    if (target == "base") {
        return applied;
    }
    if (const auto steps = steps_of(target, '-')) {
        applied.resize(std::min(applied.size(), *steps));
        return applied;
    }
    const Line& newest = find_line(lines, target);
    if (newest.standing == Standing::pending) {
        throw Error{ErrorKind::usage, "not_applied",
                    fmt::format("{}_{} is not applied: nothing can be the newest down to it", newest.version,
                                newest.slug)};
    }
    std::erase_if(applied, [&newest](const Line* line) { return line->version <= newest.version; });
    return applied;
}

} // namespace turntable::migrate
