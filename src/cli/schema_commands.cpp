#include "cli/schema_commands.hpp"

#include "cli/at_work.hpp"
#include "cli/desk.hpp"
#include "cli/migrate_commands.hpp"
#include "cli/render_schema.hpp"
#include "migrate/api_schema.hpp"
#include "migrate/dump.hpp"
#include "migrate/import/import.hpp"

namespace turntable::cli {
namespace {

constexpr int negative = static_cast<int>(ErrorKind::negative);

const std::string dump_header = "-- The schema. Not part of it: rows, owners, rights (GRANT).\n\n";

} // namespace

int dump_schema(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    const std::string engine{desk.engine->traits().name};
    std::vector<SchemaPart> parts;
    with_migrations(invocation, desk, [&](const migrate::Env& env) { parts = migrate::dump(env); });
    print(as_json(invocation) ? dump_json(parts, engine) : dump_header + migrate::dump_text(parts, engine));
    return 0;
}

int find_drift(const Invocation& invocation) {
    const auto& scratch = invocation.migrate.scratch;
    if (invocation.migrate.record && scratch) {
        throw Error{ErrorKind::usage, "bad_option", "--record and --scratch exclude each other"};
    }
    const Desk desk = open_desk(invocation);
    if (invocation.migrate.record) {
        with_migrations(invocation, desk, [](const migrate::Env& env) { migrate::record_schema(env); });
        print(as_json(invocation) ? "{\"done\":true}\n" : "the schema as it is now is taken for right\n");
        return 0;
    }
    std::vector<migrate::SchemaDifference> found;
    if (scratch) {
        const Invocation other = on_scratch(invocation);
        const Desk scratch_desk = open_desk(other);
        with_migrations(invocation, desk, [&](const migrate::Env& env) {
            with_migrations(other, scratch_desk,
                            [&](const migrate::Env& empty) { found = migrate::drift(env, empty); });
        });
    } else {
        with_migrations(invocation, desk, [&](const migrate::Env& env) { found = migrate::drift(env); });
    }
    const char* const against = scratch ? "scratch" : "history";
    print(as_json(invocation) ? drift_json(found, against) : drift_text(found));
    return found.empty() ? 0 : negative;
}

int import_migrations(const Invocation& invocation) {
    using migrate::ImportOptions;
    ImportOptions options;
    options.tool = only_migrate_word(invocation, "TOOL");
    options.folder = migrations_folder(invocation);
    options.from = invocation.migrate.from;
    options.table = invocation.migrate.table;
    options.shape =
        invocation.migrate.as_baseline ? ImportOptions::Shape::baseline : ImportOptions::Shape::files;
    options.effect = invocation.dry_run ? ImportOptions::Effect::nothing : ImportOptions::Effect::everything;
    const Desk desk = open_desk(invocation);
    migrate::Imported imported;
    with_migrations(invocation, desk,
                    [&](const migrate::Env& env) { imported = migrate::import_history(env, options); });
    print(as_json(invocation) ? import_json(imported, options) : import_text(imported, options));
    return 0;
}

} // namespace turntable::cli
