#include "plan/native.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "plan/make_table.hpp"
#include "plan/quoting.hpp"
#include "plan/verdict.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// The subjects that a step changed, as they are after it; "" where they are gone.
CatalogImage changed(const StepOutcome& outcome) {
    CatalogImage expected;
    for (const auto& [subject, definition] : outcome.after) {
        const auto was = outcome.before.find(subject);
        if (was == outcome.before.end() || was->second != definition) {
            expected[subject] = definition;
        }
    }
    for (const auto& [subject, definition] : outcome.before) {
        if (!outcome.after.contains(subject)) {
            expected[subject] = "";
        }
    }
    return expected;
}

// The primary key of a table; nullptr without one.
const Index* primary_key_of(const Table& table) {
    const auto found = std::ranges::find_if(table.indexes, &Index::primary);
    return found == table.indexes.end() ? nullptr : &*found;
}

// DROP CONSTRAINT of the primary key and ADD PRIMARY KEY in one statement: the new index is built beside the
// old key, which is there until the exchange.
bool exchanges_key(const Rehearsal& rehearsal, const Step& step) {
    if (!step.clauses || step.clauses->clauses.size() != 2) {
        return false;
    }
    const Clause& drop = step.clauses->clauses[0];
    const Clause& add = step.clauses->clauses[1];
    const Index* const before = primary_key_of(rehearsal.source);
    return before != nullptr && primary_key_of(rehearsal.after) != nullptr &&
           drop.kind == "AT_DropConstraint" && drop.name == before->name &&
           add.constraint_kind == "CONSTR_PRIMARY" && !add.on_index;
}

class NativeWriter {
  public:
    NativeWriter(const Rehearsal& rehearsal, const std::vector<Step>& steps, NativePlan& plan)
        : rehearsal_(rehearsal), plan_(plan), table_(rehearsal.source.sql()) {
        for (const Step& step : steps) {
            for (const Clause& clause : step.clauses ? step.clauses->clauses : std::vector<Clause>{}) {
                named_.push_back(clause.name);
            }
            if (step.index) {
                named_.push_back(step.index->name);
            }
        }
    }

    void write(const Step& step, const StepOutcome& outcome) {
        outcome_ = &outcome;
        if (step.index) {
            change_index(*step.index);
        }
        if (!step.clauses) {
            return;
        }
        if (exchanges_key(rehearsal_, step)) {
            exchange_key(step.clauses->clauses[0].name);
            return;
        }
        std::vector<Clause> together;
        for (const Clause& clause : step.clauses->clauses) {
            if (verdict_of(clause, outcome).form == Form::metadata) {
                together.push_back(clause);
            }
        }
        if (!together.empty()) {
            short_statement(together, step.clauses->clauses.size() == together.size());
        }
        for (const Clause& clause : step.clauses->clauses) {
            write_clause(clause, verdict_of(clause, outcome).form);
        }
    }

  private:
    void add(std::string sql, std::string purpose, Blocks blocks, NativeStep step) {
        bundle_.reset();
        plan_.statements.push_back({std::move(sql), {}, std::move(purpose), blocks});
        plan_.steps.push_back(std::move(step));
    }

    // Of clauses that only change the catalogue, last first; "" where one has no inverse that is known here.
    [[nodiscard]] std::string inverse_of(const std::vector<Clause>& clauses) const {
        std::vector<std::string> statements;
        for (auto clause = clauses.rbegin(); clause != clauses.rend(); ++clause) {
            if (clause->kind == "AT_AddColumn") {
                statements.push_back(
                    fmt::format("ALTER TABLE {} DROP COLUMN {}", table_, quoted(clause->name)));
            } else if (clause->kind == "rename_column" || clause->kind == "rename_constraint") {
                statements.push_back(fmt::format("ALTER TABLE {} RENAME {} {} TO {}", table_,
                                                 clause->kind == "rename_column" ? "COLUMN" : "CONSTRAINT",
                                                 quoted(clause->new_name), quoted(clause->name)));
            } else {
                return "";
            }
        }
        return joined(statements, ";\n");
    }

