#include "migrate/fixture.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/core.h>
#include <toml++/toml.h>

#include "migrate/directory.hpp"
#include "migrate/op_tables.hpp"
#include "migrate/row_sql.hpp"

namespace turntable::migrate {
namespace {

namespace fs = std::filesystem;
using change::OpReader;

GivenRows read_given(const toml::table& table, const std::string& file) {
    OpReader reader{table, file};
    GivenRows given{{}, reader.line()};
    if (table.contains("sql")) {
        given.rows = engine_text(reader, "sql");
    } else {
        given.rows = read_upsert(reader);
    }
    reader.expect_nothing_else();
    return given;
}

ExpectedRows read_expected(const toml::table& table, const std::string& file) {
    OpReader reader{table, file};
    ExpectedRows expected{engine_text(reader, "query"), {}, reader.line()};
    for (const toml::table* const given : table_list(reader, "rows")) {
        auto& row = expected.rows.emplace_back();
        for (const auto& [column, value] : *given) {
            row.emplace(std::string{column.str()}, read_literal(value, file));
        }
    }
    reader.expect_nothing_else();
    return expected;
}

std::string query_for(const EngineText& text, const Env& env, const std::string& path, int line) {
    const std::string engine{env.engine().traits().name};
    const auto found = text.for_engine(engine);
    if (!found) {
        throw Error{ErrorKind::refused, "no_variant",
                    fmt::format("{}, line {}: nothing is said for {}", path, line, engine)};
    }
    return *found;
}

std::optional<double> number_of(const std::string& text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

// Engines write one value in several ways: t and 1, 17.5 and 17.50.
struct Equals {
    const Cell& cell;

    bool operator()(std::monostate) const { return !cell.has_value(); }
    bool operator()(bool flag) const {
        return flag ? cell == "t" || cell == "1" || cell == "true"
                    : cell == "f" || cell == "0" || cell == "false";
    }
    bool operator()(std::int64_t number) const { return cell == std::to_string(number); }
    bool operator()(double number) const { return cell && number_of(*cell) == number; }
    bool operator()(const std::string& text) const { return cell == text; }
};

std::string shown(const Literal& literal) {
    struct Show {
        std::string operator()(std::monostate) const { return "NULL"; }
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return fmt::format("{}", number); }
        std::string operator()(const std::string& text) const { return "'" + text + "'"; }
    };
    return std::visit(Show{}, literal);
}

// One row against the one that the query gave.
void compare_row(const std::map<std::string, Literal>& expected, const ResultSet& found, std::size_t number,
                 const std::string& where, std::vector<std::string>& out) {
    for (const auto& [column, value] : expected) {
        if (std::ranges::find(found.columns, column) == found.columns.end()) {
            out.push_back(fmt::format("{}: the query has no column {}", where, column));
        }
    }
    for (std::size_t i = 0; i < found.columns.size(); ++i) {
        const auto given = expected.find(found.columns[i]);
        const Literal value = given == expected.end() ? Literal{} : given->second;
        const Cell& cell = found.rows[number][i];
        if (!std::visit(Equals{cell}, value)) {
            out.push_back(fmt::format("{}, row {}: {} is {}, and {} is expected", where, number + 1,
                                      found.columns[i], cell ? "'" + *cell + "'" : "NULL", shown(value)));
        }
    }
}

} // namespace

Fixture parse_fixture(const std::string& text, const std::string& version, const std::string& path) {
    Fixture fixture{version, path, {}, {}, {}};
    toml::table root;
    try {
        root = toml::parse(canonical_text(text), path);
    } catch (const toml::parse_error& error) {
        throw change::bad_file(path, error.source(), std::string{error.description()});
    }
    OpReader reader{root, path};
    for (const char* const key : {"before", "after", "back"}) {
        static_cast<void>(reader.node(key));
    }
    reader.expect_nothing_else();
    each_table(root, "before", path,
               [&](const toml::table& t) { fixture.before.push_back(read_given(t, path)); });
    each_table(root, "after", path,
               [&](const toml::table& t) { fixture.after.push_back(read_expected(t, path)); });
    each_table(root, "back", path,
               [&](const toml::table& t) { fixture.back.push_back(read_expected(t, path)); });
    return fixture;
}

std::vector<Fixture> read_fixtures(const std::string& folder, const std::vector<MigrationFile>& files) {
    std::vector<Fixture> fixtures;
    const fs::path place = fs::path{folder} / "fixtures";
    for (const fs::directory_entry& entry :
         fs::is_directory(place) ? fs::directory_iterator{place} : fs::directory_iterator{}) {
        const std::string name = entry.path().filename().string();
        if (!entry.is_regular_file() || !name.ends_with(".toml")) {
            continue;
        }
        const auto belongs = std::ranges::find_if(files, [&name](const MigrationFile& file) {
            return name == file.version + ".toml" || name == file.name() + ".toml";
        });
        if (belongs == files.end()) {
            throw Error{ErrorKind::usage, "fixture_without_migration",
                        fmt::format("{} belongs to no migration", entry.path().string())}
                .next("call it as the migration, with the ending .toml");
        }
        fixtures.push_back(
            parse_fixture(read_bytes(entry.path().string()), belongs->version, entry.path().string()));
    }
    return fixtures;
}

void put_in(const Env& env, const Fixture& fixture) {
    const auto session = open_user_session(env);
    Transaction transaction{*session, TxMode::write};
    for (const GivenRows& given : fixture.before) {
        if (const auto* const rows = std::get_if<UpsertRows>(&given.rows)) {
            static_cast<void>(write_rows(*session, env.schema(), *rows));
        } else {
            session->run(query_for(std::get<EngineText>(given.rows), env, fixture.path, given.line));
        }
    }
    transaction.commit();
}

std::vector<std::string> differences(const Env& env, const Fixture& fixture,
                                     const std::vector<ExpectedRows>& expected) {
    std::vector<std::string> out;
    const auto session = open_user_session(env);
    for (const ExpectedRows& one : expected) {
        const std::string where = fmt::format("{}, line {}", fixture.path, one.line);
        const ResultSet found = session->run(query_for(one.query, env, fixture.path, one.line));
        if (found.rows.size() != one.rows.size()) {
            out.push_back(
                fmt::format("{}: {} rows, and {} are expected", where, found.rows.size(), one.rows.size()));
            continue;
        }
        for (std::size_t number = 0; number < one.rows.size(); ++number) {
            compare_row(one.rows[number], found, number, where, out);
        }
    }
    return out;
}

} // namespace turntable::migrate
