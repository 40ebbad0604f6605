#include "migrate/plan_step.hpp"

#include <fmt/core.h>

#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

// Of a foreign key: what its parent has not yet, who holds it, and who has its name.
bool may_pass(std::string_view code) {
    return code == "foreign_key_refused" || code == "another_job" || code == "name_taken";
}

struct Planner {
    const Env& env;
    PlannedStep& out;
    std::optional<Blueprint>& planned;

    void operator()(const SqlStep& step) const {
        out.statements = step.statements;
        out.strategy =
            step.transaction && env.schema().transactional() ? "one transaction" : "statement by statement";
    }
    void operator()(const ChangeStep& step) const {
        planned = run::plan_change(env.engine(), step.request, env.settings);
        const Blueprint& blueprint = *planned;
        out.strategy = to_string(blueprint.strategy);
        out.reason = blueprint.strategy_reason;
        for (const PlannedStatement& one : blueprint.script) {
            out.statements.push_back(one.statement);
        }
    }
    void operator()(const BackfillStep& step) const {
        out.strategy = "batches by primary key";
        std::string set;
        for (const auto& [column, value] : step.set) {
            set += (set.empty() ? "" : ", ") + env.schema().quoted(column) + " = " + value;
        }
        out.statements.push_back(
            {fmt::format("UPDATE {} SET {} WHERE <key range>{}", env.schema().quoted(step.table), set,
                         step.where ? " AND (" + *step.where + ")" : ""),
             {},
             "one batch",
             Blocks::copied_rows});
    }
    void operator()(const RowsStep&) const { out.strategy = "one transaction"; }
    void operator()(const AsideStep& step) const {
        out.strategy = "set aside";
        out.reason = fmt::format("the table is kept for {} h under another name, then dropped",
                                 std::chrono::duration_cast<std::chrono::hours>(step.drop.retain).count());
    }
    void operator()(const RestoreStep&) const { out.strategy = "rename"; }
};

} // namespace

PlannedStep plan_step(const Env& env, const Step& step) {
    PlannedStep out;
    out.title = step.title;
    std::optional<Blueprint> planned;
    try {
        std::visit(Planner{env, out, planned}, step.body);
        const auto session = open_user_session(env);
        const UndoStep undo = find_undo(step, *session, env.engine(), planned ? &*planned : nullptr);
        const bool window = out.strategy == "shadow" && env.settings.keep_old;
        out.undo = to_string(window ? UndoClass::recoverable : undo.undo);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && !may_pass(error.code())) {
            throw;
        }
        out.reason =
            fmt::format("cannot be planned before the steps in front of it are done: {}", error.what());
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::no_such_object) {
            throw;
        }
        out.reason =
            fmt::format("cannot be planned before the steps in front of it are done: {}", error.what());
    }
    return out;
}

} // namespace turntable::migrate
