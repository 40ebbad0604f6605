#include "migrate/compose.hpp"

#include <filesystem>

#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/directory.hpp"
#include "migrate/drift.hpp"
#include "migrate/op_toml.hpp"
#include "migrate/scratch.hpp"
#include "migrate/user_schema.hpp"

namespace turntable::migrate {
namespace {

// As a TOML text between quotes.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return out + "\"";
}

SchemaSide side_of(const Env& env) {
    const auto session = open_user_session(env);
    return read_side(*session, env.engine());
}

// The files alone: an integrity file would refuse the new one.
void copy_files(const std::string& folder, const TemporaryFolder& to) {
    for (const MigrationFile& file : read_directory(folder)) {
        to.put(std::filesystem::path{file.path}.filename().string(), read_bytes(file.path));
    }
}

std::string file_text(const std::string& description, const SchemaSteps& steps) {
    std::string out = "description = " + quoted(description) + "\n";
    for (const std::string& note : steps.notes) {
        out += "# " + note + "\n";
    }
    return out + "\n" + op_blocks(steps.ops);
}

// The new file on top of the others; what differs from the wanted schema then.
std::vector<SchemaDifference> try_file(const Env& scratch, const TemporaryFolder& folder,
                                       const FileName& name, const std::string& text,
                                       const SchemaSide& wanted) {
    folder.put(name.version + "_" + name.slug + ".toml", text);
    apply_all(scratch, folder.path());
    const auto session = open_user_session(scratch);
    return schema_differences(wanted.objects, texts_of(user_objects(scratch.engine(), *session)));
}

// Tables that create_table made, and not as they should be.
std::set<std::string> badly_made(const SchemaSteps& steps, const std::vector<SchemaDifference>& differences,
                                 const SchemaSide& wanted) {
    std::set<std::string> out;
    for (const SchemaDifference& difference : differences) {
        for (const SchemaPart& part : wanted.parts) {
            const bool this_one = part.kind == "table" && part.name == difference.name;
            for (const Op& op : steps.ops) {
                const auto* const made = std::get_if<CreateTable>(&op.body);
                if (this_one && made != nullptr && made->table.name == part.table) {
                    out.insert(part.table.display());
                }
            }
        }
    }
    return out;
}

} // namespace

SchemaSide wanted_schema(const Env& env) {
    return side_of(env);
}

SchemaSide wanted_schema(const Env& scratch, const std::string& path) {
    refuse_full(scratch);
    run_text(scratch, read_bytes(path), path);
    SchemaSide side = side_of(scratch);
    drop_everything(scratch);
    return side;
}

Composed compose_difference(const Env& scratch, const std::string& folder, const FileName& name,
                            const std::string& description, const SchemaSide& wanted) {
    refuse_full(scratch);
    const TemporaryFolder files;
    copy_files(folder, files);
    apply_all(scratch, files.path());
    const std::string engine{scratch.engine().traits().name};
    const SchemaSide from = side_of(scratch);
    SchemaSteps steps = steps_between(from, wanted, engine, {});
    Composed out;
    std::vector<SchemaDifference> rest;
    if (steps.ops.empty()) {
        rest = schema_differences(wanted.objects, from.objects);
    } else {
        out.text = file_text(description, steps);
        rest = try_file(scratch, files, name, out.text, wanted);
        // Where create_table says less than the table has, its own SQL says it all.
        if (const auto raw = badly_made(steps, rest, wanted); !raw.empty()) {
            start_over(scratch);
            steps = steps_between(from, wanted, engine, raw);
            out.text = file_text(description, steps);
            rest = try_file(scratch, files, name, out.text, wanted);
        }
    }
    out.notes = steps.notes;
    for (const SchemaDifference& difference : rest) {
        out.leftover.push_back(
            fmt::format("{} {} {}", difference.kind, difference.name,
                        difference.change == SchemaDifference::Change::missing      ? "is still missing"
                        : difference.change == SchemaDifference::Change::unexpected ? "is still there"
                                                                                    : "still differs"));
    }
    return out;
}

} // namespace turntable::migrate
