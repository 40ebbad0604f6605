// History tables as their tools make them.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include <fmt/core.h>

#include "migrate/import/foreign.hpp"
#include "migrate/import/text.hpp"

namespace turntable::migrate {
namespace {

bool is_true(const Cell& cell) {
    return cell && (*cell == "t" || *cell == "1" || *cell == "true");
}

Error unfinished(const std::string& what, const std::string& next) {
    return Error{ErrorKind::refused, "unfinished", what}.next(next);
}

std::vector<std::string> first_column(const ForeignQuery& query, const std::string& sql) {
    std::vector<std::string> out;
    for (const auto& row : query.session.run(sql).rows) {
        out.push_back(row[0].value_or(""));
    }
    return out;
}

// What the last word about each version says: it may be undone and applied again.
ForeignHistory flyway(const ForeignQuery& query) {
    ForeignHistory out;
    for (const auto& row :
         query.session
             .run(fmt::format("SELECT version, type, success FROM {} ORDER BY installed_rank",
                              query.table.value_or("flyway_schema_history")))
             .rows) {
        if (!row[0]) {
            continue; // repeatable
        }
        const std::string version = plain_version(*row[0]);
        const std::string type = row[1].value_or("");
        if (!is_true(row[2])) {
            throw unfinished("flyway's version " + *row[0] + " failed",
                             "mend it and run `flyway repair` first");
        }
        if (type == "BASELINE" || type == "SQL_BASELINE") {
            out.up_to = version;
        } else if (type.starts_with("UNDO") || type == "DELETE") {
            std::erase(out.applied, version);
        } else if (std::ranges::find(out.applied, version) == out.applied.end()) {
            out.applied.push_back(version);
        }
    }
    return out;
}

ForeignHistory liquibase(const ForeignQuery& query) {
    ForeignHistory out;
    for (const auto& row :
         query.session
             .run(fmt::format("SELECT ID, AUTHOR, FILENAME FROM {} WHERE EXECTYPE <> 'FAILED' ORDER BY "
                              "ORDEREXECUTED",
                              query.table.value_or("DATABASECHANGELOG")))
             .rows) {
        out.applied.push_back(fmt::format("{}\x1f{}\x1f{}", row[0].value_or(""), row[1].value_or(""),
                                          base_name(row[2].value_or(""))));
    }
    return out;
}

// dbmate and rails.
ForeignHistory schema_migrations(const ForeignQuery& query) {
    return {first_column(query, fmt::format("SELECT version FROM {} ORDER BY version",
                                            query.table.value_or("schema_migrations"))),
            {}};
}

ForeignHistory goose(const ForeignQuery& query) {
    ForeignHistory out;
    for (const auto& row : query.session
                               .run(fmt::format("SELECT version_id, is_applied FROM {} ORDER BY id",
                                                query.table.value_or("goose_db_version")))
                               .rows) {
        const std::string version = row[0].value_or("");
        std::erase(out.applied, version);
        if (is_true(row[1]) && version != "0") {
            out.applied.push_back(version);
        }
    }
    return out;
}

// It keeps a mark and not a list.
ForeignHistory golang_migrate(const ForeignQuery& query) {
    ForeignHistory out;
    for (const auto& row :
         query.session
             .run(fmt::format("SELECT version, dirty FROM {}", query.table.value_or("schema_migrations")))
             .rows) {
        if (is_true(row[1])) {
            throw unfinished("version " + row[0].value_or("") + " of golang-migrate is dirty",
                             "mend it and run `migrate force VERSION` first");
        }
        out.up_to = row[0].value_or("");
        out.applied = {*out.up_to};
    }
    return out;
}

// On SQLite its registry is a file beside the database.
std::string sqitch_table(const ForeignQuery& query) {
    if (query.table) {
        return *query.table;
    }
    if (query.engine == "sqlite") {
        const std::string main =
            query.session.run("SELECT file FROM pragma_database_list WHERE name = 'main'")
                .only()
                .value_or("");
        const std::string registry = (std::filesystem::path{main}.parent_path() / "sqitch.db").string();
        if (!std::filesystem::exists(registry)) {
            throw DatabaseError{DatabaseErrorKind::no_such_object, "", "there is no " + registry};
        }
        query.session.run("ATTACH DATABASE ? AS sqitch", {registry});
    }
    return "sqitch.changes";
}

ForeignHistory sqitch(const ForeignQuery& query) {
    const std::string table = sqitch_table(query);
    const std::string column =
        query.engine == "mysql" || query.engine == "mariadb" ? "`change`" : "\"change\"";
    return {first_column(query,
                         fmt::format("SELECT {} FROM {} ORDER BY committed_at, {}", column, table, column)),
            {}};
}

ForeignHistory django(const ForeignQuery& query) {
    ForeignHistory out;
    for (const auto& row : query.session
                               .run(fmt::format("SELECT app, name FROM {} ORDER BY id",
                                                query.table.value_or("django_migrations")))
                               .rows) {
        out.applied.push_back(row[0].value_or("") + "." + row[1].value_or(""));
    }
    return out;
}

ForeignHistory laravel(const ForeignQuery& query) {
    return {first_column(query, fmt::format("SELECT migration FROM {} ORDER BY batch, migration",
                                            query.table.value_or("migrations"))),
            {}};
}

ForeignHistory alembic(const ForeignQuery& query) {
    return {first_column(query, fmt::format("SELECT version_num FROM {} ORDER BY version_num",
                                            query.table.value_or("alembic_version"))),
            {}};
}

const std::array<ForeignTool, 10>& tools() {
    static const std::array<ForeignTool, 10> list{{
        {"alembic", {"alembic_version"}, &read_alembic, &alembic, nullptr},
        {"dbmate", {"schema_migrations"}, &read_dbmate, &schema_migrations, nullptr},
        {"django", {"django_migrations"}, nullptr, &django, nullptr},
        {"flyway", {"flyway_schema_history"}, &read_flyway, &flyway, &version_not_after},
        {"golang-migrate", {"schema_migrations"}, &read_golang_migrate, &golang_migrate, &version_not_after},
        {"goose", {"goose_db_version"}, &read_goose, &goose, nullptr},
        {"laravel", {"migrations"}, nullptr, &laravel, nullptr},
        {"liquibase", {"databasechangelog", "databasechangeloglock"}, &read_liquibase, &liquibase, nullptr},
        {"rails", {"schema_migrations", "ar_internal_metadata"}, nullptr, &schema_migrations, nullptr},
        {"sqitch", {}, &read_sqitch, &sqitch, nullptr},
    }};
    return list;
}

} // namespace

std::span<const ForeignTool> foreign_tools() {
    return tools();
}

const ForeignTool* foreign_tool(std::string_view name) {
    const auto found = std::ranges::find(tools(), name, &ForeignTool::name);
    return found == tools().end() ? nullptr : &*found;
}

} // namespace turntable::migrate
