#include "cli/new_command.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/core.h>

#include "cli/at_work.hpp"
#include "cli/desk.hpp"
#include "cli/migrate_commands.hpp"
#include "cli/render_schema.hpp"
#include "migrate/compose.hpp"
#include "migrate/directory.hpp"

namespace turntable::cli {
namespace {

Error usage(const std::string& code, const std::string& what) {
    return Error{ErrorKind::usage, code, what}.next("`turntable new --help` lists the options");
}

constexpr const char* toml_template = R"([[op]]
kind = "add_column"    # docs/migrations.md lists the kinds
table = "…"
column = "…"
type = "text"
)";
constexpr const char* sql_template = "-- turntable:up\n\n-- turntable:down\n\n";

// A version later than every one that is there, even if clocks differ.
std::string next_version(const std::vector<migrate::MigrationFile>& files) {
    auto time = real_clock().wall();
    std::string version = migrate::version_at(time);
    while (!files.empty() && version <= files.back().version) {
        time += Seconds{1};
        version = migrate::version_at(time);
        if (files.back().version > migrate::version_at(real_clock().wall() + std::chrono::hours{24 * 366})) {
            throw usage("version_ahead", fmt::format("{} is a year ahead of the clock", files.back().path));
        }
    }
    return version;
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out{path, std::ios::binary};
    out << text;
    out.close();
    if (!out) {
        throw Error{ErrorKind::failed, "unwritable_file", fmt::format("{} cannot be written", path.string())};
    }
}

std::filesystem::path path_of(const std::string& folder, const migrate::FileName& name) {
    return std::filesystem::path{folder} / fmt::format("{}_{}.{}", name.version, name.slug,
                                                       name.kind == migrate::FileKind::sql ? "sql" : "toml");
}

// The next version, and a name that no other file has.
migrate::FileName next_name(const Invocation& invocation, const std::string& folder,
                            const std::string& description) {
    const std::string slug = migrate::slug_of(description);
    std::filesystem::create_directories(folder);
    const auto files = migrate::read_directory(folder);
    for (const migrate::MigrationFile& file : files) {
        if (file.slug == slug) {
            throw usage("duplicate_migration", fmt::format("{} has this name already", file.path));
        }
    }
    return {next_version(files), slug,
            invocation.migrate.sql ? migrate::FileKind::sql : migrate::FileKind::toml};
}

int print_composed(const Invocation& invocation, const std::string& path, const migrate::Composed& composed) {
    print(as_json(invocation) ? composed_json(path, composed) : composed_text(path, composed));
    return composed.leftover.empty() ? 0 : static_cast<int>(ErrorKind::negative);
}

// A URL, or a file.
migrate::SchemaSide wanted_of(const Invocation& on_scratch, const migrate::Env& scratch) {
    const std::string& wanted = *on_scratch.migrate.from_diff;
    if (std::filesystem::exists(wanted)) {
        return migrate::wanted_schema(scratch, wanted);
    }
    Invocation other = on_scratch;
    other.globals.url = wanted;
    const Desk desk = open_desk(other);
    if (desk.engine->traits().name != scratch.engine().traits().name) {
        throw usage("other_engine", "the wanted schema and the scratch database are of two engines");
    }
    migrate::SchemaSide side;
    with_migrations(other, desk, [&](const migrate::Env& env) { side = migrate::wanted_schema(env); });
    return side;
}

int new_from_difference(const Invocation& invocation, const std::string& folder,
                        const std::string& description) {
    if (!invocation.migrate.scratch) {
        throw usage("no_scratch",
                    "--from-diff needs --scratch URL, an empty database in which the migrations run");
    }
    const migrate::FileName name = next_name(invocation, folder, description);
    const Invocation other = on_scratch(invocation);
    const Desk desk = open_desk(other);
    migrate::Composed composed;
    with_migrations(other, desk, [&](const migrate::Env& scratch) {
        composed = migrate::compose_difference(scratch, folder, name, description, wanted_of(other, scratch));
    });
    const std::filesystem::path path = path_of(folder, name);
    if (!composed.text.empty()) {
        write_file(path, composed.text);
    }
    return print_composed(invocation, composed.text.empty() ? "" : path.string(), composed);
}

int new_fix(const Invocation& invocation, const std::string& folder, const std::string& description) {
    const Desk desk = open_desk(invocation);
    migrate::Fix fix;
    with_migrations(invocation, desk, [&](const migrate::Env& env) {
        fix = migrate::compose_fix(env, folder, *invocation.migrate.fix, description);
    });
    const std::filesystem::path path = path_of(folder, next_name(invocation, folder, description));
    write_file(path, fix.file.text);
    if (fix.restore) {
        write_file(fix.restore->first, fix.restore->second);
        fix.file.notes.push_back(fix.restore->first +
                                 " is again as it was applied; what it said instead is in the new file");
    }
    return print_composed(invocation, path.string(), fix.file);
}

} // namespace

int new_migration(const Invocation& invocation) {
    const MigrateWords& given = invocation.migrate;
    const std::string description = only_migrate_word(invocation, "DESCRIPTION");
    const std::string folder = migrations_folder(invocation);
    if ((given.from_diff ? 1 : 0) + (given.fix ? 1 : 0) + (given.sql ? 1 : 0) > 1) {
        throw usage("bad_option", "--sql, --from-diff and --fix exclude each other");
    }
    if (given.scratch && !given.from_diff) {
        throw usage("bad_option", "--scratch is for --from-diff");
    }
    if (given.from_diff) {
        return new_from_difference(invocation, folder, description);
    }
    if (given.fix) {
        return new_fix(invocation, folder, description);
    }
    const std::filesystem::path path = path_of(folder, next_name(invocation, folder, description));
    std::string quoted;
    for (const char c : description) {
        quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    write_file(path, given.sql ? "-- turntable:description " + description + "\n" + sql_template
                               : "description = \"" + quoted + "\"\n\n" + toml_template);
    print(as_json(invocation) ? fmt::format("{{\"file\":\"{}\"}}\n", path.string()) : path.string() + "\n");
    return 0;
}

} // namespace turntable::cli