    void short_statement(const std::vector<Clause>& clauses, bool whole) {
        std::vector<std::string> texts;
        std::transform(clauses.begin(), clauses.end(), std::back_inserter(texts),
                       [](const Clause& clause) { return clause.text; });
        const std::string sql = fmt::format("ALTER TABLE {} {}", table_, joined(texts, ", "));
        const std::string inverse = inverse_of(clauses);
        if (whole && bundle_) {
            // One transaction: nobody sees columns half renamed.
            plan_.statements.back().sql += ";\n" + sql;
            bundle_->after = outcome_->after;
            NativeStep& bundled = plan_.steps.back();
            bundled.expected = changed(*bundle_);
            const bool both = !inverse.empty() && !bundled.inverse_sql.empty();
            bundled.inverse_sql = both ? inverse + ";\n" + bundled.inverse_sql : "";
            return;
        }
        NativeStep step;
        step.inverse_sql = inverse;
        step.expected = changed(*outcome_);
        if (!whole) {
            // Subjects that the slower clauses of the same statement change come later.
            for (auto subject = step.expected.begin(); subject != step.expected.end();) {
                const bool slower =
                    subject->first.starts_with("index ") || subject->first.starts_with("constraint ") ||
                    subject->first.starts_with("foreign key ") ||
                    (outcome_->before.contains(subject->first) && subject->first.starts_with("column "));
                subject = slower ? step.expected.erase(subject) : std::next(subject);
            }
        }
        step.done_sql = "SELECT false"; // asked where nothing is expected: it may be run twice
        add(sql, "changes the catalogue only", Blocks::everyone_briefly, std::move(step));
        if (whole) {
            bundle_ = *outcome_;
        }
    }

    void write_clause(const Clause& clause, Form form) {
        switch (form) {
        case Form::metadata:
        case Form::impossible:
            return;
        case Form::not_null:
            set_not_null(clause.name);
            return;
        case Form::validated:
            clause.constraint_kind == "CONSTR_FOREIGN" ? add_foreign_key(clause) : add_check(clause);
            return;
        case Form::unique_index:
            add_unique(clause);
            return;
        case Form::validate:
            validate(clause.name, {});
            return;
        }
    }

    [[nodiscard]] std::string constraint_is(const std::string& name, const std::string& also) const {
        return fmt::format("SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = {} AND conname = {}{})",
                           rehearsal_.source.oid, literal(name), also);
    }

    void validate(const std::string& name, std::vector<std::string> undo) {
        NativeStep step;
        step.done_sql = constraint_is(name, " AND convalidated");
        step.undo_sql = std::move(undo);
        add(fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", table_, quoted(name)),
            "checks the rows that exist, beside readers and writers", Blocks::nobody, std::move(step));
    }

