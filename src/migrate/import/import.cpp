#include "migrate/import/import.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/core.h>

#include "migrate/book.hpp"
#include "migrate/dump.hpp"
#include "migrate/import/foreign.hpp"
#include "migrate/import/text.hpp"
#include "migrate/schema_record.hpp"
#include "migrate/told_row.hpp"
#include "migrate/undo.hpp"
#include "migrate/user_schema.hpp"

namespace turntable::migrate {
namespace {

struct Written {
    ImportedLine line;
    std::string text;
};

ForeignHistory read_history(const Env& env, const ForeignTool& tool, const ImportOptions& options) {
    const auto session = open_user_session(env);
    try {
        return tool.history({*session, std::string{env.engine().traits().name}, options.table});
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::no_such_object) {
            throw;
        }
        throw Error{ErrorKind::usage, "no_history",
                    fmt::format("{} has no history in this database: {}", options.tool, error.what())}
            .next("--table NAME names its table, if it is not the usual one");
    }
}

void refuse_begun(const Env& env, const std::string& folder) {
    const Store store{env.engine()};
    const auto session = env.engine().open(SessionUse::control);
    if (store.exists(*session) && !store.rows(*session).empty()) {
        throw Error{ErrorKind::refused, "history_not_empty",
                    "turntable has a history in this database: an import is the beginning of one"};
    }
    if (std::filesystem::exists(folder) && !read_directory(folder).empty()) {
        throw Error{ErrorKind::refused, "folder_not_empty", folder + " has migrations already"}.next(
            "--dir names the folder to write; it may not be there yet");
    }
}

class Import {
  public:
    Import(const Env& env, const ForeignTool& tool, const ImportOptions& options)
        : env_(env), tool_(tool), options_(options), history_(read_history(env, tool, options)) {}

    void collect() {
        if (options_.from && tool_.read != nullptr) {
            folder_ = tool_.read(*options_.from);
        } else if (options_.from) {
            for (const std::string& path : files_below(*options_.from)) {
                folder_.skipped.push_back(base_name(path) + ": a program of " + options_.tool + ", not SQL");
            }
        }
        if (tool_.name == "alembic") {
            ancestors_ = alembic_ancestors(folder_.migrations, history_.applied);
        }
        const bool baseline = options_.shape == ImportOptions::Shape::baseline || folder_.migrations.empty();
        if (baseline) {
            write_baseline();
        } else {
            refuse_orphans();
        }
        for (const ForeignMigration& migration : folder_.migrations) {
            const bool applied = is_applied(migration);
            if (!applied || !baseline) {
                add(migration.key, migration.name, applied, text_of(migration));
            }
        }
    }

    [[nodiscard]] const std::vector<Written>& files() const { return files_; }
    [[nodiscard]] const std::vector<std::string>& skipped() const { return folder_.skipped; }

  private:
    [[nodiscard]] bool is_applied(const ForeignMigration& migration) const {
        const bool listed = std::ranges::find(history_.applied, migration.key) != history_.applied.end();
        const bool below =
            history_.up_to && tool_.not_after != nullptr && tool_.not_after(migration.key, *history_.up_to);
        return listed || below || ancestors_.contains(migration.key);
    }

    // What is applied and has no file could not be made again.
    void refuse_orphans() const {
        for (const std::string& key : history_.applied) {
            const bool known =
                std::ranges::any_of(folder_.migrations, [&](const ForeignMigration& migration) {
                    return migration.key == key || migration.key.starts_with(key + "<");
                });
            if (!known) {
                throw not_imported(shown(key), "it is applied, and there is no SQL file of it");
            }
        }
    }

    [[nodiscard]] static std::string shown(std::string key) {
        std::ranges::replace(key, '\x1f', ' ');
        return key.substr(0, std::min(key.find('<'), key.size()));
    }

