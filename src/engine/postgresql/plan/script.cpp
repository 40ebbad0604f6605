#include "plan/script.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "replay_sql.hpp"
#include "verify_sql.hpp"

namespace turntable::postgresql {
namespace {

class ScriptWriter {
  public:
    ScriptWriter(const Blueprint& blueprint, const Detail& detail) : blueprint_(blueprint), detail_(detail) {}

    std::vector<PlannedStatement> write(const Settings& settings) {
        probe();
        add(Phase::prepare, detail_.create);
        add(Phase::prepare, fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", detail_.names.source),
            "waits for the writers under way, at most for the lock timeout", Blocks::writers_briefly);
        add(Phase::prepare, detail_.capture);
        copy();
        index();
        replay();
        if (settings.verify != VerifyMode::none) {
            verify();
        }
        swap(settings);
        finish(settings);
        return std::move(script_);
    }

  private:
    void add(Phase phase, std::string sql, std::string purpose, Blocks blocks) {
        script_.push_back({phase, {std::move(sql), {}, std::move(purpose), blocks}});
    }
    void add(Phase phase, const std::vector<Statement>& statements) {
        for (const Statement& statement : statements) {
            script_.push_back({phase, statement});
        }
    }

    void probe() {
        for (const RowRule& rule : detail_.row_rules) {
            add(Phase::probe,
                fmt::format("SELECT count(*) FILTER (WHERE {}) FROM {}", rule.violated_sql,
                            detail_.names.source),
                fmt::format("rows that break {} of {}; in ranges of the key", rule.rule, rule.subject),
                Blocks::nobody);
        }
        for (const EvaluatedValue& value : detail_.evaluated) {
            add(Phase::probe,
                fmt::format("SELECT count({}) FROM {}", value.forward_sql, detail_.names.source),
                fmt::format("whether every value of {} can be computed; in ranges of the key", value.subject),
                Blocks::nobody);
        }
        for (const TableRule& rule : detail_.table_rules) {
            add(Phase::probe, rule.count_sql, fmt::format("rows that break {} {}", rule.rule, rule.subject),
                Blocks::nobody);
        }
    }

    void copy() {
        std::vector<std::string> columns;
        std::vector<std::string> values;
        for (std::size_t i = 0; i < blueprint_.columns.size(); ++i) {
            if (detail_.columns[i].inserted) {
                columns.push_back(detail_.columns[i].target);
                values.push_back(blueprint_.columns[i].forward_sql);
            }
        }
        add(Phase::copy,
            fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {}", detail_.names.shadow,
                        joined(columns, ", "),
                        detail_.overriding_system_value ? " OVERRIDING SYSTEM VALUE" : "",
                        joined(values, ", "), detail_.names.source),
            "once per chunk, a range of blocks (before PostgreSQL 14: of the key); rows newer than the "
            "capture are left "
            "to the replay",
            Blocks::nobody);
    }

    void index() {
        for (const IndexStep& step : detail_.indexes) {
            add(Phase::index, {step.create});
            add(Phase::index, step.then);
        }
        add(Phase::index, detail_.before_swap);
    }

    void replay() {
        add(Phase::replay, delete_stale(blueprint_, detail_), "once per batch of logged keys",
            Blocks::nobody);
        add(Phase::replay, insert_missing(blueprint_, detail_), "once per batch of logged keys",
            Blocks::nobody);
    }

    void verify() {
        add(Phase::verify, differing_rows(blueprint_, detail_, RowSet{}, 10),
            "once per range of the key, in one snapshot; rows whose key is in the log are compared after "
            "their replay",
            Blocks::nobody);
    }

    void swap(const Settings& settings) {
        add(Phase::swap, fmt::format("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", detail_.names.shadow),
            "nobody uses it yet; an autovacuum yields", Blocks::nobody);
        add(Phase::swap, fmt::format("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", detail_.names.source),
            "waits at most for the lock timeout, again and again", Blocks::everyone_briefly);
        for (const FurtherLock& lock : detail_.swap_locks) {
            add(Phase::swap, fmt::format("LOCK TABLE {} IN {} MODE", lock.table, lock.mode),
                "the foreign key changes sides; waited for a moment only", Blocks::everyone_briefly);
        }
        add(Phase::swap, detail_.uncapture);
        add(Phase::swap, detail_.swap);
        if (keeps_old(settings)) {
            add(Phase::swap, detail_.reverse_capture);
        }
        add(Phase::swap, detail_.after_swap);
    }

    // The revert window, if there is one, and its end.
    void finish(const Settings& settings) {
        if (keeps_old(settings)) {
            for (const Statement& statement : detail_.revert) {
                Statement only_on_revert = statement;
                only_on_revert.purpose = "on `revert` only: " + only_on_revert.purpose;
                script_.push_back({Phase::window, std::move(only_on_revert)});
            }
            add(Phase::finalize, detail_.reverse_uncapture);
        }
        add(Phase::finalize, detail_.drop_logs);
        add(Phase::finalize, "DROP TABLE IF EXISTS " + detail_.names.old,
            "the retired table; its files go after the commit, whatever their size", Blocks::nobody);
    }

    [[nodiscard]] bool keeps_old(const Settings& settings) const {
        return settings.keep_old.has_value() && blueprint_.revert == RevertClass::swap_back;
    }

    const Blueprint& blueprint_;
    const Detail& detail_;
    std::vector<PlannedStatement> script_;
};

} // namespace

std::vector<PlannedStatement> shadow_script(const Blueprint& blueprint, const Detail& detail,
                                            const Settings& settings) {
    return ScriptWriter{blueprint, detail}.write(settings);
}

std::vector<std::string> shadow_notes(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> notes;
    std::vector<std::string> changed;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        const MappedColumn& column = blueprint.columns[i];
        if (!column.identity || detail.columns[i].type != detail.columns[i].source_type) {
            changed.push_back(column.target);
        }
    }
    if (!changed.empty() || !blueprint.dropped_columns.empty()) {
        notes.push_back(fmt::format(
            "statements that sessions prepared over SELECT * or over changed columns ({}) fail with "
            "\"cached plan must not change result type\" until they are prepared again, as after "
            "any ALTER TABLE; a pooler that keeps prepared statements needs RECONNECT",
            changed.empty() ? "dropped ones" : joined(changed, ", ")));
    }
    notes.push_back(
        "transactions with a snapshot older than the copy would see an empty table: the swap waits for those "
        "of this database; readers on standbys are not seen from here");
    notes.push_back(
        "values are converted under the settings TimeZone = UTC, DateStyle = ISO, IntervalStyle = postgres");
    const auto identity = std::any_of(detail.columns.begin(), detail.columns.end(),
                                      [](const ColumnDetail& column) { return column.identity_column; });
    if (identity) {
        notes.push_back(
            "the identity column gets a sequence of its own: currval() of sessions from before the swap does "
            "not know it");
    }
    for (const FurtherLock& lock : detail.swap_locks) {
        notes.push_back(
            fmt::format("the swap also needs {} on {} for a moment: long transactions there put it off",
                        lock.mode, lock.table));
    }
    return notes;
}

} // namespace turntable::postgresql
