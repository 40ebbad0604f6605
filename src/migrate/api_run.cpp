// up and down: the order of things, and what stops them before anything is touched.
#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/book.hpp"
#include "migrate/plan_step.hpp"
#include "migrate/sum_file.hpp"
#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

void refuse_broken_folder(const std::string& folder, const std::vector<MigrationFile>& files) {
    const std::vector<std::string> differences = sum_differences(folder, files);
    if (!differences.empty()) {
        throw Error{ErrorKind::refused, "sum_mismatch", differences.front()}.next(
            "look at what was changed, then `turntable verify --write-sum`");
    }
}

void refuse_edited(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
        if (line.edited) {
            throw Error{ErrorKind::refused, "edited",
                        fmt::format("{}_{} was edited after it was applied", line.version, line.slug)}
                .next("put the file back as it was and write a new migration; or, if it means the same, "
                      "`turntable "
                      "repair --accept " +
                      line.version + "`");
        }
    }
}

void refuse_unfinished_revert(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
        if (line.row != nullptr && line.row->state == RowState::reverting) {
            throw Error{ErrorKind::needs_repair, "half_reverted",
                        fmt::format("{}_{} is half reverted", line.version, line.slug)}
                .next("`turntable down` goes on with it");
        }
    }
}

SqlFlavor flavor_of(const Env& env) {
    return flavor_named(env.engine().traits().name).value();
}

// What stops an `up` at this migration and not before it.
void refuse_line(const Env& env, const Line& line, const UpOptions& options) {
    if (line.file == nullptr) {
        throw Error{ErrorKind::needs_repair, "file_missing",
                    fmt::format("{}_{} is half applied, and this checkout does not have its file",
                                line.version, line.slug)}
            .next("`turntable down` undoes what is applied of it");
    }
    if (line.standing == Standing::pending) {
        refuse_by_policy(options.policy, *line.file, flavor_of(env));
    }
    const bool acknowledged = std::ranges::any_of(options.acknowledged, [&line](const std::string& version) {
        return version.size() >= version_prefix_min && line.version.starts_with(version);
    });
    if (line.file->manual && !acknowledged && line.standing == Standing::pending) {
        throw Error{ErrorKind::refused, "manual_step",
                    fmt::format("before {} somebody has to do this by hand: {}", line.file->name(),
                                *line.file->manual)}
            .next("when it is done: turntable up --ack " + line.version);
    }
    if (line.out_of_order && !options.allow_out_of_order) {
        throw Error{
            ErrorKind::refused, "out_of_order",
            fmt::format("{}_{} is older than migrations that are applied already", line.version, line.slug)}
            .next("give it a new version; or, if it depends on nothing later, --allow out-of-order");
    }
}

std::vector<const Line*> chosen(const std::vector<Line>& lines, const UpOptions& options) {
    std::vector<const Line*> found = to_apply(lines, options.target);
    if (options.phase) {
        std::erase_if(found, [&options](const Line* line) {
            return line->file != nullptr && line->file->phase != *options.phase &&
                   line->file->phase != DeployPhase::none && line->standing == Standing::pending;
        });
    }
    return found;
}

void refuse_backup(const Env& env, const std::optional<std::string>& wanted) {
    if (wanted && !env.engine().traits().backup) {
        env.engine().backup(*wanted); // says why not
    }
}

// Under the lease, before anything is changed. A folder gets a file with a name of its own.
std::string backup(const Env& env, const std::optional<std::string>& wanted, const char* action) {
    if (!wanted) {
        return {};
    }
    std::filesystem::path file{*wanted};
    if (std::filesystem::is_directory(file)) {
        file /= fmt::format("{}-before-{}.sqlite", version_at(env.context.clock.wall()), action);
    }
    env.context.observer.note("backup to " + file.string());
    env.engine().backup(file.string());
    return file.string();
}

RunResult result_of(std::vector<Done> done, Book& book, std::string backup = {}) {
    RunResult result;
    result.backup = std::move(backup);
    result.done = std::move(done);
    book.read();
    for (const Line& line : book.lines()) {
        if (line.standing == Standing::applied) {
            result.current = line.version;
        } else {
            ++result.pending;
        }
    }
    return result;
}

} // namespace

