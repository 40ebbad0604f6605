#include "migrate/scratch.hpp"

#include <cstdlib>
#include <fstream>

#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/directory.hpp"
#include "migrate/schema_record.hpp"
#include "migrate/sql/split.hpp"
#include "migrate/user_schema.hpp"

namespace turntable::migrate {
namespace {

SqlFlavor flavor_of(const Env& env) {
    const auto flavor = flavor_named(env.engine().traits().name);
    check(flavor.has_value(), "every engine has a flavour of SQL");
    return *flavor;
}

// What depends on others cannot go first, so it is tried until nothing is left or nothing goes any more.
void drop_all(Session& session, std::vector<SchemaPart> parts) {
    std::erase_if(parts, [](const SchemaPart& part) {
        return part.kind == "comment" || part.kind == "trigger_state" ||
               part.kind == "row_security"; // they go with what they are of
    });
    bool progress = true;
    std::string why;
    while (!parts.empty() && progress) {
        progress = false;
        for (std::size_t i = parts.size(); i-- > 0;) {
            try {
                static_cast<void>(session.run(Statement{parts[i].drop, {}, "empty it", Blocks::nobody}));
            } catch (const DatabaseError& error) {
                why = error.what();
                // An index or a trigger goes with its table.
                if (error.kind() != DatabaseErrorKind::no_such_object) {
                    continue;
                }
            }
            parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
            progress = true;
        }
    }
    if (!parts.empty()) {
        throw Error{ErrorKind::failed, "not_emptied",
                    fmt::format("{} {} cannot be dropped: {}", parts.back().kind, parts.back().name, why)};
    }
}

} // namespace

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "turntable-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw Error{ErrorKind::failed, "unwritable_file", pattern + " cannot be made"};
    }
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::put(const std::string& name, const std::string& text) const {
    std::ofstream out{path_ / name, std::ios::binary};
    out << text;
    out.close();
    if (!out) {
        throw Error{ErrorKind::failed, "unwritable_file", (path_ / name).string() + " cannot be written"};
    }
}

void refuse_full(const Env& scratch) {
    const auto session = open_user_session(scratch);
    const std::vector<SchemaObject> found = user_objects(scratch.engine(), *session);
    if (!found.empty()) {
        throw Error{ErrorKind::refused, "not_empty",
                    fmt::format("the scratch database is not empty: it has {} {}", found.front().kind,
                                found.front().name)}
            .next("give an empty one: everything in it is made and dropped again");
    }
    const Store store{scratch.engine()};
    if (store.exists(*session) && !store.rows(*session).empty()) {
        throw Error{ErrorKind::refused, "not_empty", "the scratch database has a history of migrations"}.next(
            "give an empty one");
    }
}

void apply_all(const Env& scratch, const std::string& folder) {
    UpOptions options;
    options.folder = folder;
    options.allow_out_of_order = true;
    for (const MigrationFile& file : read_directory(folder)) {
        options.acknowledged.push_back(file.version);
    }
    static_cast<void>(up(scratch, options));
}

void apply_history(const Env& scratch, const std::vector<HistoryRow>& rows) {
    const TemporaryFolder folder;
    for (const HistoryRow& row : rows) {
        if (row.text.empty()) {
            throw Error{ErrorKind::refused, "no_text",
                        fmt::format("the history has no text of {}_{}: it cannot be made again", row.version,
                                    row.slug)}
                .next("`turntable drift` without --scratch compares with what was recorded");
        }
        folder.put(row.file, row.text);
    }
    apply_all(scratch, folder.path());
}

void run_text(const Env& scratch, const std::string& text, const std::string& path) {
    const auto session = open_user_session(scratch);
    for (const SqlPiece& piece : split_sql(canonical_text(text), flavor_of(scratch))) {
        try {
            static_cast<void>(session->run(Statement{piece.text, {}, "load the schema", Blocks::nobody}));
        } catch (const DatabaseError& error) {
            throw Error{ErrorKind::failed, "statement_failed",
                        fmt::format("{}, line {}: {}", path, piece.line, error.what())};
        }
    }
}

void drop_everything(const Env& scratch) {
    const auto session = open_user_session(scratch);
    drop_all(*session, user_parts(scratch.engine(), *session));
}

void start_over(const Env& scratch) {
    drop_everything(scratch);
    const Store store{scratch.engine()};
    const auto session = open_user_session(scratch);
    std::vector<SchemaPart> kept;
    for (const AsideRow& row : store.asides(*session)) {
        kept.push_back({"table", row.name, {}, {}, row.gone});
        store.erase_aside(*session, row.name);
    }
    drop_all(*session, std::move(kept));
    for (const HistoryRow& row : store.rows(*session)) {
        store.erase(*session, row.version);
    }
    SchemaRecord{store, scratch.engine()}.take(*session);
}

} // namespace turntable::migrate
