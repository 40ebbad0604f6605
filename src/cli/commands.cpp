#include "cli/commands.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "change/parse.hpp"
#include "cli/at_work.hpp"
#include "cli/demo.hpp"
#include "cli/desk.hpp"
#include "cli/lint_command.hpp"
#include "cli/migrate_commands.hpp"
#include "cli/render_audit.hpp"
#include "cli/render_conversions.hpp"
#include "cli/render_jobs.hpp"
#include "cli/render_outcome.hpp"
#include "cli/render_plan.hpp"
#include "cli/terminal.hpp"
#include "run/audit.hpp"
#include "run/settings_text.hpp"

namespace turntable::cli {
namespace {

int print_outcome(const Invocation& invocation, const run::Outcome& outcome) {
    if (as_json(invocation)) {
        print(outcome_json(outcome));
        print_error(outcome.reason.empty() ? "" : outcome.reason + "\n");
        print_error(objections_text(outcome));
    } else {
        print(outcome_text(outcome));
    }
    return outcome.exit_code;
}

ChangeRequest request_of(const Invocation& invocation) {
    ChangeRequest request;
    request.table = change::parse_table_name(invocation.table);
    request.alter_clauses = invocation.change.alter_clauses;
    for (const std::string& text : invocation.change.conversions) {
        request.conversions.push_back(change::parse_conversion(text));
    }
    for (const std::string& path : invocation.change.files) {
        change::combine(request, change::parse_change_file(path));
    }
    change::lower_fills(request);
    change::check_request(request);
    return request;
}

run::Audit audited(const Invocation& invocation, Engine& engine, const Blueprint& blueprint,
                   const Settings& settings) {
    const auto scan = [&](const run::Context& context) { return run::audit(context, blueprint, settings); };
    return at_work(invocation, engine, scan);
}

void print_plan(const Invocation& invocation, const Blueprint& blueprint) {
    print(as_json(invocation) ? plan_json(blueprint) : plan_text(blueprint));
}

void confirm(const Invocation& invocation, const Blueprint& blueprint) {
    if (invocation.yes || !can_ask() || blueprint.strategy == Strategy::nothing) {
        return;
    }
    print_error(plan_text(blueprint));
    if (ask(fmt::format("\nChange {} now? [y/N] ", blueprint.source.display())) == Answer::no) {
        Error error{ErrorKind::refused, "not_confirmed", "the change was not confirmed"};
        error.next("--yes does not ask");
        throw error;
    }
}

int alter(const Invocation& invocation) {
    const ChangeRequest request = request_of(invocation);
    const Desk desk = open_desk(invocation);
    const Settings settings = choose_settings(desk.config, invocation.settings);
    Blueprint blueprint = run::plan_change(*desk.engine, request, settings);
    if (!invocation.execute) {
        print_plan(invocation, blueprint);
        if (!as_json(invocation) && blueprint.strategy != Strategy::nothing) {
            print("\nnothing has been changed; --execute does it\n");
        }
        return 0;
    }
    confirm(invocation, blueprint);
    const auto execute = [&](const run::Context& context) {
        context.observer.note(fmt::format("{}: {} ({})", blueprint.source.display(),
                                          to_string(blueprint.strategy), blueprint.strategy_reason));
        return run::execute(context, std::move(blueprint), settings);
    };
    return print_outcome(invocation, at_work(invocation, *desk.engine, execute));
}

int plan(const Invocation& invocation) {
    const ChangeRequest request = request_of(invocation);
    const Desk desk = open_desk(invocation);
    const Settings settings = choose_settings(desk.config, invocation.settings);
    const Blueprint blueprint = run::plan_change(*desk.engine, request, settings);
    if (!invocation.probe) {
        print_plan(invocation, blueprint);
        return 0;
    }
    const run::Audit audit = audited(invocation, *desk.engine, blueprint, settings);
    print(as_json(invocation) ? probed_plan_json(blueprint, audit)
                              : plan_text(blueprint) + "\n" + audit_text(blueprint, audit));
    return audit.exit_code();
}

int audit(const Invocation& invocation) {
    const ChangeRequest request = request_of(invocation);
    const Desk desk = open_desk(invocation);
    const Settings settings = choose_settings(desk.config, invocation.settings);
    const Blueprint blueprint = run::plan_change(*desk.engine, request, settings);
    const run::Audit audit = audited(invocation, *desk.engine, blueprint, settings);
    print(as_json(invocation) ? audit_json(blueprint, audit) : audit_text(blueprint, audit));
    return audit.exit_code();
}

int print_script(const Invocation& invocation, const JobScript& script) {
    print(as_json(invocation) ? script_json(script) : script_text(script));
    return 0;
}

using JobAction = run::Outcome (*)(const run::Context& context, const std::string& job);

int act(const Invocation& invocation, Engine& engine, JobAction action) {
    const auto on_job = [&](const run::Context& context) { return action(context, invocation.job); };
    return print_outcome(invocation, at_work(invocation, engine, on_job));
}

int connect_and_act(const Invocation& invocation, JobAction action) {
    const Desk desk = open_desk(invocation);
    return act(invocation, *desk.engine, action);
}

int revert(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    if (invocation.dry_run) {
        return print_script(invocation, {invocation.job, run::revert_script(*desk.engine, invocation.job)});
    }
    return act(invocation, *desk.engine, &run::revert);
}

int show_due(const Invocation& invocation, Engine& engine) {
    std::vector<JobScript> due;
    for (const run::JobLine& job : run::jobs(engine)) {
        if (job.window_overdue) {
            due.push_back({job.job, run::finalize_script(engine, job.job)});
        }
    }
    if (as_json(invocation)) {
        print(scripts_json(due));
        return 0;
    }
    for (const JobScript& job : due) {
        print(script_text(job));
    }
    return 0;
}

int finalize_due(const Invocation& invocation, Engine& engine) {
    if (invocation.dry_run) {
        return show_due(invocation, engine);
    }
    const std::vector<run::Outcome> outcomes = at_work(invocation, engine, &run::finalize_due);
    purge_set_aside(invocation, engine);
    if (as_json(invocation)) {
        print(outcomes_json(outcomes));
    }
    int exit_code = 0;
    for (const run::Outcome& outcome : outcomes) {
        if (!as_json(invocation)) {
            print(outcome_text(outcome));
        }
        exit_code = exit_code == 0 ? outcome.exit_code : exit_code;
    }
    return exit_code;
}

int finalize(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    if (invocation.due) {
        return finalize_due(invocation, *desk.engine);
    }
    if (invocation.dry_run) {
        return print_script(invocation, {invocation.job, run::finalize_script(*desk.engine, invocation.job)});
    }
    return act(invocation, *desk.engine, &run::finalize);
}

int jobs(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    const std::vector<run::JobLine> lines = run::jobs(*desk.engine);
    print(as_json(invocation) ? jobs_json(lines) : jobs_text(lines));
    return 0;
}

int pause(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    run::request_pause(*desk.engine, invocation.job);
    print(as_json(invocation) ? request_json(invocation.job, "pause", {})
                              : request_text(invocation.job, "pause", {}));
    return 0;
}

int set(const Invocation& invocation) {
    // All are checked before the first is sent.
    Settings scratch;
    for (const auto& [key, value] : invocation.steer) {
        run::apply_setting(scratch, key, value);
    }
    const Desk desk = open_desk(invocation);
    for (const auto& [key, value] : invocation.steer) {
        run::request_set(*desk.engine, invocation.job, key, value);
    }
    print(as_json(invocation) ? request_json(invocation.job, "set", invocation.steer)
                              : request_text(invocation.job, "set", invocation.steer));
    return 0;
}

} // namespace

int run_command(const Invocation& invocation) {
    switch (invocation.command) {
    case Command::alter:
        return alter(invocation);
    case Command::plan:
        return asks_for_table(invocation) ? plan(invocation) : plan_migrations(invocation);
    case Command::audit:
        return audit(invocation);
    case Command::conversions:
        print(as_json(invocation) ? conversions_json() : conversions_text());
        return 0;
    case Command::revert:
        return revert(invocation);
    case Command::finalize:
        return finalize(invocation);
    case Command::jobs:
        return jobs(invocation);
    case Command::pause:
        return pause(invocation);
    case Command::resume:
        return connect_and_act(invocation, &run::resume);
    case Command::set:
        return set(invocation);
    case Command::cutover:
        return connect_and_act(invocation, &run::cutover);
    case Command::abort:
        return connect_and_act(invocation, &run::abort);
    case Command::demo:
        return demo(invocation.passed);
    case Command::lint:
        return lint(invocation);
    case Command::new_migration:
    case Command::up:
    case Command::down:
    case Command::status:
    case Command::current:
    case Command::history:
    case Command::verify:
    case Command::mark:
    case Command::baseline:
    case Command::repair:
    case Command::lock:
    case Command::test:
    case Command::dump:
    case Command::drift:
    case Command::import_history:
        return run_migrate_command(invocation);
    case Command::help:
        print(invocation.text);
        return 0;
    case Command::version:
        print(fmt::format("turntable {}\n", TURNTABLE_VERSION));
        return 0;
    }
    check(false, "unknown Command");
    return 1;
}

Reach reach_of(const Invocation& invocation) {
    switch (invocation.command) {
    case Command::alter:
        return invocation.execute ? Reach::may_change : Reach::reads_only;
    case Command::revert:
    case Command::finalize:
        return invocation.dry_run ? Reach::reads_only : Reach::may_change;
    case Command::resume:
    case Command::cutover:
    case Command::abort:
        return Reach::may_change;
    case Command::up:
    case Command::down:
    case Command::mark:
    case Command::baseline:
    case Command::repair:
    case Command::lock:
    case Command::test:
    case Command::import_history:
        return invocation.dry_run ? Reach::reads_only : Reach::may_change;
    case Command::drift:
        return invocation.migrate.record ? Reach::may_change : Reach::reads_only;
    case Command::dump:
    case Command::plan:
    case Command::audit:
    case Command::conversions:
    case Command::jobs:
    case Command::pause:
    case Command::set:
    case Command::new_migration:
    case Command::status:
    case Command::current:
    case Command::history:
    case Command::verify:
    case Command::demo: // in a database of its own
    case Command::lint:
    case Command::help:
    case Command::version:
        return Reach::reads_only;
    }
    check(false, "unknown Command");
    return Reach::may_change;
}

} // namespace turntable::cli
