#include "migrate/step_runner.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "migrate/checksum.hpp"
#include "migrate/row_sql.hpp"

namespace turntable::migrate {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// The last part of "schema.name(arguments)", without quotes.
std::string bare(const std::string& object) {
    std::string name = object.substr(0, object.find('('));
    name = name.substr(name.rfind('.') == std::string::npos ? 0 : name.rfind('.') + 1);
    std::erase(name, '"');
    return lower(name);
}

std::string statements_json(const std::vector<Statement>& statements) {
    nlohmann::json out = nlohmann::json::array();
    for (const Statement& statement : statements) {
        out.push_back(statement.sql);
    }
    return out.dump();
}

} // namespace

void StepRunner::save() {
    in_transaction("the history", [this] { store_.put(session_, row_); });
}

void StepRunner::save_note(const StepNote& note) {
    row_.step_note = note.text();
    save();
}

void StepRunner::in_transaction(const std::string& what, const std::function<void()>& work) {
    if (scope_ == Scope::callers) {
        work();
        return;
    }
    with_retries(env_, what, [&] {
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        work();
        transaction.commit();
    });
}

void StepRunner::finish_with(const std::function<void()>& work) {
    const HistoryRow before = row_;
    in_transaction(step_->title, [&] {
        row_ = before; // of a try that was rolled back nothing stays
        work();
        record_();
        store_.put(session_, row_);
    });
}

void StepRunner::run(const Step& step, const std::function<void()>& record) {
    step_ = &step;
    record_ = record;
    std::visit([this](const auto& body) { run_body(body); }, step.body);
}

void StepRunner::run_one(const Statement& statement, std::optional<Millis> timeout) {
    const ResultSet result = run_limited(env_, session_, statement, timeout);
    row_.rows += result.affected;
}

void StepRunner::run_body(const SqlStep& step) {
    if (const auto* const rename =
            step_->ops.empty() ? nullptr : std::get_if<RenameTable>(&step_->ops[0].body)) {
        if (scope_ == Scope::own_transactions) {
            end_windows(env_, rename->table);
        }
    }
    if (step.transaction && env_.schema().transactional()) {
        finish_with([&] {
            for (const Statement& statement : step.statements) {
                run_one(statement, step.timeout);
            }
        });
        return;
    }
    for (std::size_t i = note().statement; i < step.statements.size(); ++i) {
        run_alone(step.statements[i], step.timeout, i);
    }
    finish_with([] {});
}

// A statement of rows is in one transaction with its note. One of DDL is not: its intent is noted before, and
// who finds such a note looks whether the catalogue has changed since.
void StepRunner::run_alone(const Statement& statement, std::optional<Millis> timeout, std::size_t number) {
    StepNote now = note();
    StepNote next = now;
    next.statement = number + 1;
    next.before.reset();
    const bool transactional = std::get<SqlStep>(step_->body).transaction;
    if (transactional && !env_.schema().commits_implicitly(statement.sql)) {
        const HistoryRow row = row_;
        in_transaction(statement.purpose, [&] {
            row_ = row;
            run_one(statement, timeout);
            row_.step_note = next.text();
            store_.put(session_, row_);
        });
        return;
    }
    if (!now.before || !happened(statement)) {
        now.statement = number;
        now.before = object_hashes();
        save_note(now);
        try {
            // A concurrent index build waits for old snapshots: a short limit would end it and leave half an
            // index.
            const bool waits = lower(statement.sql).find("concurrently") != std::string::npos;
            set_lock_timeout(waits ? Millis{0} : env_.settings.lock_timeout);
            with_retries(env_, statement.purpose, [&] { run_one(statement, timeout); });
            set_lock_timeout(env_.settings.lock_timeout);
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::outcome_unknown &&
                error.kind() != DatabaseErrorKind::lost_connection) {
                now.before.reset(); // it failed, and the server said so
                save_note(now);
            }
            throw;
        }
    }
    save_note(next);
}

void StepRunner::set_lock_timeout(Millis lock_timeout) {
    for (const std::string& sql : env_.schema().user_settings(lock_timeout, std::nullopt)) {
        session_.run(sql);
    }
}

std::map<std::string, std::string> StepRunner::object_hashes() const {
    std::map<std::string, std::string> hashes;
    for (const SchemaObject& object : env_.schema().objects(session_)) {
        hashes[object.kind + " " + object.name] = sha256(object.text);
    }
    return hashes;
}

