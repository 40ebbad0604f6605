// `test`: up, down, up, on a database of its own; schema and rows compared each time.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/book.hpp"
#include "migrate/checksum.hpp"
#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

struct Snapshot {
    std::map<std::string, std::string> objects; // "kind name" -> text
    std::map<std::string, std::string> counts;  // table -> number of its rows
    std::map<std::string, std::string>
        rows; // table -> hash of its rows, columns and rows in an order of their own
};

std::string rows_hash(const ResultSet& found) {
    std::vector<std::string> lines;
    for (const auto& row : found.rows) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < row.size(); ++i) {
            cells.push_back(found.columns[i] + "=" + (row[i] ? "'" + *row[i] + "'" : "NULL"));
        }
        std::ranges::sort(cells);
        std::string& line = lines.emplace_back();
        for (const std::string& cell : cells) {
            line += cell + "\x1f";
        }
    }
    std::ranges::sort(lines);
    std::string all;
    for (const std::string& line : lines) {
        all += line + "\n";
    }
    return sha256(all);
}

Snapshot snapshot(const Env& env) {
    const auto session = open_user_session(env);
    Snapshot out;
    for (const SchemaObject& object : env.schema().objects(*session)) {
        out.objects[object.kind + " " + object.name] = object.text;
        if (object.kind == "table") {
            // PostgreSQL gives names ready for SQL, the others as they are.
            const bool ready = env.engine().traits().name == "postgresql";
            const std::string table = ready ? object.name : env.schema().quoted(object.name);
            const ResultSet found = session->run("SELECT * FROM " + table);
            out.rows[object.name] = rows_hash(found);
            out.counts[object.name] = std::to_string(found.rows.size());
        }
    }
    return out;
}

void compare(const std::map<std::string, std::string>& wanted,
             const std::map<std::string, std::string>& found, const std::string& what,
             std::vector<std::string>& findings) {
    for (const auto& [name, text] : wanted) {
        const auto other = found.find(name);
        if (other == found.end()) {
            findings.push_back(fmt::format("{}: {} is missing", what, name));
        } else if (other->second != text) {
            findings.push_back(fmt::format("{}: {} differs", what, name));
        }
    }
    for (const auto& [name, text] : found) {
        if (!wanted.contains(name)) {
            findings.push_back(fmt::format("{}: {} should not be there", what, name));
        }
    }
}

bool keeps_rows(const std::string& undo) {
    return undo != to_string(UndoClass::lossy) && undo != to_string(UndoClass::none);
}

void refuse_full(const Env& env) {
    const Snapshot found = snapshot(env);
    if (!found.objects.empty()) {
        throw Error{
            ErrorKind::refused, "not_empty",
            fmt::format("the database for the test is not empty: it has {}", found.objects.begin()->first)}
            .next("give an empty one: everything in it is made and dropped again");
    }
}

RehearsalLine rehearse_one(const Env& env, const std::string& folder, const std::string& version) {
    const UpOptions up_one{folder, version, {}, false, {version}};
    const DownOptions down_one{folder, "-1", Migrator::Lossy::allowed, false};
    const Snapshot before = snapshot(env);
    const RunResult first = up(env, up_one);
    const Snapshot after = snapshot(env);
    check(first.done.size() == 1, "one migration at a time");
    RehearsalLine line{version, first.done[0].slug, first.done[0].undo, {}, false};
    if (line.undo == to_string(UndoClass::none)) {
        return line;
    }
    static_cast<void>(down(env, down_one));
    line.taken_back = true;
    const Snapshot back = snapshot(env);
    compare(before.objects, back.objects, "schema after down", line.findings);
    if (keeps_rows(line.undo)) {
        compare(before.rows, back.rows, "rows after down", line.findings);
    }
    static_cast<void>(up(env, up_one));
    const Snapshot again = snapshot(env);
    compare(after.objects, again.objects, "schema after the second up", line.findings);
    if (keeps_rows(line.undo)) {
        // Not the rows themselves: numbers that the server gives do not begin again.
        compare(after.counts, again.counts, "number of rows after the second up", line.findings);
    }
    return line;
}

} // namespace

std::vector<RehearsalLine> rehearse(const Env& env, const std::string& folder) {
    refuse_full(env);
    std::vector<RehearsalLine> out;
    for (const MigrationFile& file : read_directory(folder)) {
        env.context.observer.note("test " + file.name());
        out.push_back(rehearse_one(env, folder, file.version));
    }
    return out;
}

} // namespace turntable::migrate
