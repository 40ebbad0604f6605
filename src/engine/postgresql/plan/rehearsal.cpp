#include "plan/rehearsal.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "conversion_sql.hpp"
#include "plan/cast_back.hpp"
#include "plan/clone.hpp"
#include "plan/expressions.hpp"
#include "plan/keep.hpp"
#include "plan/quoting.hpp"
#include "plan/unexpected.hpp"
#include "plan/unit_constants.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// The clone is made by the same statements as the shadow: what it lacks, the shadow would lack.
void require_same(const Table& wanted, const Table& made) {
    const auto differing = differences(image_of(wanted), image_of(made));
    if (!differing.empty()) {
        throw Error{ErrorKind::refused, "cannot_reproduce",
                    fmt::format("a copy of {} would not be the same: {}", quoted(wanted.name),
                                joined(differing, "; "))};
    }
}

// As the catalogue has the clone, with the owner and the sequences that serial columns share with the model,
// whose columns are in the same places.
Table read_like(const Clone& clone, const Table& model) {
    Table table = clone.read();
    table.owner = model.owner;
    for (Column& column : table.columns) {
        const auto position = static_cast<std::size_t>(column.attnum - 1);
        if (!column.sequence && position < model.columns.size() && model.columns[position].identity == 0) {
            column.sequence = model.columns[position].sequence;
        }
    }
    return table;
}

// A column of the clone while the steps go on.
struct Followed {
    Attnum source = 0;   // attribute number in the fresh clone, 0: added
    std::string forward; // over the source's columns
    bool untouched = true;
    bool casts_only = true; // the way back is a cast
    bool by_default = false;
    std::optional<std::size_t> conversion;
};

// Makes the steps one after the other. The clone's attribute numbers tie everything together.
class Rehearser {
  public:
    Rehearser(Session& session, const Table& source, const RehearsalPlace& place)
        : session_(session), place_(place), clone_(session, source, place) {
        result_.source = source;
        result_.scratch_schema = place.schema;
        result_.default_grantees = place.default_grantees;
        result_.set_owner = place.set_owner;
        origin_ = qualified(place.schema, "turntable_origin");
        session_.run(fmt::format("CREATE TABLE {} (LIKE {})", origin_, clone_.sql()));
        before_ = read();
        require_same(source, before_);
        for (const Column& column : before_.columns) {
            followed_[column.attnum] = {column.attnum, quoted(column.name), true, true, false, {}};
        }
    }

    void make(const Step& step) {
        StepOutcome outcome;
        outcome.before = result_.steps.empty() ? image_of(before_) : result_.steps.back().after;
        const auto nodes = file_nodes();
        if (step.conversion) {
            convert(*step.conversion);
        }
        if (step.fill) {
            fill(*step.fill);
        }
        if (step.clauses) {
            alter(*step.clauses);
        }
        if (step.index) {
            change_index(*step.index);
        }
        for (const auto& [relation, node] : file_nodes()) {
            const auto was = nodes.find(relation);
            outcome.rewrites = outcome.rewrites || (was != nodes.end() && was->second != node);
        }
        outcome.after = image_of(read());
        result_.steps.push_back(std::move(outcome));
    }

    std::set<std::string> converted_columns() const {
        std::set<std::string> converted;
        for (std::size_t i = 0; i < result_.origins.size(); ++i) {
            if (result_.origins[i].conversion) {
                converted.insert(result_.after.columns[i].name);
            }
        }
        return converted;
    }

    Rehearsal finish() {
        result_.after = read();
        for (const Column& column : result_.after.columns) {
            result_.origins.push_back(origin_of(column));
        }
        for (const Column& column : before_.columns) {
            if (result_.after.find_column(column.attnum) == nullptr) {
                result_.dropped.push_back(column.name);
            }
        }
        for (const Check& check : result_.after.checks) {
            const auto was =
                std::find_if(before_.checks.begin(), before_.checks.end(),
                             [&](const Check& old) { return old.expression == check.expression; });
            if (check.plain && (was == before_.checks.end() || !was->plain)) {
                result_.new_checks.push_back(check.name);
            }
        }
        refuse_constants_in_another_unit(session_, result_, converted_columns(), added_checks_);
        result_.final_image = without_kept();
        return std::move(result_);
    }

  private:
    Table read() { return read_like(clone_, result_.source); }

