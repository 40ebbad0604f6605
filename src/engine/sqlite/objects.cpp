#include "objects.hpp"

#include <algorithm>

#include "catalog.hpp"
#include "key.hpp"
#include "names.hpp"

namespace turntable::sqlite {
namespace {

// What identifies a row of the table in a DELETE.
std::string row_handle(const Table& table) {
    const auto rowid = rowid_name(table);
    if (!table.without_rowid && (table.rowid_column || rowid)) {
        return table.rowid_column ? identifier(*table.rowid_column) : *rowid;
    }
    KeyTerms terms;
    for (int position = 1;; ++position) {
        const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                         [&](const Column& c) { return c.key_position == position; });
        if (column == table.columns.end()) {
            return key_tuple(terms);
        }
        terms.push_back({identifier(column->name), false});
    }
}

std::string unwrapped(const std::string& tuple) {
    return tuple.starts_with('(') ? tuple.substr(1, tuple.size() - 2) : tuple;
}

} // namespace

bool exists_as_planned(Session& session, const PlannedObject& object) {
    return object_sql(query_of(session), object.type, object.name) == object.sql;
}

void ensure(Session& session, const PlannedObject& object) {
    const auto present = object_sql(query_of(session), object.type, object.name);
    if (!present) {
        session.run(object.sql);
        return;
    }
    if (*present != object.sql) {
        Error error{ErrorKind::refused, "name_taken",
                    "the name " + object.name + " is taken by another " + object.type + ": " + *present};
        throw error.next("rename or drop it, or end the job that made it");
    }
}

void drop_if_ours(Session& session, const PlannedObject& object) {
    if (exists_as_planned(session, object)) {
        session.run("DROP " + object.type + " " + identifier(object.name));
    }
}

bool drop_slice(Session& session, const PlannedObject& planned, Rows rows) {
    Transaction transaction{session, TxMode::write};
    if (!exists_as_planned(session, planned)) {
        transaction.commit();
        return true;
    }
    const Table table = *read_table(query_of(session), planned.name);
    const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                    [](const Index& i) { return i.origin == "c"; });
    bool gone = false;
    if (index != table.indexes.end()) {
        session.run("DROP INDEX " + identifier(index->name));
    } else {
        const std::string handle = row_handle(table);
        const auto deleted =
            session.run("DELETE FROM " + identifier(table.name) + " WHERE " + handle + " IN (SELECT " +
                            unwrapped(handle) + " FROM " + identifier(table.name) + " ORDER BY " +
                            unwrapped(handle) + " LIMIT ?)",
                        {rows});
        gone = deleted.affected < rows;
        if (gone) {
            session.run("DROP TABLE " + identifier(table.name));
        }
    }
    transaction.commit();
    return gone;
}

} // namespace turntable::sqlite