    // Versions of fourteen digits stay; others become the seconds of a day long before them.
    [[nodiscard]] bool keeps_versions() const {
        const auto is_one = [](const std::string& key) { return is_version(key); };
        return std::ranges::all_of(history_.applied, is_one) &&
               std::ranges::all_of(folder_.migrations, is_one, &ForeignMigration::key) &&
               (!history_.applied.empty() || !folder_.migrations.empty());
    }
    [[nodiscard]] std::string version_of(const std::string& key) {
        if (keeps_versions()) {
            return key;
        }
        constexpr std::chrono::sys_days beginning{std::chrono::year{2000} / 1 / 1};
        return version_at(beginning + Seconds{++numbered_});
    }

    void add(const std::string& key, const std::string& name, bool applied, std::string text) {
        const std::string version = version_of(key);
        std::string slug = slug_of(words_of(key, name));
        slug.resize(std::min<std::size_t>(slug.size(), 100));
        const std::string plain = slug;
        for (int n = 2; std::ranges::any_of(files_, [&](const Written& w) { return w.line.slug == slug; });
             ++n) {
            slug = fmt::format("{}_{}", plain, n);
        }
        files_.push_back(
            {{version, slug, version + "_" + slug + ".sql", shown(key), applied}, std::move(text)});
    }

    [[nodiscard]] std::string words_of(const std::string& key, const std::string& name) const {
        const bool key_says_it = name.empty() || name == shown(key);
        return key_says_it ? shown(key) : keeps_versions() ? name : shown(key) + " " + name;
    }

    [[nodiscard]] std::string text_of(const ForeignMigration& migration) const {
        std::string out = fmt::format("-- turntable:description {} {}\n-- turntable:up{}\n{}", options_.tool,
                                      words_of(migration.key, migration.name),
                                      migration.up_transaction ? "" : " tx=off", migration.up);
        out += out.ends_with('\n') ? "" : "\n";
        if (!trimmed(migration.down).empty()) {
            out += fmt::format("-- turntable:down{}\n{}", migration.down_transaction ? "" : " tx=off",
                               migration.down);
        }
        return out;
    }

    // Its history is not part of the schema.
    [[nodiscard]] bool of_the_tool(const SchemaPart& part) const {
        const std::string table = lower_case(part.table.name);
        const bool own = std::ranges::any_of(tool_.tables, [&](std::string_view name) {
            return table == name || (part.kind == "sequence" &&
                                     part.name.find(std::string{name} + "_id_seq") != std::string::npos);
        });
        const bool registry =
            tool_.name == "sqitch" && (part.name == "sqitch" || part.name.starts_with("sqitch."));
        return own || registry || (options_.table && part.table.display() == *options_.table);
    }
    void write_baseline() {
        if (history_.applied.empty() && !history_.up_to) {
            return;
        }
        const auto session = open_user_session(env_);
        std::vector<SchemaPart> parts = user_parts(env_.engine(), *session);
        std::erase_if(parts, [this](const SchemaPart& part) { return of_the_tool(part); });
        std::string text = fmt::format("-- turntable:description The schema as {} left it\n", options_.tool);
        for (const std::string& key : history_.applied) {
            text += fmt::format("-- {} {}\n", options_.tool, shown(key));
        }
        text += "-- turntable:irreversible It was there before turntable\n-- turntable:up\n" +
                dump_text(parts, env_.engine().traits().name);
        const std::string newest =
            history_.applied.empty() ? *history_.up_to : std::ranges::max(history_.applied);
        const bool keep = keeps_versions();
        const std::string name = "baseline from " + std::string{tool_.name};
        const std::string version = keep ? newest : version_of(newest);
        const std::string slug = slug_of(name);
        files_.push_back({{version, slug, version + "_" + slug + ".sql",
                           fmt::format("{} migrations", history_.applied.size()), true},
                          std::move(text)});
    }