    // File nodes of the clone and its indexes, by name: they survive what touches the catalogue only.
    std::map<std::string, std::int64_t> file_nodes() const {
        std::map<std::string, std::int64_t> nodes;
        const ResultSet found =
            session_.run("SELECT c.relname, c.relfilenode FROM pg_class AS c WHERE c.oid = $1::oid"
                         " OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = $1::oid)",
                         {clone_.oid()});
        for (const auto& cells : found.rows) {
            nodes[Row{cells}.text(0)] = Row{cells}.integer(1);
        }
        return nodes;
    }

    Attnum attnum_of(const std::string& column) const {
        for (const auto& [attnum, name] : clone_.names()) {
            if (name == column) {
                return attnum;
            }
        }
        throw Error{ErrorKind::usage, "unknown_column",
                    fmt::format("{} has no column {}", result_.source.sql(), quoted(column))};
    }

    // An expression over the clone's present columns, as one over the source's.
    std::string over_source(const std::string& expression) {
        const std::string text = canonical(session_, clone_.sql(), expression, place_.user_path);
        const auto names = clone_.names();
        return substituted(text, result_.source.name,
                           [&](const std::string& name) -> std::optional<std::string> {
                               for (const auto& [attnum, known] : names) {
                                   if (known == name) {
                                       return followed_.at(attnum).forward;
                                   }
                               }
                               return std::nullopt;
                           });
    }

    void require_repeatable(const std::string& expression) {
        if (stability_of(session_, origin_, expression) != Stability::repeatable) {
            throw Error{
                ErrorKind::refused, "volatile_expression",
                fmt::format(
                    "the expression {} does not give the same value each time: what is copied could not "
                    "be compared with the source",
                    expression)}
                .next("write the value itself, or declare its functions IMMUTABLE where they are");
        }
    }

