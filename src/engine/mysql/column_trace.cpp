#include "column_trace.hpp"

#include <algorithm>

#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

struct Pending {
    TracedColumn column;
    bool dropped = false;
    std::string new_name;
};

Pending& must_find(std::vector<Pending>& columns, const std::string& name, const Clause& clause) {
    const auto found =
        std::ranges::find_if(columns, [&](const Pending& p) { return same_name(p.column.name, name); });
    if (found == columns.end()) {
        throw Error{ErrorKind::usage, "unknown_column",
                    "the ALTER clause \"" + clause.text + "\" names the column '" + name +
                        "', which the table does not have"};
    }
    return *found;
}

std::vector<TracedColumn> after_list(const std::vector<TracedColumn>& before,
                                     const std::vector<Clause>& list) {
    std::vector<Pending> columns;
    for (const TracedColumn& column : before) {
        columns.push_back({column, false, column.name});
    }
    std::vector<TracedColumn> added;
    for (const Clause& clause : list) {
        switch (clause.kind) {
        case Clause::Kind::add_column:
            for (const std::string& name : clause.added) {
                added.push_back({name, std::nullopt});
            }
            break;
        case Clause::Kind::drop_column:
            must_find(columns, clause.column, clause).dropped = true;
            break;
        case Clause::Kind::rename_column:
        case Clause::Kind::change_column:
            must_find(columns, clause.column, clause).new_name = clause.new_name;
            break;
        case Clause::Kind::modify_column:
        case Clause::Kind::alter_column:
            static_cast<void>(must_find(columns, clause.column, clause));
            break;
        case Clause::Kind::add_index:
        case Clause::Kind::drop_index:
        case Clause::Kind::rename_index:
        case Clause::Kind::alter_index:
        case Clause::Kind::add_primary_key:
        case Clause::Kind::drop_primary_key:
        case Clause::Kind::add_check:
        case Clause::Kind::drop_check:
        case Clause::Kind::drop_constraint:
        case Clause::Kind::add_foreign_key:
        case Clause::Kind::drop_foreign_key:
        case Clause::Kind::alter_check:
        case Clause::Kind::table_option:
        case Clause::Kind::convert_charset:
        case Clause::Kind::rebuild:
            break;
        }
    }
    std::vector<TracedColumn> after;
    for (const Pending& pending : columns) {
        if (!pending.dropped) {
            after.push_back({pending.new_name, pending.column.origin});
        }
    }
    after.insert(after.end(), added.begin(), added.end());
    return after;
}

} // namespace

std::vector<TracedColumn> trace_columns(const Table& source, const std::vector<std::vector<Clause>>& lists) {
    std::vector<TracedColumn> columns;
    for (const Column& column : source.columns) {
        columns.push_back({column.name, column.name});
    }
    for (const std::vector<Clause>& list : lists) {
        columns = after_list(columns, list);
    }
    return columns;
}

} // namespace turntable::mysql
