#include "cli/migrate_commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include "change/parse.hpp"
#include "cli/at_work.hpp"
#include "cli/desk.hpp"
#include "cli/new_command.hpp"
#include "cli/render_migrate.hpp"
#include "cli/schema_commands.hpp"
#include "migrate/api.hpp"
#include "migrate/directory.hpp"
#include "migrate/sum_file.hpp"
#include "run/ownership.hpp"
#include "turntable/url.hpp"

namespace turntable::cli {
namespace {

constexpr int negative = static_cast<int>(ErrorKind::negative);

Error usage(const std::string& code, const std::string& what) {
    return Error{ErrorKind::usage, code, what}.next("`turntable --help` lists commands and options");
}

std::string folder_of(const Invocation& invocation) {
    return invocation.migrate.dir.value_or("migrations");
}

// The word after the command, if there is one.
std::optional<std::string> word(const Invocation& invocation, std::size_t number, std::size_t words_max) {
    const auto& words = invocation.migrate.words;
    if (words.size() > words_max) {
        throw usage("extra_word", fmt::format("'{}' is one word too many", words[words_max]));
    }
    return number < words.size() ? std::optional{words[number]} : std::nullopt;
}

std::string need_word(const Invocation& invocation, std::size_t number, std::size_t words_max,
                      const char* what) {
    const auto found = word(invocation, number, words_max);
    if (!found) {
        throw usage("missing_word", fmt::format("it needs {}", what));
    }
    return *found;
}

std::string who() {
    const passwd* const user = getpwuid(geteuid());
    return user == nullptr ? fmt::format("uid {}", geteuid()) : user->pw_name;
}

template <typename Work>
auto migrate_with(const Invocation& invocation, const Desk& desk, Work work) {
    return at_work(invocation, *desk.engine, [&](const run::Context& context) {
        migrate::Env env{
            context, choose_settings(desk.config, invocation.settings), who(), run::this_host(), {}, {}};
        env.lock_wait = change::parse_duration(invocation.migrate.lock_wait.value_or("1h"));
        return work(env);
    });
}

bool allowed(const Invocation& invocation, std::string_view what) {
    for (const std::string& given : invocation.migrate.allow) {
        if (given != "out-of-order" && given != "lossy" && given != "base") {
            throw usage("bad_value",
                        fmt::format("--allow '{}': out-of-order, lossy or base is expected", given));
        }
    }
    return std::ranges::find(invocation.migrate.allow, what) != invocation.migrate.allow.end();
}

void refuse_words(const Invocation& invocation, const migrate::Policy& policy) {
    for (const std::string& word : invocation.migrate.allow) {
        refuse_word(policy, word);
    }
}

// What the environment says, with what its predecessor has.
migrate::Policy policy_of(const Invocation& invocation, const Desk& desk) {
    const EnvPolicy& env = desk.config.policy;
    migrate::Policy policy = env.policy;
    refuse_words(invocation, policy);
    policy.approved = invocation.migrate.approve;
    if (env.predecessor_url) {
        const auto engine = open_engine(*env.predecessor_url);
        policy.predecessor = {*env.require_applied_in,
                              at_work(invocation, *engine, [](const run::Context& context) {
                                  return migrate::applied_checksums({context, {}, {}, {}, {}, {}});
                              })};
    }
    return policy;
}

migrate::UpOptions up_options(const Invocation& invocation) {
    migrate::UpOptions options;
    options.folder = folder_of(invocation);
    options.target = word(invocation, 0, 1).value_or("head");
    options.allow_out_of_order = allowed(invocation, "out-of-order");
    options.acknowledged = invocation.migrate.ack;
    options.backup = invocation.migrate.backup;
    if (const auto& phase = invocation.migrate.phase) {
        if (*phase != "expand" && *phase != "contract") {
            throw usage("bad_value", fmt::format("--phase '{}': expand or contract is expected", *phase));
        }
        options.phase = *phase == "expand" ? migrate::DeployPhase::expand : migrate::DeployPhase::contract;
    }
    return options;
}

int print_result(const Invocation& invocation, const migrate::RunResult& result) {
    print(as_json(invocation) ? run_json(result) : run_text(result));
    return 0;
}

int up(const Invocation& invocation) {
    if (invocation.dry_run) {
        return plan_migrations(invocation);
    }
    migrate::UpOptions options = up_options(invocation);
    const Desk desk = open_desk(invocation);
    options.policy = policy_of(invocation, desk);
    return print_result(invocation, migrate_with(invocation, desk, [&](const migrate::Env& env) {
                            return migrate::up(env, options);
                        }));
}

int down(const Invocation& invocation) {
    migrate::DownOptions options;
    options.folder = folder_of(invocation);
    options.target = word(invocation, 0, 1).value_or("-1");
    options.lossy =
        allowed(invocation, "lossy") ? migrate::Migrator::Lossy::allowed : migrate::Migrator::Lossy::refused;
    options.backup = invocation.migrate.backup;
    const Desk desk = open_desk(invocation);
    refuse_words(invocation, desk.config.policy.policy);
    options.allow_base = allowed(invocation, "base") || desk.config.policy.base_unasked;
    if (invocation.dry_run) {
        const auto plan = migrate_with(
            invocation, desk, [&](const migrate::Env& env) { return migrate::plan_down(env, options); });
        print(as_json(invocation) ? migrations_json(plan) : migrations_text(plan, "down"));
        return 0;
    }
    return print_result(invocation, migrate_with(invocation, desk, [&](const migrate::Env& env) {
                            return migrate::down(env, options);
                        }));
}

int status(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    const migrate::Status found = migrate_with(invocation, desk, [&](const migrate::Env& env) {
        return migrate::status(env, folder_of(invocation));
    });
    print(as_json(invocation) ? status_json(found) : status_text(found));
    const auto& expect = invocation.migrate.expect;
    const bool there = !expect || std::ranges::any_of(found.lines, [&](const migrate::StatusLine& line) {
        return line.standing == migrate::Standing::applied &&
               (line.version == *expect || line.version + "_" + line.slug == *expect);
    });
    const bool complete = !invocation.migrate.check || (found.pending == 0 && found.unfinished == 0);
    return there && complete ? 0 : negative;
}

int current(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    const migrate::Status found = migrate_with(invocation, desk, [&](const migrate::Env& env) {
        return migrate::status(env, folder_of(invocation));
    });
    if (as_json(invocation)) {
        migrate::Status without = found;
        without.lines.clear();
        print(status_json(without));
    } else {
        print((found.current.empty() ? "base" : found.current) + "\n");
    }
    return 0;
}

int history(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    const auto events =
        migrate_with(invocation, desk, [](const migrate::Env& env) { return migrate::history(env); });
    print(as_json(invocation) ? history_json(events) : history_text(events));
    return 0;
}

int verify(const Invocation& invocation) {
    if (invocation.migrate.write_sum) {
        migrate::write_sum(folder_of(invocation), migrate::read_directory(folder_of(invocation)));
        print(as_json(invocation) ? findings_json({}) : "the integrity file is written\n");
        return 0;
    }
    const Desk desk = open_desk(invocation);
    const auto findings = migrate_with(invocation, desk, [&](const migrate::Env& env) {
        return migrate::verify(env, folder_of(invocation));
    });
    print(as_json(invocation) ? findings_json(findings) : findings_text(findings));
    return findings.empty() ? 0 : negative;
}

int say_done(const Invocation& invocation, const std::string& what) {
    print(as_json(invocation) ? "{\"done\":true}\n" : what + "\n");
    return 0;
}

int mark(const Invocation& invocation) {
    const std::string version = need_word(invocation, 0, 2, "VERSION");
    const std::string as = need_word(invocation, 1, 2, "applied or unapplied");
    if (as != "applied" && as != "unapplied") {
        throw usage("bad_value", fmt::format("'{}': applied or unapplied is expected", as));
    }
    if (!invocation.migrate.reason) {
        throw usage("no_reason", "mark needs a --reason: it goes into the history");
    }
    const Desk desk = open_desk(invocation);
    migrate_with(invocation, desk, [&](const migrate::Env& env) {
        migrate::mark(env, folder_of(invocation), version,
                      as == "applied" ? migrate::Mark::applied : migrate::Mark::unapplied,
                      *invocation.migrate.reason);
    });
    return say_done(invocation, fmt::format("{} is marked as {}", version, as));
}

int baseline(const Invocation& invocation) {
    const std::string version = need_word(invocation, 0, 1, "VERSION");
    const Desk desk = open_desk(invocation);
    const std::size_t count = migrate_with(invocation, desk, [&](const migrate::Env& env) {
        return migrate::baseline(env, folder_of(invocation), version);
    });
    return say_done(invocation, fmt::format("{} migrations are taken for applied", count));
}

int repair(const Invocation& invocation) {
    const MigrateWords& given = invocation.migrate;
    const int asked =
        (given.accept ? 1 : 0) + (given.statement_done ? 1 : 0) + (given.statement_not_done ? 1 : 0);
    if (asked != 1) {
        throw usage(
            "bad_option",
            "repair takes one of --accept VERSION, --statement-done and --statement-not-done; what is half "
            "done is finished by `turntable up` and undone by `turntable down`");
    }
    const Desk desk = open_desk(invocation);
    migrate_with(invocation, desk, [&](const migrate::Env& env) {
        if (given.accept) {
            migrate::accept_text(env, folder_of(invocation), *given.accept);
        } else {
            migrate::settle_statement(env, given.statement_done ? migrate::StatementOutcome::done
                                                                : migrate::StatementOutcome::not_done);
        }
    });
    return say_done(invocation, "the history is repaired");
}

int lock(const Invocation& invocation) {
    const Desk desk = open_desk(invocation);
    if (invocation.migrate.release) {
        migrate_with(invocation, desk, [](const migrate::Env& env) { migrate::release_lock(env); });
        return say_done(invocation, "the lease is free; who had it stops at its next step");
    }
    const auto holder =
        migrate_with(invocation, desk, [](const migrate::Env& env) { return migrate::lock_state(env); });
    print(as_json(invocation) ? lock_json(holder) : lock_text(holder));
    return 0;
}

// On a database of its own, never on the one that --url names: that one may be somebody's.
int test(const Invocation& invocation) {
    if (!invocation.migrate.scratch) {
        throw usage("no_scratch",
                    "test needs --scratch URL, an empty database in which it makes and drops things");
    }
    const Invocation other = on_scratch(invocation);
    const Desk desk = open_desk(other);
    const auto found = migrate_with(other, desk, [&](const migrate::Env& env) {
        return migrate::rehearse(env, folder_of(invocation), invocation.migrate.from.value_or("base"));
    });
    print(as_json(invocation) ? rehearsal_json(found) : rehearsal_text(found));
    const bool clean = found.findings.empty() && std::ranges::all_of(found.lines, [](const auto& line) {
                           return line.findings.empty();
                       });
    return clean ? 0 : negative;
}

} // namespace

int plan_migrations(const Invocation& invocation) {
    migrate::UpOptions options = up_options(invocation);
    const Desk desk = open_desk(invocation);
    options.policy = policy_of(invocation, desk);
    const auto plan =
        migrate_with(invocation, desk, [&](const migrate::Env& env) { return migrate::plan(env, options); });
    print(as_json(invocation) ? migrations_json(plan) : migrations_text(plan, "up"));
    return 0;
}

std::string migrations_folder(const Invocation& invocation) {
    return folder_of(invocation);
}

// No windows: the way back that is tested is the one that is there after them.
Invocation on_scratch(const Invocation& invocation) {
    Invocation other = invocation;
    other.globals.url = invocation.migrate.scratch;
    const Url url = Url::parse(*invocation.migrate.scratch);
    if (url.scheme == "sqlite" && !std::filesystem::exists(url.database)) {
        const std::ofstream empty{url.database}; // what SQLite takes for an empty database
    }
    other.settings = {{"keep-old", "none"}};
    return other;
}

std::string only_migrate_word(const Invocation& invocation, const char* what) {
    return need_word(invocation, 0, 1, what);
}

void with_migrations(const Invocation& invocation, const Desk& desk,
                     const std::function<void(const migrate::Env&)>& work) {
    migrate_with(invocation, desk, work);
}

void purge_set_aside(const Invocation& invocation, Engine& engine) {
    const auto gone = at_work(invocation, engine, [&](const run::Context& context) {
        return migrate::purge_due({context, {}, who(), run::this_host(), Millis{60'000}, {}});
    });
    for (const std::string& table : gone) {
        print_error(fmt::format("table {}, which was set aside, is dropped: its time was over\n", table));
    }
}

int run_migrate_command(const Invocation& invocation) {
    switch (invocation.command) {
    case Command::new_migration:
        return new_migration(invocation);
    case Command::dump:
        return dump_schema(invocation);
    case Command::drift:
        return find_drift(invocation);
    case Command::import_history:
        return import_migrations(invocation);
    case Command::up:
        return up(invocation);
    case Command::down:
        return down(invocation);
    case Command::status:
        return status(invocation);
    case Command::current:
        return current(invocation);
    case Command::history:
        return history(invocation);
    case Command::verify:
        return verify(invocation);
    case Command::mark:
        return mark(invocation);
    case Command::baseline:
        return baseline(invocation);
    case Command::repair:
        return repair(invocation);
    case Command::lock:
        return lock(invocation);
    case Command::test:
        return test(invocation);
    case Command::alter:
    case Command::plan:
    case Command::audit:
    case Command::conversions:
    case Command::revert:
    case Command::finalize:
    case Command::jobs:
    case Command::pause:
    case Command::resume:
    case Command::set:
    case Command::cutover:
    case Command::abort:
    case Command::lint:
    case Command::demo:
    case Command::help:
    case Command::version:
        break;
    }
    check(false, "not a command on migrations");
    return 1;
}

} // namespace turntable::cli
