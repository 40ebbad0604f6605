#include "plan_script.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "copy_sql.hpp"
#include "names.hpp"

namespace turntable::sqlite {
namespace {

// Measured on a small machine, see docs/engines/sqlite.md: an index holds the write lock while it is built.
constexpr double index_ms_per_row = 0.00055;
constexpr double copied_rows_per_second = 600'000;
constexpr double copied_rows_per_second_indexed = 80'000;
constexpr double verified_rows_per_second = 700'000;
constexpr Rows sampled_rows = 1000;
constexpr Rows counted_rows_max = 4'000'000;
constexpr Rows counted_in_one_step = 200'000;
constexpr Bytes row_overhead = 12;

// Exact up to a few million rows, which decides what may be done in one piece; beyond that the span of the
// rowids, an upper bound that costs two page reads: ids with gaps, a snowflake's say, make it far too large.
// In steps, so that without a write-ahead log a writer waits for one step only.
Rows counted_rows(Session& session, const Table& table) {
    const std::string rowid = identifier(*table.rowid_column);
    const std::string from = " FROM " + identifier(table.name);
    Rows counted = 0;
    Cell last;
    while (counted < counted_rows_max) {
        const std::string after = last ? " WHERE " + rowid + " > " + *last : "";
        const auto step = session
                              .run("SELECT max(id), count(*) FROM (SELECT " + rowid + " AS id" + from +
                                       after + " ORDER BY 1 LIMIT ?)",
                                   {counted_in_one_step})
                              .rows.at(0);
        const Rows rows = std::stoll(step[1].value_or("0"));
        counted += rows;
        if (rows < counted_in_one_step) {
            return counted;
        }
        last = step[0];
    }
    return session
        .run("SELECT CAST(min(9.0e18, (SELECT max(" + rowid + ")" + from + ") - (SELECT min(" + rowid + ")" +
             from + ") + 1.0) AS INTEGER)")
        .only_integer();
}

Rows estimated_rows(Session& session, const Table& table) {
    const bool analyzed =
        session.run("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'").only_integer() > 0;
    if (analyzed) {
        const auto rows =
            session.run("SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = ? LIMIT 1", {table.name})
                .rows;
        if (!rows.empty() && rows[0][0]) {
            return std::stoll(*rows[0][0]);
        }
    }
    if (table.rowid_column) {
        return counted_rows(session, table);
    }
    return session.run("SELECT count(*) FROM " + identifier(table.name)).only_integer();
}

double average_row_bytes(Session& session, const Table& table) {
    std::vector<std::string> parts;
    for (const Column& column : table.columns) {
        if (column.generated != Generated::virtually) {
            parts.push_back("coalesce(length(CAST(" + identifier(column.name) + " AS BLOB)), 0) + 1");
        }
    }
    const Cell average = session
                             .run("SELECT avg(" + joined(parts, " + ") + ") FROM (SELECT * FROM " +
                                      identifier(table.name) + " LIMIT ?)",
                                  {sampled_rows})
                             .only();
    return average ? std::stod(*average) : 0.0;
}

void add(Blueprint& blueprint, Phase phase, const std::string& sql, const std::string& purpose,
         Blocks blocks) {
    blueprint.script.push_back({phase, {sql, {}, purpose, blocks}});
}

void write_prepare(Blueprint& blueprint, const Detail& detail) {
    add(blueprint, Phase::prepare, detail.shadow.parked_sql, "creates the shadow, without foreign keys",
        Blocks::writers_briefly);
    add(blueprint, Phase::prepare, detail.log_sql, "creates the change log", Blocks::writers_briefly);
    add(blueprint, Phase::prepare, detail.reverse_log_sql, "creates the change log of the revert window",
        Blocks::writers_briefly);
    for (const Parked& index : detail.shadow_indexes) {
        if (detail.indexes_first) {
            add(blueprint, Phase::prepare, index.parked_sql,
                "creates index " + index.name + " while the shadow is empty", Blocks::writers_briefly);
        }
    }
    for (const NamedSql& trigger : detail.capture) {
        add(blueprint, Phase::prepare, trigger.sql, "logs the keys of changed rows", Blocks::writers_briefly);
    }
    add(blueprint, Phase::prepare, detail.capture_end.sql,
        "never fires; a capture trigger that was dropped and put back stands behind it",
        Blocks::writers_briefly);
}

enum class Window { opened, none };

void write_swap(Blueprint& blueprint, const Detail& detail, Window window) {
    const auto swap = [&](const std::string& sql, const std::string& purpose) {
        add(blueprint, Phase::swap, sql, purpose, Blocks::writers_briefly);
    };
    swap("PRAGMA legacy_alter_table = ON",
         "keeps views, triggers and foreign keys of other tables as they are");
    swap("BEGIN IMMEDIATE", "keeps writers out; readers go on");
    for (const NamedSql& trigger : detail.capture) {
        swap("DROP TRIGGER " + identifier(trigger.name), "ends the capture");
    }
    for (const NamedSql& trigger : detail.triggers) {
        swap("DROP TRIGGER " + identifier(trigger.name), "moves the trigger to the new table");
    }
    swap("ALTER TABLE " + identifier(detail.source.name) + " RENAME TO " +
             identifier(detail.source.parked_name),
         "keeps the old table");
    swap("ALTER TABLE " + identifier(detail.shadow.parked_name) + " RENAME TO " +
             identifier(detail.shadow.name),
         "puts the new table in its place");
    swap("UPDATE sqlite_schema SET name = ?, sql = ? WHERE type = 'index' AND name = ?",
         "gives each index its name (under writable_schema)");
    swap("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?",
         "gives the new table its foreign keys and takes them from the old one");
    for (const NamedSql& trigger : detail.triggers) {
        swap(trigger.sql, "moves the trigger to the new table");
    }
    if (window == Window::opened) {
        for (const NamedSql& trigger : detail.reverse_capture) {
            swap(trigger.sql, "logs the keys of rows changed in the revert window");
        }
        swap(detail.reverse_capture_end.sql,
             "never fires; a capture trigger that was dropped and put back stands behind it");
    }
    swap("COMMIT", "swaps");
}

void write_revert(Blueprint& blueprint, const Detail& detail) {
    const auto revert = [&](const std::string& sql, const std::string& purpose) {
        add(blueprint, Phase::window, sql, "on `revert` only: " + purpose, Blocks::writers_briefly);
    };
    revert("BEGIN IMMEDIATE", "keeps writers out while the rest of the log is replayed into the old table");
    for (const NamedSql& trigger : detail.reverse_capture) {
        revert("DROP TRIGGER " + identifier(trigger.name), "ends the capture of the window");
    }
    revert("ALTER TABLE " + identifier(detail.shadow.name) + " RENAME TO " +
               identifier(detail.shadow.parked_name),
           "keeps the new table until `finalize`");
    revert("ALTER TABLE " + identifier(detail.source.parked_name) + " RENAME TO " +
               identifier(detail.source.name),
           "puts the old table in its place");
    for (const NamedSql& trigger : detail.triggers) {
        revert(trigger.sql, "gives the old table its trigger back");
    }
    revert("COMMIT", "swaps back");
}

} // namespace

Estimate estimate_of(Session& session, const std::string& path, const Table& source,
                     std::size_t secondary_indexes) {
    Estimate out;
    out.rows = estimated_rows(session, source);
    const double rows = static_cast<double>(out.rows);
    out.table_bytes = static_cast<Bytes>(rows * (average_row_bytes(session, source) + row_overhead));
    out.index_bytes = static_cast<Bytes>(rows * 20 * static_cast<double>(secondary_indexes));
    out.disk_needed = out.table_bytes + out.index_bytes;
    std::error_code failed;
    const auto space = std::filesystem::space(std::filesystem::path{path}.parent_path().empty()
                                                  ? std::filesystem::path{"."}
                                                  : std::filesystem::path{path}.parent_path(),
                                              failed);
    if (!failed) {
        out.disk_free = static_cast<Bytes>(space.available);
    }
    return out;
}

std::string decide_indexes(Detail& detail, const Estimate& estimate, const Settings& settings) {
    if (detail.shadow_indexes.empty()) {
        return "there is no secondary index to build";
    }
    const double build_ms = static_cast<double>(estimate.rows) * index_ms_per_row;
    const Millis budget = settings.lock_timeout + settings.drain_budget;
    detail.indexes_first = build_ms > static_cast<double>(budget.count());
    return detail.indexes_first
               ? fmt::format("indexes are created before the copy, which makes it slower: building one "
                             "afterwards would "
                             "stop writers for about {:.0f} ms, more than lock timeout and drain budget "
                             "allow ({} ms)",
                             build_ms, budget.count())
               : fmt::format("indexes are built after the copy; each stops writers for about {:.0f} ms",
                             build_ms);
}

void write_script(Blueprint& blueprint, const Detail& detail, const Settings& settings) {
    const Flow flow = flow_of(blueprint, detail, Direction::forward);
    write_prepare(blueprint, detail);
    add(blueprint, Phase::copy, copy_rows(flow, {"<keys of one chunk>", {}}), "copies one chunk",
        Blocks::writers_briefly);
    for (const Parked& index : detail.shadow_indexes) {
        if (!detail.indexes_first) {
            add(blueprint, Phase::index, index.parked_sql, "builds index " + index.name + " on the shadow",
                Blocks::writers);
        }
    }
    write_swap(blueprint, detail, settings.keep_old ? Window::opened : Window::none);
    if (settings.keep_old) {
        write_revert(blueprint, detail);
        for (const NamedSql& trigger : detail.reverse_capture) {
            add(blueprint, Phase::finalize, "DROP TRIGGER " + identifier(trigger.name),
                "ends the revert window", Blocks::writers_briefly);
        }
    }
    add(blueprint, Phase::finalize, "DROP TABLE " + identifier(blueprint.old_name),
        "retires the old table, after its rows were deleted in slices", Blocks::writers_briefly);
    const double rows = static_cast<double>(blueprint.estimate.rows);
    const double seconds =
        rows / (detail.indexes_first ? copied_rows_per_second_indexed : copied_rows_per_second) +
        rows / verified_rows_per_second +
        (detail.indexes_first
             ? 0.0
             : rows * index_ms_per_row / 1000 * static_cast<double>(detail.shadow_indexes.size()));
    blueprint.estimate.expected = Seconds{static_cast<std::int64_t>(seconds) + 1};
}

} // namespace turntable::sqlite