bool StepRunner::happened(const Statement& statement) const {
    const std::map<std::string, std::string> before = note().before.value();
    const std::map<std::string, std::string> now = object_hashes();
    std::vector<std::string> different;
    const auto compare = [&different](const auto& one, const auto& other) {
        for (const auto& [name, hash] : one) {
            const auto found = other.find(name);
            if (found == other.end() || found->second != hash) {
                different.push_back(name);
            }
        }
    };
    compare(before, now);
    compare(now, before);
    const std::string sql = lower(statement.sql);
    for (const std::string& object : different) {
        if (sql.find(bare(object.substr(object.find(' ') + 1))) == std::string::npos) {
            throw Error{
                ErrorKind::needs_repair, "outcome_unknown",
                fmt::format("whether this statement took effect before the run ended cannot be told, because "
                            "{} was changed by somebody else meanwhile: {}",
                            object, statement.sql)}
                .next("look, then `turntable repair --statement-done` or `turntable repair "
                      "--statement-not-done`");
        }
    }
    return !different.empty();
}

void StepRunner::run_body(const RowsStep& step) {
    finish_with([&] {
        const auto write = [&](const UpsertRows& rows) { return write_rows(session_, env_.schema(), rows); };
        const auto erase = [&](const DeleteRows& rows) { return delete_rows(session_, env_.schema(), rows); };
        row_.rows += std::holds_alternative<UpsertRows>(step.rows) ? write(std::get<UpsertRows>(step.rows))
                                                                   : erase(std::get<DeleteRows>(step.rows));
    });
}

// Says when and what; no other table of the migration gets it, and none that an earlier run of it, taken back
// since, has set aside and that is still kept. A row without its table is that of a run that died before it
// moved the table.
std::string StepRunner::aside_name(const TableName& table) const {
    const std::string base =
        fmt::format("_turntable_dropped_{}_{}", row_.version, sha256(table.display()).substr(0, 8));
    const std::vector<AsideRow> kept = store_.asides(session_);
    const auto taken = [&](const std::string& name) {
        return std::ranges::find(kept, name, &AsideRow::name) != kept.end() &&
               (env_.schema().transactional() || env_.schema().describe(session_, {table.schema, name}));
    };
    std::string name = base;
    for (int n = 2; taken(name) && env_.schema().describe(session_, table); ++n) {
        name = fmt::format("{}_{}", base, n);
    }
    return name;
}

void StepRunner::run_body(const AsideStep& step) {
    const TableName& table = step.drop.table;
    const std::string name = aside_name(table);
    if (scope_ == Scope::own_transactions) {
        end_windows(env_, table);
    }
    const bool gone_already = !env_.schema().transactional() &&
                              env_.schema().describe(session_, {table.schema, name}).has_value() &&
                              !env_.schema().describe(session_, table).has_value();
    if (gone_already) {
        finish_with([] {});
        return;
    }
    const SetAside aside = env_.schema().set_aside(session_, table, name);
    const AsideRow row{name,           table.display(),
                       row_.version,   statements_json(aside.back),
                       aside.gone.sql, env_.now_ms() + step.drop.retain.count()};
    if (env_.schema().transactional()) {
        finish_with([&] {
            for (const Statement& statement : aside.away) {
                run_one(statement, {});
            }
            store_.put(session_, row);
        });
        return;
    }
    in_transaction(step_->title, [&] { store_.put(session_, row); });
    for (const Statement& statement : aside.away) {
        with_retries(env_, step_->title, [&] { run_one(statement, {}); });
    }
    finish_with([] {});
}

void StepRunner::run_body(const RestoreStep& step) {
    std::optional<AsideRow> kept;
    for (const AsideRow& row : store_.asides(session_)) {
        if (row.original == step.table.display() && (!kept || kept->due_ms < row.due_ms)) {
            kept = row;
        }
    }
    if (!kept) {
        throw Error{ErrorKind::refused, "not_kept",
                    fmt::format("table {} is not kept any more: its time is over", step.table.display())};
    }
    const auto back = nlohmann::json::parse(kept->back).get<std::vector<std::string>>();
    const auto bring = [&] {
        for (const std::string& sql : back) {
            run_one({sql, {}, step_->title, Blocks::everyone_briefly}, {});
        }
    };
    if (env_.schema().transactional()) {
        finish_with([&] {
            bring();
            store_.erase_aside(session_, kept->name);
        });
        return;
    }
    if (!env_.schema().describe(session_, step.table).has_value()) {
        with_retries(env_, step_->title, bring);
    }
    finish_with([&] { store_.erase_aside(session_, kept->name); });
}

} // namespace turntable::migrate