RunResult up(const Env& env, const UpOptions& options) {
    refuse_backup(env, options.backup);
    Book book{env, options.folder};
    refuse_broken_folder(options.folder, book.files());
    refuse_edited(book.lines());
    std::vector<Done> done;
    if (chosen(book.lines(), options).empty()) {
        return result_of(std::move(done), book);
    }
    Work work{env, "up"};
    book.read(); // somebody else may have been quicker
    refuse_edited(book.lines());
    refuse_unfinished_revert(book.lines());
    const std::vector<const Line*> lines = chosen(book.lines(), options);
    for (const Line* const line : lines) {
        refuse_line(env, *line, options);
        refuse_pooled(*work.session, compile(*line->file, env.engine()), line->file->path);
    }
    const std::string saved = backup(env, options.backup, "up");
    Migrator migrator{env, *work.session, work.store, *work.lease};
    for (const Line* const line : lines) {
        if (env.stop_asked()) {
            throw Error{ErrorKind::stopped, "interrupted",
                        "stopped as asked for, before " + line->file->name()};
        }
        env.context.observer.note("up " + line->file->name());
        done.push_back(migrator.up(*line->file));
    }
    return result_of(std::move(done), book, saved);
}

RunResult down(const Env& env, const DownOptions& options) {
    refuse_backup(env, options.backup);
    if (options.target == "base" && !options.allow_base) {
        throw Error{ErrorKind::refused, "base", "down base takes every migration back"}.next(
            "--allow base does it");
    }
    Book book{env, options.folder};
    std::vector<Done> done;
    if (to_revert(book.lines(), options.target).empty()) {
        return result_of(std::move(done), book);
    }
    Work work{env, "down"};
    book.read();
    Migrator migrator{env, *work.session, work.store, *work.lease};
    const std::vector<const Line*> lines = to_revert(book.lines(), options.target);
    for (const Line* const line : lines) {
        migrator.refuse_down(*line->row, options.lossy);
    }
    const std::string saved = backup(env, options.backup, "down");
    for (const Line* const line : lines) {
        if (env.stop_asked()) {
            throw Error{ErrorKind::stopped, "interrupted", "stopped as asked for, before " + line->version};
        }
        env.context.observer.note(fmt::format("down {}_{}", line->version, line->slug));
        done.push_back(migrator.down(*line->row, options.lossy));
    }
    return result_of(std::move(done), book, saved);
}

std::vector<PlannedMigration> plan(const Env& env, const UpOptions& options) {
    Book book{env, options.folder};
    std::vector<PlannedMigration> out;
    for (const Line* const line : chosen(book.lines(), options)) {
        if (line->file == nullptr) {
            continue;
        }
        const MigrationFile& file = *line->file;
        PlannedMigration planned{
            file.version, file.slug, file.description, file.docs.value_or(""), file.manual.value_or(""), {},
            {},           {}};
        planned.phase = file.phase == DeployPhase::none     ? ""
                        : file.phase == DeployPhase::expand ? "expand"
                                                            : "contract";
        try {
            refuse_line(env, *line, options);
        } catch (const Error& error) {
            planned.refusal = error.what();
        }
        for (const Step& step : compile(file, env.engine())) {
            planned.steps.push_back(plan_step(env, step));
        }
        out.push_back(std::move(planned));
    }
    return out;
}

std::vector<PlannedMigration> plan_down(const Env& env, const DownOptions& options) {
    Book book{env, options.folder};
    std::vector<PlannedMigration> out;
    for (const Line* const line : to_revert(book.lines(), options.target)) {
        PlannedMigration planned{line->version, line->slug, "down", {}, {}, {}, {}, {}};
        std::vector<UndoStep> undo = undo_from_json(line->row->inverse);
        std::ranges::reverse(undo);
        for (const UndoStep& step : undo) {
            planned.steps.push_back(
                {"undo: " + step.title,
                 step.job.empty() ? "" : "swap back while the window of job " + step.job + " is open",
                 step.why,
                 std::string{to_string(step.undo)},
                 {}});
            if (!step.ops.empty()) {
                planned.steps.back().statements.push_back({step.ops, {}, "operations", Blocks::nobody});
            }
        }
        out.push_back(std::move(planned));
    }
    return out;
}

} // namespace turntable::migrate
