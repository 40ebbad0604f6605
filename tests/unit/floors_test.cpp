// Includes point down only. docs/architecture.md names the floors; this test reads every include of the
// program.

#include <filesystem>
#include <map>
#include <optional>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/source_tree.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;

struct Include {
    std::string text; // between the quotes or brackets
    bool quoted = false;
};

// The floor of each folder of src: a file may include its own folder and lower floors.
const std::map<std::string, int> floors{{"turntable", 0}, {"base", 1},    {"syntax", 1},  {"change", 2},
                                        {"control", 2},   {"plan", 3},    {"machine", 3}, {"phase", 4},
                                        {"run", 5},       {"migrate", 6}, {"cli", 7},     {"main", 8}};

// Which client library belongs to which engine folders: the beginning of the header's name.
const std::map<std::string, std::vector<std::string>> client_libraries{
    {"pqxx/", {"postgresql"}},        {"libpq", {"postgresql"}},          {"pg_query", {"postgresql"}},
    {"sqlite3", {"sqlite"}},          {"cppconn/", {"mysql", "mariadb"}}, {"mysql", {"mysql", "mariadb"}},
    {"mariadb", {"mysql", "mariadb"}}};

// Folders outside the engines that may know a library, because it needs no server.
const std::map<std::string, std::string> offline_libraries{{"pg_query", "syntax"}};

std::optional<Include> include_of(const std::string& line) {
    static const std::regex directive{R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)"};
    std::smatch match;
    if (!std::regex_match(line, match, directive)) {
        return std::nullopt;
    }
    return Include{match[2], match[1] == "\""};
}

// "src/run/x.cpp" -> "run"; "src/main.cpp" -> "main"; "include/turntable/x.hpp" -> "turntable".
std::string folder_of(const std::string& path) {
    const fs::path relative = fs::path{path}.lexically_relative(path.starts_with("src/") ? "src" : "include");
    return std::next(relative.begin()) == relative.end() ? "main" : relative.begin()->string();
}

// "src/engine/sqlite/plan/x.cpp" -> "sqlite"; nullopt outside the engines.
std::optional<std::string> engine_of(const std::string& path) {
    static const std::regex engine{"src/engine/([^/]+)/.*"};
    std::smatch match;
    return std::regex_match(path, match, engine) ? std::optional<std::string>{match[1]} : std::nullopt;
}

std::string owner_of_client_header(const std::string& header) {
    for (const auto& [prefix, engines] : client_libraries) {
        if (header.starts_with(prefix)) {
            return testing::PrintToString(engines);
        }
    }
    return "";
}

bool is_own_client_header(const std::string& header, const std::string& engine) {
    return std::ranges::any_of(client_libraries, [&](const auto& library) {
        return header.starts_with(library.first) &&
               std::ranges::find(library.second, engine) != library.second.end();
    });
}

// What is wrong with one include; empty if nothing.
std::string fault_in_engine(const std::string& path, const std::string& engine, const Include& include,
                            const fs::path& project) {
    if (!include.quoted) {
        const std::string owner = owner_of_client_header(include.text);
        return owner.empty() || is_own_client_header(include.text, engine) ? ""
                                                                           : "belongs to engines " + owner;
    }
    const fs::path own = project / "src/engine" / engine;
    const bool in_own_folder =
        fs::exists(own / include.text) || fs::exists((project / path).parent_path() / include.text);
    return in_own_folder || include.text.starts_with("turntable/")
               ? ""
               : "an engine includes only turntable/ and itself";
}

std::string fault_in_program(const std::string& path, const Include& include) {
    const std::string from = folder_of(path);
    if (!include.quoted) {
        const std::string owner = owner_of_client_header(include.text);
        const bool offline = std::ranges::any_of(offline_libraries, [&](const auto& library) {
            return include.text.starts_with(library.first) && from == library.second;
        });
        return owner.empty() || offline ? "" : "a client library, for engines " + owner + " alone";
    }
    const std::string to = include.text.substr(0, include.text.find('/'));
    if (!floors.contains(to)) {
        return to == "engine" ? "nothing includes an engine" : "folder '" + to + "' has no floor";
    }
    return from == to || floors.at(to) < floors.at(from) ? "" : "points up from " + from + " to " + to;
}

std::vector<std::string> faults(const SourceFile& file, const fs::path& project) {
    std::vector<std::string> found;
    for (const std::string& line : file.lines) {
        const std::optional<Include> include = include_of(line);
        if (!include) {
            continue;
        }
        const std::optional<std::string> engine = engine_of(file.path);
        const std::string fault = engine ? fault_in_engine(file.path, *engine, *include, project)
                                         : fault_in_program(file.path, *include);
        if (!fault.empty()) {
            found.push_back(file.path + " includes " + include->text + ": " + fault);
        }
    }
    return found;
}

std::vector<std::string> faults_of(const std::string& path, const std::string& line) {
    return faults(SourceFile{path, {line}}, TURNTABLE_SOURCE_DIR);
}

TEST(Floors, NoIncludeOfTheProgramPointsUp) {
    const auto files = source_files(TURNTABLE_SOURCE_DIR, {"src", "include"});
    ASSERT_GT(files.size(), 50U) << "the sources were not found";
    for (const SourceFile& file : files) {
        EXPECT_THAT(faults(file, TURNTABLE_SOURCE_DIR), testing::IsEmpty());
    }
}

TEST(Floors, EveryFolderOfTheSourcesHasAFloor) {
    for (const SourceFile& file : source_files(TURNTABLE_SOURCE_DIR, {"src", "include"})) {
        EXPECT_TRUE(engine_of(file.path) || floors.contains(folder_of(file.path))) << file.path;
    }
}

TEST(Floors, AnIncludeThatPointsUpIsSeen) {
    EXPECT_THAT(faults_of("src/machine/decide.cpp", "#include \"run/driver.hpp\""), testing::SizeIs(1));
    EXPECT_THAT(faults_of("include/turntable/units.hpp", "#include \"plan/audit.hpp\""), testing::SizeIs(1));
    EXPECT_THAT(faults_of("src/run/driver.cpp", "#include \"phase/slice.hpp\""), testing::IsEmpty());
}

TEST(Floors, AnIncludeOfAnEngineIsSeen) {
    EXPECT_THAT(faults_of("src/run/driver.cpp", "#include \"engine/sqlite/engine.hpp\""), testing::SizeIs(1));
    EXPECT_THAT(faults_of("src/engine/mysql/a.cpp", "#include \"engine/sqlite/engine.hpp\""),
                testing::SizeIs(1));
    EXPECT_THAT(faults_of("src/engine/mysql/a.cpp", "#include \"run/journal.hpp\""), testing::SizeIs(1));
}

TEST(Floors, AClientLibraryOutsideItsEngineIsSeen) {
    EXPECT_THAT(faults_of("src/run/driver.cpp", "#include <sqlite3.h>"), testing::SizeIs(1));
    EXPECT_THAT(faults_of("src/engine/mysql/a.cpp", "#include <pqxx/pqxx>"), testing::SizeIs(1));
    EXPECT_THAT(faults_of("src/engine/sqlite/a.cpp", "#include <sqlite3.h>"), testing::IsEmpty());
    EXPECT_THAT(faults_of("src/migrate/sql/a.cpp", "#include <pg_query.h>"), testing::SizeIs(1));
    EXPECT_THAT(faults_of("src/syntax/a.cpp", "#include <pg_query.h>"), testing::IsEmpty());
    EXPECT_THAT(faults_of("src/syntax/a.cpp", "#include <sqlite3.h>"), testing::SizeIs(1));
}

} // namespace
} // namespace turntable::test
