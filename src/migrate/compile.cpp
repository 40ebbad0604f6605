// From operations to steps. Neighbouring operations on one table become one change, and so one shadow pass.
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/core.h>

#include "migrate/checksum.hpp"
#include "migrate/op_toml.hpp"
#include "migrate/sql/split.hpp"
#include "migrate/step.hpp"

namespace turntable::migrate {
namespace {

SqlFlavor flavor_of(const Engine& engine) {
    const auto flavor = flavor_named(engine.traits().name);
    check(flavor.has_value(), "an engine has no flavour of SQL");
    return *flavor;
}

// A person's own BEGIN or COMMIT would end the transaction that the history row is in.
void refuse_transaction_control(const SqlPiece& piece, const std::string& path, bool transaction) {
    std::string word;
    for (const char c : piece.text) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
            break;
        }
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    constexpr std::array words{"begin", "commit",    "rollback", "start",
                               "end",   "savepoint", "release",  "abort"};
    if (std::ranges::find(words, word) != words.end() || (word == "attach" && transaction)) {
        throw Error{
            ErrorKind::usage, "transaction_control",
            fmt::format("{}, line {}: '{}' does not go into a migration: it runs in a transaction of its "
                        "own with its history row",
                        path, piece.line, word)}
            .next("leave it out; tx=off runs every statement by itself");
    }
}

SqlStep sql_step(const std::string& text, int line, const Engine& engine, const std::string& path,
                 bool transaction, std::optional<Millis> timeout) {
    SqlStep step;
    step.transaction = transaction;
    step.timeout = timeout;
    for (SqlPiece& piece : split_sql(text, flavor_of(engine), line)) {
        refuse_transaction_control(piece, path, transaction);
        step.statements.push_back(
            {std::move(piece.text), {}, fmt::format("{}, line {}", path, piece.line), Blocks::everyone});
        step.lines.push_back(piece.line);
    }
    return step;
}

std::string text_for(const EngineText& text, const Engine& engine, const Op& op, const std::string& path,
                     const char* what) {
    const auto found = text.for_engine(std::string{engine.traits().name});
    if (!found) {
        throw Error{
            ErrorKind::refused, "no_variant",
            fmt::format("{}, line {}: {} says nothing for {}", path, op.line, what, engine.traits().name)}
            .next("add a variant for this engine, or one named default");
    }
    return *found;
}

bool about_foreign_key(const Operation& operation) {
    const auto* const drop = std::get_if<DropConstraint>(&operation);
    return std::holds_alternative<AddForeignKey>(operation) || (drop != nullptr && drop->foreign_key);
}

// Turns operations into steps, one after another.
class Compiler {
  public:
    Compiler(const Engine& engine, const std::string& path) : engine_(engine), path_(path) {}

    std::vector<Step> run(const std::vector<Op>& ops) {
        for (const Op& op : ops) {
            op_ = &op;
            std::visit([this](const auto& body) { add(body); }, op.body);
        }
        for (Step& step : steps_) {
            step.source = sha256(op_texts(step.ops));
        }
        return std::move(steps_);
    }

  private:
    Step& start(const std::string& title, StepBody body) {
        steps_.push_back({title, op_->line, {}, {*op_}, std::move(body), {}});
        return steps_.back();
    }

    // Joins the change before it if that is of the same table.
    void change(const TableName& table, std::vector<Operation> operations) {
        auto* const last = steps_.empty() ? nullptr : std::get_if<ChangeStep>(&steps_.back().body);
        const bool apart =
            last != nullptr && engine_.schema().foreign_keys_apart() &&
            about_foreign_key(last->request.operations.front()) != about_foreign_key(operations.front());
        if (last == nullptr || !(last->request.table == table) || apart) {
            start(fmt::format("change {}: {}", table.display(), op_->kind), ChangeStep{{table, {}, {}, {}}});
        } else {
            steps_.back().title += ", " + op_->kind;
            steps_.back().ops.push_back(*op_);
        }
        auto& request = std::get<ChangeStep>(steps_.back().body).request;
        for (Operation& operation : operations) {
            request.operations.push_back(std::move(operation));
        }
    }