    void convert(const Conversion& asked) {
        const Attnum attnum = attnum_of(asked.column);
        Followed& followed = followed_.at(attnum);
        const Table now = read();
        const Column& column = *now.find_column(attnum);
        if (followed.source == 0 || !followed.untouched) {
            throw Error{
                ErrorKind::usage, "bad_conversion",
                fmt::format("the column {} is added or changed before it is converted", asked.column)};
        }
        const Column& source = *before_.find_column(followed.source);
        ConversionPlan plan = compile_conversion(
            asked, {source.name, source.type, !column.not_null, place_.server_version, source.collation});
        if (asked.keep) {
            keep(column, source, std::move(plan));
            return;
        }
        set_type(column, plan);
        if (asked.into) {
            clone_.run_users(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", clone_.sql(),
                                         quoted(column.name), quoted(*asked.into)),
                             fmt::format("the new name {}", *asked.into));
        }
        plan.target_column = asked.into.value_or(column.name);
        resolve(plan);
        followed.forward = plan.forward_sql;
        followed.untouched = false;
        followed.casts_only = false;
        followed.conversion = result_.conversions.size();
        result_.conversions.push_back(std::move(plan));
    }

    void resolve(ConversionPlan& plan) {
        if (resolve_names(session_, origin_, clone_.sql(), place_.user_path, plan)) {
            require_repeatable(plan.forward_sql);
        }
    }

    // The old column stays as it is, and the new one is added beside it.
    void keep(const Column& column, const Column& source, ConversionPlan plan) {
        require_keepable(session_, clone_.oid(), column, result_.source);
        const auto new_default =
            column.default_sql ? std::optional{converted_default(column, plan)} : std::nullopt;
        plan.target_column = *plan.asked.into;
        clone_.run_users(fmt::format("ALTER TABLE {} ADD COLUMN {} {}{}", clone_.sql(),
                                     quoted(plan.target_column), plan.target_type,
                                     column.not_null ? " NOT NULL" : ""),
                         fmt::format("the new column {}", plan.target_column));
        const Attnum attnum = attnum_of(plan.target_column);
        const Table now = read();
        const Column& added = *now.find_column(attnum);
        resolve(plan);
        Followed followed;
        followed.forward = plan.forward_sql;
        followed.untouched = followed.casts_only = false;
        followed.conversion = result_.conversions.size();
        followed_[attnum] = followed;
        if (!plan.inverse_sql) {
            throw not_keepable(column, "nothing says how it is made of " + plan.target_column);
        }
        const std::string forward = canonical(session_, origin_, plan.forward_sql, place_.user_path);
        if (columns_of(forward, result_.source.name) != std::vector<std::string>{source.name}) {
            throw not_keepable(column, "its conversion must look at that column and no other");
        }
        result_.kept.push_back({column.name, plan.target_column, column.type, added.type, forward,
                                canonical(session_, clone_.sql(), *plan.inverse_sql, place_.user_path),
                                source.image(), added.image(), column.default_sql, new_default});
        add_keep_notes(plan, result_.notes);
        result_.conversions.push_back(std::move(plan));
    }

    // What finalize leaves.
    CatalogImage without_kept() {
        if (result_.kept.empty()) {
            return {};
        }
        for (const Kept& one : result_.kept) {
            require_still_kept(result_.source, result_.after, one);
            if (one.new_default) {
                session_.run(fmt::format("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}", clone_.sql(),
                                         quoted(one.new_column), *one.new_default));
            }
            session_.run(fmt::format("ALTER TABLE {} DROP COLUMN {}", clone_.sql(), quoted(one.old_column)));
        }
        return image_of(read());
    }

    // The default goes through the same conversion as the values.
    void set_type(const Column& column, const ConversionPlan& plan) {
        const std::string alter =
            fmt::format("ALTER TABLE {} ALTER COLUMN {}", clone_.sql(), quoted(column.name));
        std::optional<std::string> value;
        if (column.default_sql && column.generated == 0) {
            value = converted_default(column, plan);
            session_.run(alter + " DROP DEFAULT");
        }
        const auto again = clone_.take_triggers_and_policies();
        clone_.run_users(fmt::format("{} TYPE {} USING NULL", alter, plan.target_type),
                         fmt::format("type {} for column {}", plan.target_type, column.name));
        make_again(again);
        if (value) {
            session_.run(fmt::format("{} SET DEFAULT {}", alter, *value));
        }
    }

    std::string converted_default(const Column& column, const ConversionPlan& plan) {
        if (stability_of(session_, origin_, *column.default_sql) != Stability::repeatable) {
            throw Error{
                ErrorKind::refused, "default_not_converted",
                fmt::format("the default {} of column {} is not a constant, so it cannot be converted",
                            *column.default_sql, column.name)}
                .next("drop the default first and set a new one in the same change");
        }
        const Cell value =
            session_
                .run(fmt::format("SELECT (s.converted)::text FROM (SELECT {} AS converted FROM (SELECT "
                                 "({})::{} AS {}) AS d) AS s",
                                 plan.forward_sql, *column.default_sql, column.type,
                                 quoted(plan.source_column)))
                .only();
        return value ? literal(*value) + "::" + plan.target_type : "NULL";
    }

    void fill(const Fill& fill) {
        Followed& followed = followed_.at(attnum_of(fill.column));
        const std::string value = over_source(fill.sql);
        require_repeatable(value);
        const Table now = read();
        const Column& column = *now.find_column(attnum_of(fill.column));
        followed.forward = fmt::format("COALESCE({}, {})", followed.forward, assigned(value, column));
        followed.untouched = false;
    }

    void alter(const ClauseStatement& statement) {
        const auto names = clone_.names();
        const Table before = read();
        std::map<Attnum, std::string>
            conversions; // USING expressions see the columns from before the statement
        for (const Clause& clause : statement.clauses) {
            if (clause.using_sql) {
                conversions[attnum_of(clause.name)] = over_source(*clause.using_sql);
            }
        }
        run_alter(statement);
        for (const Clause& clause : statement.clauses) {
            if (clause.constraint_kind == "CONSTR_CHECK") {
                added_checks_.insert(clause.name);
            }
            for (const ForeignKeyClause& key : clause.foreign_keys) {
                clone_.add_foreign_key(key);
            }
        }
        follow(before, conversions);
    }

    void run_alter(const ClauseStatement& statement) {
        const std::string text = statement.without_foreign_keys();
        if (text.empty()) {
            return;
        }
        const auto retypes = [](const Clause& clause) { return clause.kind == "AT_AlterColumnType"; };
        std::vector<std::string> again;
        if (std::any_of(statement.clauses.begin(), statement.clauses.end(), retypes)) {
            again = clone_.take_triggers_and_policies();
        }
        clone_.run_users(fmt::format("ALTER TABLE {} {}", clone_.sql(), text),
                         fmt::format("\"{}\"", statement.text));
        make_again(again);
    }

    void make_again(const std::vector<std::string>& statements) {
        for (const std::string& sql : statements) {
            clone_.run_users(sql, fmt::format("a trigger or policy after the change (\"{}\")", sql));
        }
    }

    void follow(const Table& before, const std::map<Attnum, std::string>& conversions) {
        const Table now = read();
        for (const Column& column : now.columns) {
            const Column* const was = before.find_column(column.attnum);
            if (was == nullptr) {
                followed_[column.attnum] = added(column);
                continue;
            }
            Followed& followed = followed_.at(column.attnum);
            const auto conversion = conversions.find(column.attnum);
            const bool changed = was->type != column.type || was->collation != column.collation;
            if (conversion != conversions.end()) {
                require_repeatable(conversion->second);
                followed.casts_only =
                    followed.casts_only && is_cast_of(conversion->second, followed.forward, column);
                followed.forward = assigned(conversion->second, column);
                followed.untouched = false;
            } else if (changed) {
                followed.forward = assigned(followed.forward, column);
                followed.untouched = false;
            }
        }
    }

    static bool is_cast_of(const std::string& expression, const std::string& value, const Column& column) {
        return expression == value || expression == fmt::format("({})::{}", value, column.type) ||
               expression == fmt::format("({}::{})", value, column.type);
    }

    Followed added(const Column& column) {
        Followed followed;
        followed.untouched = false;
        if (column.generated != 0 || column.identity != 0) {
            followed.by_default = true;
            return followed;
        }
        if (!column.default_sql) {
            followed.forward = "NULL::" + column.type;
            return followed;
        }
        switch (stability_of(session_, origin_, *column.default_sql)) {
        case Stability::repeatable:
            followed.forward = assigned(*column.default_sql, column);
            break;
        case Stability::once: {
            const Cell value =
                session_.run(fmt::format("SELECT (({})::{})::text", *column.default_sql, column.type)).only();
            followed.forward = value ? assigned(literal(*value), column) : "NULL::" + column.type;
            result_.notes.push_back(
                fmt::format("the default {} of the added column {} is evaluated once: the rows that "
                            "exist get {}",
                            *column.default_sql, column.name, value.value_or("NULL")));
            break;
        }
        case Stability::volatile_:
            followed.by_default = true;
            result_.notes.push_back(
                fmt::format("the added column {} is filled row by row by its default {}; it is not "
                            "compared, and a row changed while the copy runs gets a new value",
                            column.name, *column.default_sql));
            break;
        }
        return followed;
    }

    void change_index(const IndexChange& change) {
        if (change.kind == IndexChange::Kind::create) {
            clone_.run_users(fmt::format("CREATE {}INDEX {} ON {}{}", change.unique ? "UNIQUE " : "",
                                         quoted(change.name), clone_.sql(), change.tail),
                             fmt::format("the index {}", change.name));
        } else {
            clone_.run_users(fmt::format("DROP INDEX {}", qualified(place_.schema, change.name)),
                             fmt::format("dropping the index {}", change.name));
        }
    }

    ColumnOrigin origin_of(const Column& column) {
        const Followed& followed = followed_.at(column.attnum);
        ColumnOrigin origin;
        origin.forward_sql = followed.forward;
        origin.by_default = followed.by_default || column.generated != 0;
        origin.conversion = followed.conversion;
        if (followed.source == 0) {
            return origin;
        }
        const Column& source = *before_.find_column(followed.source);
        origin.source = source.name;
        origin.identity = followed.untouched;
        origin.inverse_sql = inverse_of(column, source, followed);
        return origin;
    }

    std::optional<std::string> inverse_of(const Column& column, const Column& source,
                                          const Followed& followed) {
        if (followed.conversion) {
            const std::optional<std::string>& inverse = result_.conversions[*followed.conversion].inverse_sql;
            // By assignment: an explicit cast would cut a text that is too long.
            return inverse && source.declared_type_oid != column.declared_type_oid && is_text(source)
                       ? canonical(session_, clone_.sql(), assigned(*inverse, source), "pg_catalog")
                       : inverse;
        }
        if (!followed.casts_only) {
            return std::nullopt;
        }
        if (source.type == column.type && source.collation == column.collation) {
            return quoted(column.name);
        }
        return cast_back_if_there_is_one(session_, clone_.sql(), column, source);
    }

    Session& session_;
    const RehearsalPlace& place_;
    Rehearsal result_;
    Clone clone_;
    std::string origin_; // an empty table with the source's columns, for asking about expressions
    Table before_;
    std::map<Attnum, Followed> followed_;
    std::set<std::string> added_checks_; // by the user's own clauses
};

} // namespace

Rehearsal rehearse(Session& session, const Table& source, const std::vector<Step>& steps,
                   const RehearsalPlace& place) {
    Rehearser rehearser{session, source, place};
    for (const Step& step : steps) {
        rehearser.make(step);
    }
    return rehearser.finish();
}

void verify_creation(Session& session, const Rehearsal& rehearsal, const RehearsalPlace& place) {
    const Clone clone{session, rehearsal.after, place};
    require_same(rehearsal.after, read_like(clone, rehearsal.after));
}

} // namespace turntable::postgresql
