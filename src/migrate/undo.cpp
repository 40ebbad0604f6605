// One function per kind of step: what undoes it, and what of it does not come back.
#include "migrate/undo.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "migrate/op_toml.hpp"
#include "migrate/row_sql.hpp"
#include "migrate/undo_change.hpp"

namespace turntable::migrate {
namespace {

Op op_of(std::string kind, OpBody body) {
    return Op{std::move(kind), 0, std::move(body), {}};
}

void worsen(UndoStep& undo, UndoClass to, const std::string& why) {
    if (to > undo.undo) {
        undo.undo = to;
    }
    if (undo.why.find(why) == std::string::npos) {
        undo.why += (undo.why.empty() ? "" : "; ") + why;
    }
}

class Finder {
  public:
    Finder(const Step& step, Session& session, const Engine& engine, const Blueprint* planned)
        : step_(step), session_(session), engine_(engine), planned_(planned) {}

    UndoStep run() {
        undo_.source = step_.source;
        undo_.title = step_.title;
        std::visit([this](const auto& body) { find(body); }, step_.body);
        for (const Op& op : step_.ops) {
            if (op.irreversible) {
                worsen(undo_, UndoClass::none, *op.irreversible);
            }
        }
        undo_.ops = undo_.undo == UndoClass::none || ops_.empty() ? "" : op_texts(ops_);
        return std::move(undo_);
    }

  private:
    // A table that was made or renamed says so in its operation; raw SQL says what its author wrote.
    void find(const SqlStep& step) {
        if (step_.ops.empty() || std::holds_alternative<RawSql>(step_.ops.front().body)) {
            find_raw(step);
        } else if (const auto* const create = std::get_if<CreateTable>(&step_.ops.front().body)) {
            ops_.push_back(op_of("drop_table", DropTable{create->table.name}));
            worsen(undo_, UndoClass::recoverable, "the rows of the table are kept aside for a week");
        } else if (const auto* const rename = std::get_if<RenameTable>(&step_.ops.front().body)) {
            ops_.push_back(
                op_of("rename_table", RenameTable{{rename->table.schema, rename->to}, rename->table.name}));
        }
    }

    void find_raw(const SqlStep& step) {
        const auto down = step_.down.for_engine(std::string{engine_.traits().name});
        if (!down) {
            worsen(undo_, UndoClass::none, "raw SQL without a way back in its file");
            return;
        }
        RawSql raw{{*down, {}}, {}, step.transaction, step.timeout};
        if (down->find_first_not_of(" \t\r\n") != std::string::npos) {
            ops_.push_back(op_of("sql", std::move(raw)));
        }
        worsen(undo_, UndoClass::stated, "the way back of raw SQL is the one that its author wrote");
    }

    void find(const ChangeStep& step) {
        ChangeUndo found = undo_of_change(step.request, session_, engine_, planned_);
        for (const Operation& operation : found.operations) {
            ops_.push_back(op_of(kind_of(operation), TableChange{step.request.table, operation}));
        }
        for (const auto& [undo, why] : found.losses) {
            worsen(undo_, undo, why);
        }
    }

    void find(const BackfillStep& step) {
        for (const Op& op : step_.ops) {
            if (std::holds_alternative<Backfill>(op.body)) {
                worsen(undo_, UndoClass::lossy,
                       fmt::format("the values that {} had before are not kept", step.table.display()));
            }
        }
    }

    void find(const RowsStep& step) {
        std::visit([this](const auto& rows) { find_rows(rows); }, step.rows);
    }

    void find_rows(const UpsertRows& upsert) {
        UpsertRows before{upsert.table, upsert.key, upsert.columns, {}};
        DeleteRows fresh{upsert.table, upsert.key, {}};
        for (const std::vector<Literal>& row : upsert.rows) {
            const std::vector<Literal> key = key_of(upsert, row);
            if (auto old =
                    read_row(session_, engine_.schema(), {upsert.table, upsert.key, key}, upsert.columns)) {
                before.rows.push_back(*std::move(old));
            } else {
                fresh.rows.push_back(key);
            }
        }
        if (!fresh.rows.empty()) {
            ops_.push_back(op_of("delete_rows", std::move(fresh)));
        }
        if (!before.rows.empty()) {
            ops_.push_back(op_of("upsert_rows", std::move(before)));
        }
    }

    void find_rows(const DeleteRows& rows) {
        const auto table = engine_.schema().describe(session_, rows.table);
        UpsertRows before{rows.table, rows.key, {}, {}};
        for (const DescribedColumn& column : table ? table->columns : std::vector<DescribedColumn>{}) {
            before.columns.push_back(column.name);
        }
        for (const std::vector<Literal>& key : rows.rows) {
            if (auto old =
                    read_row(session_, engine_.schema(), {rows.table, rows.key, key}, before.columns)) {
                before.rows.push_back(*std::move(old));
            }
        }
        if (!before.rows.empty()) {
            ops_.push_back(op_of("upsert_rows", std::move(before)));
        }
    }

    void find(const AsideStep& step) {
        ops_.push_back(op_of("restore_table", RestoreTable{step.drop.table}));
        worsen(undo_, UndoClass::recoverable, "the table is kept aside, then it is dropped");
    }

    void find(const RestoreStep& step) {
        ops_.push_back(op_of("drop_table", DropTable{step.table}));
        worsen(undo_, UndoClass::recoverable, "the rows of the table are kept aside for a week");
    }

    const Step& step_;
    Session& session_;
    const Engine& engine_;
    const Blueprint* planned_;
    UndoStep undo_;
    std::vector<Op> ops_;
};

} // namespace

UndoStep find_undo(const Step& step, Session& session, const Engine& engine, const Blueprint* planned) {
    return Finder{step, session, engine, planned}.run();
}

} // namespace turntable::migrate