    // Part of the operation before it: undone with that.
    void backfill(BackfillStep fill) { start("fill " + fill.table.display(), std::move(fill)); }

    void add(const TableChange& body) { change(body.table, {body.operation}); }
    void add(const CreateTable& body) {
        start("create table " + body.table.name.display(),
              SqlStep{engine_.schema().create_table(body.table), {}, true, {}});
    }
    void add(const DropTable& body) { start("set aside table " + body.table.display(), AsideStep{body}); }
    void add(const RestoreTable& body) {
        start("bring back table " + body.table.display(), RestoreStep{body.table});
    }
    void add(const RenameTable& body) {
        start(fmt::format("rename table {} to {}", body.table.display(), body.to),
              SqlStep{{engine_.schema().rename_table(body.table, body.to)}, {}, true, {}});
    }
    void add(const Backfill& body) {
        BackfillStep fill{body.table, {}, {}};
        for (const auto& [column, expression] : body.set) {
            fill.set.emplace_back(column, text_for(expression, engine_, *op_, path_, "set"));
        }
        if (body.where.given()) {
            fill.where = text_for(body.where, engine_, *op_, path_, "where");
        }
        backfill(std::move(fill));
    }
    void add(const UpsertRows& body) { start("rows of " + body.table.display(), RowsStep{body}); }
    void add(const DeleteRows& body) { start("rows of " + body.table.display(), RowsStep{body}); }

    void add_filled(const TableName& table, const std::vector<NewPart>& parts) {
        std::vector<Operation> columns;
        BackfillStep fill{table, {}, {}};
        for (const NewPart& part : parts) {
            columns.push_back(AddColumn{part.column, part.type, true, {}});
            fill.set.emplace_back(part.column, text_for(part.value, engine_, *op_, path_, "value"));
        }
        change(table, std::move(columns));
        backfill(std::move(fill));
    }
    void add(const CopyColumn& body) {
        add_filled(body.table, {{body.to, body.type, {engine_.schema().quoted(body.from), {}}}});
    }
    void add(const SplitColumn& body) { add_filled(body.table, body.into); }
    void add(const MergeColumns& body) { add_filled(body.table, {body.into}); }

    void add(const RawSql& body) {
        SqlStep step = sql_step(text_for(body.up, engine_, *op_, path_, "up"), op_->line, engine_, path_,
                                body.transaction, body.timeout);
        Step& added = start(fmt::format("{} statements of SQL", step.statements.size()), std::move(step));
        added.down = body.down;
    }

    const Engine& engine_;
    const std::string& path_;
    const Op* op_ = nullptr;
    std::vector<Step> steps_;
};

} // namespace

bool runs_in_transaction(const Step& step) {
    if (const auto* const sql = std::get_if<SqlStep>(&step.body)) {
        return sql->transaction;
    }
    return std::holds_alternative<RowsStep>(step.body) || std::holds_alternative<AsideStep>(step.body) ||
           std::holds_alternative<RestoreStep>(step.body);
}

std::vector<Step> compile_ops(const std::vector<Op>& ops, const Engine& engine, const std::string& path) {
    return Compiler{engine, path}.run(ops);
}

std::vector<Step> compile(const MigrationFile& file, const Engine& engine) {
    if (file.kind == FileKind::toml) {
        return compile_ops(file.ops, engine, file.path);
    }
    const SqlSection* const up = file.section(Way::up, engine.traits().name);
    if (up == nullptr) {
        throw Error{
            ErrorKind::refused, "no_variant",
            fmt::format("{} has no `-- turntable:up` section for {}", file.path, engine.traits().name)};
    }
    Step step;
    step.line = up->line;
    SqlStep body = sql_step(up->text, up->line, engine, file.path, up->transaction, up->timeout);
    step.title = fmt::format("{} statements of SQL", body.statements.size());
    step.source = sha256(up->text);
    step.body = std::move(body);
    if (const SqlSection* const down = file.section(Way::down, engine.traits().name)) {
        step.down.common = down->text;
    }
    return {step};
}

} // namespace turntable::migrate
