#pragma once
// What a migration can ask for. Operations on one table are those of change.hpp; the others are here.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "turntable/change.hpp"
#include "turntable/schema.hpp"
#include "turntable/units.hpp"

namespace turntable::migrate {

// SQL that may be written once for all engines, or per engine (`{ postgresql = "…", sqlite = "…" }`;
// `default` is for those not named).
struct EngineText {
    std::optional<std::string> common;
    std::map<std::string, std::string> by_engine; // "postgresql", "mysql", "mariadb", "sqlite"

    [[nodiscard]] bool given() const { return common.has_value() || !by_engine.empty(); }
    // nullopt: nothing is written for this engine.
    [[nodiscard]] std::optional<std::string> for_engine(const std::string& engine) const;
};

struct TableChange {
    TableName table;
    Operation operation;
};
struct CreateTable {
    NewTable table;
};
// The table is set aside under another name for the time of `retain`, then it is gone.
struct DropTable {
    TableName table;
    Millis retain{7LL * 24 * 3'600'000};
};
struct RenameTable {
    TableName table;
    std::string to;
};
// Rows in batches by key, each its own transaction: SET of those that `where` finds.
struct Backfill {
    TableName table;
    std::vector<std::pair<std::string, EngineText>> set; // column, expression
    EngineText where;                                    // not given: all rows
};
using Literal = std::variant<std::monostate, bool, std::int64_t, double, std::string>; // monostate: NULL
// Rows by key: there with these values afterwards, whatever was there.
struct UpsertRows {
    TableName table;
    std::vector<std::string> key;
    std::vector<std::string> columns;
    std::vector<std::vector<Literal>> rows; // in the order of columns
};
// Rows by key: not there afterwards.
struct DeleteRows {
    TableName table;
    std::vector<std::string> key;
    std::vector<std::vector<Literal>> rows; // in the order of key
};
// A table that drop_table set aside and that is still kept.
struct RestoreTable {
    TableName table;
};
// A new column with the values of an old one.
struct CopyColumn {
    TableName table;
    std::string from, to, type;
};
struct NewPart {
    std::string column, type;
    EngineText value; // an expression over the old columns
};
// One column into several; the old one stays (a later drop_column takes it).
struct SplitColumn {
    TableName table;
    std::string column;
    std::vector<NewPart> into;
    EngineText back; // expression over the parts, for the way back; optional
};
// Several columns into one; the old ones stay.
struct MergeColumns {
    TableName table;
    std::vector<std::string> columns;
    NewPart into;
};
struct RawSql {
    EngineText up, down;
    bool transaction = true;
    std::optional<Millis> timeout; // of each statement
};

using OpBody = std::variant<TableChange, CreateTable, DropTable, RenameTable, Backfill, UpsertRows,
                            DeleteRows, RestoreTable, CopyColumn, SplitColumn, MergeColumns, RawSql>;

struct Op {
    std::string kind; // the word of the file
    int line = 0;     // where its [[op]] begins: its first key
    OpBody body;
    std::optional<std::string> irreversible; // why there is no way back, in the author's words
};

} // namespace turntable::migrate