    [[nodiscard]] std::string drop_constraint(const std::string& name) const {
        return fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table_, quoted(name));
    }

    // How the subject begins that this step makes; a constraint may not be validated yet, an index not valid.
    void taken_back_by(NativeStep& step, const std::string& subject, std::string inverse) const {
        step.subject = subject;
        step.inverse_sql = std::move(inverse);
        if (const auto made = outcome_->after.find(subject); made != outcome_->after.end()) {
            const std::string& definition = made->second;
            step.made = definition.substr(0, std::min(definition.find("; "), definition.find(" NOT VALID")));
        }
    }

    void set_not_null(const std::string& column) {
        const std::string helper = cut("turntable_" + column, name_bytes_max - 9) + "_not_null";
        NativeStep added;
        added.done_sql = fmt::format(
            "SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = {0} AND conname = {1}) OR "
            "EXISTS (SELECT FROM pg_attribute WHERE attrelid = {0} AND attname = {2} AND attnotnull)",
            rehearsal_.source.oid, literal(helper), literal(column));
        taken_back_by(added, "constraint " + helper, drop_constraint(helper));
        add(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID", table_,
                        quoted(helper), quoted(column)),
            "new rows are checked from now on", Blocks::everyone_briefly, std::move(added));
        validate(helper, {drop_constraint(helper)});
        NativeStep set;
        set.done_sql = fmt::format(
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = {} AND attname = {} AND "
            "attnotnull) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = {} AND conname = {})",
            rehearsal_.source.oid, literal(column), rehearsal_.source.oid, literal(helper));
        const auto was = outcome_->before.find("column " + column);
        if (was == outcome_->before.end() || was->second.find(" NOT NULL ") == std::string::npos) {
            taken_back_by(
                set, "column " + column,
                fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", table_, quoted(column)));
        }
        add(fmt::format("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL, DROP CONSTRAINT {}", table_,
                        quoted(column), quoted(helper)),
            "the validated CHECK proves it, no row is read", Blocks::everyone_briefly, std::move(set));
    }

    // The name that the server gave to what the clause adds, where the user gave none.
    template <typename Part>
    [[nodiscard]] std::string name_of_new(const std::vector<Part>& now, const std::vector<Part>& before) {
        for (const Part& part : now) {
            const auto same = [&](const Part& was) { return was.name == part.name; };
            const bool is_new = std::none_of(before.begin(), before.end(), same);
            if (is_new && std::find(named_.begin(), named_.end(), part.name) == named_.end()) {
                named_.push_back(part.name);
                return part.name;
            }
        }
        check(false, "a new constraint is not in the wanted shape");
        return "";
    }

    void add_check(const Clause& clause) {
        const std::string name = clause.name.empty()
                                     ? name_of_new(rehearsal_.after.checks, rehearsal_.source.checks)
                                     : clause.name;
        const auto check = std::find_if(rehearsal_.after.checks.begin(), rehearsal_.after.checks.end(),
                                        [&](const Check& candidate) { return candidate.name == name; });
        NativeStep step;
        step.done_sql = constraint_is(name, "");
        taken_back_by(step, "constraint " + name, drop_constraint(name));
        add(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID", table_, quoted(name),
                        check->definition),
            "new rows are checked from now on", Blocks::everyone_briefly, std::move(step));
        if (check->validated) {
            validate(name, {drop_constraint(name)});
        }
    }

    void add_foreign_key(const Clause& clause) {
        const std::string name =
            clause.name.empty() ? name_of_new(rehearsal_.after.foreign_keys, rehearsal_.source.foreign_keys)
                                : clause.name;
        const auto key =
            std::find_if(rehearsal_.after.foreign_keys.begin(), rehearsal_.after.foreign_keys.end(),
                         [&](const ForeignKey& candidate) { return candidate.name == name; });
        const std::string parent = key->referenced == rehearsal_.after.oid
                                       ? table_
                                       : qualified(key->referenced_schema, key->referenced_name);
        NativeStep step;
        step.done_sql = constraint_is(name, "");
        taken_back_by(step, "foreign key " + name, drop_constraint(name));
        add(make_foreign_key(*key, rehearsal_.after, table_, parent, Validation::later),
            fmt::format("new rows are checked from now on; {} is locked for a moment too", parent),
            Blocks::writers_briefly, std::move(step));
        if (key->validated) {
            validate(name, {drop_constraint(name)});
        }
    }

    void concurrently(const Index& index, std::vector<std::string> undo) {
        const std::string name = qualified(rehearsal_.source.schema, index.name);
        NativeStep step;
        const std::string found = fmt::format(
            "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass({})", literal(name));
        step.done_sql = found + " AND indisvalid)";
        step.leftover_sql = found + " AND NOT indisvalid)";
        step.cleanup_sql = "DROP INDEX CONCURRENTLY IF EXISTS " + name;
        step.undo_sql = std::move(undo);
        step.undo_sql.push_back(step.cleanup_sql);
        step.in_transaction = false;
        taken_back_by(step, "index " + index.name, step.cleanup_sql);
        std::string sql = make_index(index, quoted(index.name), table_);
        const std::string word = "INDEX ";
        sql.insert(sql.find(word) + word.size(), "CONCURRENTLY ");
        add(std::move(sql), "builds the index beside readers and writers", Blocks::nobody, std::move(step));
    }

    // What a primary key asks of its columns, by the way that reads no row under a strong lock.
    void set_key_not_null(const Index& index) {
        for (const Attnum attnum : index.constraint == 'p' ? index.keys : std::vector<Attnum>{}) {
            const Column* const column = rehearsal_.after.find_column(attnum);
            const auto was = outcome_->before.find("column " + column->name);
            if (was == outcome_->before.end() || was->second.find(" NOT NULL ") == std::string::npos) {
                set_not_null(column->name);
            }
        }
    }

    // Clauses behind it that only write the catalogue join its transaction.
    void exchange_key(const std::string& old_key) {
        const Index& key = *primary_key_of(rehearsal_.after);
        set_key_not_null(key);
        constexpr std::string_view tail = "_key";
        Index built = key;
        built.name = cut("turntable_" + key.name, name_bytes_max - tail.size()) + std::string{tail};
        built.primary = false;
        built.constraint = 0;
        concurrently(built, {});
        NativeStep step;
        step.done_sql = "SELECT false"; // never asked: the new key is expected
        step.expected = changed(*outcome_);
        const std::string alter = fmt::format("ALTER TABLE {} ", table_);
        std::string sql = make_index_constraint(key, quoted(key.name), quoted(built.name), table_);
        sql.insert(alter.size(), fmt::format("DROP CONSTRAINT {}, ", quoted(old_key)));
        add(std::move(sql), "the index becomes the primary key in the place of the old one",
            Blocks::everyone_briefly, std::move(step));
        bundle_ = *outcome_;
    }

    void add_unique(const Clause& clause) {
        const std::string name = clause.name.empty()
                                     ? name_of_new(rehearsal_.after.indexes, rehearsal_.source.indexes)
                                     : clause.name;
        const auto index = std::find_if(rehearsal_.after.indexes.begin(), rehearsal_.after.indexes.end(),
                                        [&](const Index& candidate) { return candidate.name == name; });
        set_key_not_null(*index);
        concurrently(*index, {});
        NativeStep step;
        step.done_sql = constraint_is(name, " AND contype IN ('p', 'u')");
        taken_back_by(step, "index " + name, drop_constraint(name));
        add(make_index_constraint(*index, quoted(name), quoted(name), table_),
            "the index becomes the constraint's", Blocks::everyone_briefly, std::move(step));
    }

    void change_index(const IndexChange& change) {
        if (change.kind == IndexChange::Kind::create) {
            const auto index =
                std::find_if(rehearsal_.after.indexes.begin(), rehearsal_.after.indexes.end(),
                             [&](const Index& candidate) { return candidate.name == change.name; });
            check(index != rehearsal_.after.indexes.end(), "a new index is not in the wanted shape");
            concurrently(*index, {});
            return;
        }
        const std::string name = qualified(rehearsal_.source.schema, change.name);
        NativeStep step;
        step.done_sql = fmt::format("SELECT to_regclass({}) IS NULL", literal(name));
        step.in_transaction = false;
        add("DROP INDEX CONCURRENTLY IF EXISTS " + name, "drops the index beside readers and writers",
            Blocks::nobody, std::move(step));
    }

    const Rehearsal& rehearsal_;
    NativePlan& plan_;
    const std::string table_;
    const StepOutcome* outcome_ = nullptr;
    std::optional<StepOutcome> bundle_; // of the last statement, if it only changes the catalogue
    std::vector<std::string> named_;    // constraints and indexes whose clause is known
};

