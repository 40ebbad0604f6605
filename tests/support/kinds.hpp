#pragma once
// What each engine is tested with: kinds of key, kinds of column, kinds of change. One list per engine and
// dimension.

#include <string>
#include <vector>

#include "support/table_model.hpp"
#include "support/twin_oracle.hpp"

namespace turntable::test {

[[nodiscard]] std::vector<KeyKind> key_kinds(Flavor flavor);
// The plain one that tests use which are not about keys: id INTEGER PRIMARY KEY.
[[nodiscard]] KeyKind integer_key(Flavor flavor);

struct ColumnKind {
    std::string name;
    std::vector<Column> columns; // that pass through the change as they are
};
[[nodiscard]] std::vector<ColumnKind> column_kinds(Flavor flavor);

struct ChangeKind {
    std::string name;
    std::vector<Column> columns;                 // that the table needs for it
    std::vector<std::string> constraints, after; // as in TableModel
    std::vector<std::string> before;             // statements before CREATE TABLE
    std::vector<std::string> arguments;          // of `alter TABLE`; "@" stands for the table's plain name
    // The same change as the server itself makes it, "#" for the quoted table; empty where it cannot. The
    // catalogue after the tool must be the catalogue after these.
    std::vector<std::string> native;
    // Applied to the old shape, gives the new one.
    std::function<void(ExpectedShape&)> effect = [](ExpectedShape&) {};
    bool writers_look = false; // the statements do not suit both shapes
    // A statement ("#" for the quoted table) that the new shape must refuse and the old one takes, and is
    // rolled back: it proves that a constraint is there. Empty: none.
    std::string refused_after;
    bool refused_before = false; // by the old shape, too
    bool needs_integer_key = false;
    bool can_revert = true;
};
[[nodiscard]] std::vector<ChangeKind> change_kinds(Flavor flavor);
[[nodiscard]] const ChangeKind& change_named(const std::vector<ChangeKind>& kinds, const std::string& name);
// Float money to integer cents under a new name, with values that are hard to convert.
[[nodiscard]] ChangeKind cents_change(Flavor flavor);

[[nodiscard]] TableModel make_model(Flavor flavor, const KeyKind& key, const ColumnKind* columns,
                                    const ChangeKind& change);

// alter TABLE …, without --execute.
[[nodiscard]] std::vector<std::string> arguments_of(const TableModel& model, const ChangeKind& change);

// Parts of effects.
void rename_column(ExpectedShape& shape, const std::string& from, const std::string& to);
void drop_column(ExpectedShape& shape, const std::string& name);
void add_column(ExpectedShape& shape, const std::string& name, const Image& value);
using ImageMap = std::function<Image(const Image&)>;
void map_column(ExpectedShape& shape, const std::string& name, const ImageMap& map);

} // namespace turntable::test