    const Env& env_;
    const ForeignTool& tool_;
    const ImportOptions& options_;
    ForeignHistory history_;
    ForeignFolder folder_;
    std::set<std::string> ancestors_;
    std::vector<Written> files_;
    std::int64_t numbered_ = 0;
};

MigrationFile parsed(const Written& file, const std::string& folder) {
    return parse_migration(file.text, {file.line.version, file.line.slug, FileKind::sql},
                           (std::filesystem::path{folder} / file.line.file).string());
}

// As a run of `up` would have left it, with the way back that the file has.
HistoryRow row_of(const Env& env, Session& session, const MigrationFile& file) {
    HistoryRow row = told_row(env, file);
    const std::vector<Step> steps = compile(file, env.engine());
    if (file.section(Way::down, env.engine().traits().name) != nullptr) {
        std::vector<UndoStep> undo;
        for (const Step& step : steps) {
            undo.push_back(find_undo(step, session, env.engine()));
        }
        row.inverse = to_json(undo);
        row.steps = row.steps_done = static_cast<std::int64_t>(steps.size());
    }
    return row;
}

// Files that are gone again unless keep() was called.
class NewFiles {
  public:
    ~NewFiles() {
        for (const std::string& path : kept_ ? std::vector<std::string>{} : paths_) {
            std::error_code ignored;
            std::filesystem::remove(path, ignored);
        }
    }
    NewFiles() = default;
    NewFiles(const NewFiles&) = delete;
    NewFiles& operator=(const NewFiles&) = delete;

    void write(const std::string& path, const std::string& text) {
        std::ofstream out{path, std::ios::binary};
        paths_.push_back(path);
        out << text;
        out.close();
        if (!out) {
            throw Error{ErrorKind::failed, "unwritable_file", path + " cannot be written"};
        }
    }
    void keep() { kept_ = true; }

  private:
    std::vector<std::string> paths_;
    bool kept_ = false;
};

void carry_out(const Env& env, const ImportOptions& options, const std::vector<Written>& files) {
    NewFiles written;
    std::filesystem::create_directories(options.folder);
    for (const Written& file : files) {
        written.write((std::filesystem::path{options.folder} / file.line.file).string(), file.text);
    }
    Work work{env, "import"};
    with_retries(env, "import", [&] {
        Transaction transaction{*work.session, TxMode::write};
        work.lease->fence(*work.session);
        if (!work.store.rows(*work.session).empty()) {
            throw Error{ErrorKind::refused, "history_not_empty", "somebody else began a history meanwhile"};
        }
        for (const Written& file : files) {
            if (file.line.applied) {
                work.store.put(*work.session, row_of(env, *work.session, parsed(file, options.folder)));
                work.store.append(*work.session, {0, file.line.version, "import", "done", env.who, env.host,
                                                  options.tool + " " + file.line.key, env.now_ms(), 0, 0});
            }
        }
        SchemaRecord{work.store, env.engine()}.take(*work.session);
        transaction.commit();
    });
    written.keep();
}

} // namespace

Imported import_history(const Env& env, const ImportOptions& options) {
    const ForeignTool* const tool = foreign_tool(options.tool);
    if (tool == nullptr) {
        std::string names;
        for (const ForeignTool& known : foreign_tools()) {
            names += (names.empty() ? "" : ", ") + std::string{known.name};
        }
        throw Error{ErrorKind::usage, "unknown_tool",
                    fmt::format("'{}' is none of the tools that can be imported: {}", options.tool, names)};
    }
    refuse_begun(env, options.folder);
    Import import{env, *tool, options};
    import.collect();
    Imported out{{}, import.skipped()};
    for (const Written& file : import.files()) {
        // Everything is read as `up` will read it, before anything is written.
        static_cast<void>(compile(parsed(file, options.folder), env.engine()));
        out.lines.push_back(file.line);
    }
    if (options.effect == ImportOptions::Effect::everything) {
        carry_out(env, options, import.files());
    }
    return out;
}

} // namespace turntable::migrate