// A constraint of this name stands after the change too: dropped and made again, which no look at the
// catalogue tells from not having begun.
bool made_again(const Rehearsal& rehearsal, const std::string& name) {
    const auto named = [&](const auto& part) { return part.name == name; };
    return std::ranges::any_of(rehearsal.after.indexes, named) ||
           std::ranges::any_of(rehearsal.after.checks, named) ||
           std::ranges::any_of(rehearsal.after.foreign_keys, named);
}

bool is_metadata(const Step& step, const StepOutcome& outcome) {
    return step.clauses && !step.index && !step.conversion && !step.fill &&
           std::ranges::all_of(step.clauses->clauses, [&](const Clause& clause) {
               return verdict_of(clause, outcome).form == Form::metadata;
           });
}

// Why one of the steps cannot be native; fills way_back.
std::optional<std::string> obstacle(const Rehearsal& rehearsal, const std::vector<Step>& steps,
                                    NativePlan& plan) {
    static constexpr std::array<std::string_view, 5> undoing{
        "rename_column", "rename_constraint", "AT_DropColumn", "AT_DropConstraint", "AT_AlterColumnType"};
    bool built = false, exchanged = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        if (exchanged && !is_metadata(step, rehearsal.steps[i])) {
            return "the primary key is replaced before other changes, which could not be taken back alone";
        }
        if (step.conversion) {
            return "values are converted";
        }
        if (step.fill) {
            return "NULLs are filled";
        }
        plan.instant = plan.instant && !step.index;
        const bool built_before = built;
        built = built || step.index;
        if (!step.clauses) {
            continue;
        }
        if (exchanges_key(rehearsal, step)) {
            exchanged = built = true;
            plan.instant = false;
            continue;
        }
        for (const Clause& clause : step.clauses->clauses) {
            const Verdict verdict = verdict_of(clause, rehearsal.steps[i]);
            if (verdict.form == Form::impossible) {
                return verdict.why;
            }
            if (clause.kind == "AT_DropConstraint" && made_again(rehearsal, clause.name)) {
                return fmt::format("the constraint {} is dropped and made again", clause.name);
            }
            if (built_before && std::ranges::find(undoing, clause.kind) != undoing.end()) {
                return fmt::format("\"{}\" changes what an earlier clause builds", clause.text);
            }
            built = built || verdict.form != Form::metadata;
            plan.instant = plan.instant && verdict.form == Form::metadata;
            if (!verdict.way_back) {
                plan.way_back = false;
                plan.way_back_reason = verdict.why;
            }
        }
    }
    return std::nullopt;
}

} // namespace

NativePlan plan_native(const Rehearsal& rehearsal, const std::vector<Step>& steps) {
    NativePlan plan;
    plan.instant = true;
    plan.way_back = true;
    if (const auto why = obstacle(rehearsal, steps, plan)) {
        plan.reason = *why;
        plan.instant = false;
        return plan;
    }
    plan.possible = true;
    plan.reason = plan.instant ? "the server changes its catalogue only"
                               : "the server has forms that block nobody for long";
    NativeWriter writer{rehearsal, steps, plan};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        writer.write(steps[i], rehearsal.steps[i]);
    }
    return plan;
}

} // namespace turntable::postgresql
