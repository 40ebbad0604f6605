// `test`: up, down, up, on a database of its own; schema and rows compared each time.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/book.hpp"
#include "migrate/checksum.hpp"
#include "migrate/fixture.hpp"
#include "migrate/scratch.hpp"
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

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

UpOptions up_to(const std::string& folder, const std::vector<MigrationFile>& files,
                const std::string& target) {
    UpOptions options{folder, target, {}, false, {}, {}, {}};
    for (const MigrationFile& file : files) {
        options.acknowledged.push_back(file.version); // nobody has to be asked on a database of its own
    }
    return options;
}

class Rehearser {
  public:
    Rehearser(const Env& env, const std::string& folder)
        : env_(env),
          folder_(folder),
          files_(read_directory(folder)),
          fixtures_(read_fixtures(folder, files_)) {}

    Rehearsal run(const std::string& from) {
        Rehearsal out;
        std::size_t first = 0;
        if (from != "base") {
            const std::vector<Line> lines = line_up(files_, {});
            const std::string version = find_line(lines, from).version;
            while (files_[first].version < version) {
                ++first;
            }
        }
        if (first > 0) {
            static_cast<void>(up(env_, up_to(folder_, files_, files_[first - 1].version)));
        }
        for (std::size_t i = first; i < files_.size(); ++i) {
            env_.context.observer.note("test " + files_[i].name());
            out.lines.push_back(one(files_[i].version));
        }
        all_at_once(first, out);
        return out;
    }

  private:
    [[nodiscard]] const Fixture* fixture_of(const std::string& version) const {
        const auto found = std::ranges::find(fixtures_, version, &Fixture::version);
        return found == fixtures_.end() ? nullptr : &*found;
    }

    RehearsalLine one(const std::string& version) {
        const Fixture none{};
        const Fixture& fixture = fixture_of(version) == nullptr ? none : *fixture_of(version);
        const UpOptions up_one = up_to(folder_, files_, version);
        put_in(env_, fixture);
        // Nothing has happened since the last one, unless the fixture has.
        const Snapshot before = top_ && fixture.before.empty() ? std::move(*top_) : snapshot(env_);
        top_.reset();
        const RunResult first = up(env_, up_one);
        const Snapshot after = snapshot(env_);
        check(first.done.size() == 1, "one migration at a time");
        RehearsalLine line{version, first.done[0].slug, first.done[0].undo.later, {}, false};
        append(line.findings, differences(env_, fixture, fixture.after));
        before_.emplace_back(before.objects);
        if (line.undo == to_string(UndoClass::none)) {
            one_way_ = before_.size();
            return line;
        }
        static_cast<void>(down(env_, {folder_, "-1", Migrator::Lossy::allowed, false, {}}));
        line.taken_back = true;
        const Snapshot back = snapshot(env_);
        compare(before.objects, back.objects, "schema after down", line.findings);
        if (keeps_rows(line.undo)) {
            compare(before.rows, back.rows, "rows after down", line.findings);
        }
        append(line.findings, differences(env_, fixture, fixture.back));
        static_cast<void>(up(env_, up_one));
        const Snapshot again = snapshot(env_);
        compare(after.objects, again.objects, "schema after the second up", line.findings);
        if (keeps_rows(line.undo)) {
            // Not the rows themselves: numbers that the server gives do not begin again.
            compare(after.counts, again.counts, "number of rows after the second up", line.findings);
        }
        top_ = again;
        return line;
    }

    // Down as far as there is a way back, in one go, and up again: what one migration leaves may be in the
    // way of another.
    void all_at_once(std::size_t first, Rehearsal& out) {
        const std::size_t count = before_.size() - one_way_;
        if (count < 2) {
            return;
        }
        const Snapshot top = snapshot(env_);
        const std::string lowest = files_[first + one_way_].name();
        env_.context.observer.note("test all from " + lowest);
        try {
            static_cast<void>(
                down(env_, {folder_, "-" + std::to_string(count), Migrator::Lossy::allowed, true, {}}));
            compare(before_[one_way_], snapshot(env_).objects, "schema after all down to " + lowest,
                    out.findings);
            static_cast<void>(up(env_, up_to(folder_, files_, "head")));
            compare(top.objects, snapshot(env_).objects, "schema after all up from " + lowest, out.findings);
        } catch (const Error& error) {
            out.findings.push_back(fmt::format("all down to {} and up: {}", lowest, error.what()));
        }
    }

    const Env& env_;
    const std::string& folder_;
    std::vector<MigrationFile> files_;
    std::vector<Fixture> fixtures_;
    std::vector<std::map<std::string, std::string>> before_; // objects before each migration that was tested
    std::optional<Snapshot> top_; // after the last migration, while nothing else happens
    std::size_t one_way_ = 0;     // how many of them are up to the last one without a way back
};

} // namespace

Rehearsal rehearse(const Env& env, const std::string& folder, const std::string& from) {
    refuse_full(env);
    return Rehearser{env, folder}.run(from);
}

} // namespace turntable::migrate
