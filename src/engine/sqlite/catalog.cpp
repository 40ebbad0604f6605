#include "catalog.hpp"

#include <algorithm>

#include "create_table.hpp"
#include "names.hpp"

namespace turntable::sqlite {
namespace {

std::string text_of(const Cell& cell) {
    return cell.value_or("");
}

std::vector<Column> read_columns(const Query& query, const std::string& name, const CreateTable& definition) {
    std::vector<Column> out;
    for (const auto& row :
         query("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?) "
               "ORDER BY cid",
               {name})
             .rows) {
        Column column;
        column.name = text_of(row[0]);
        column.type = text_of(row[1]);
        column.affinity = affinity_of(column.type, definition.strict);
        column.not_null = row[2] == "1";
        column.default_sql = row[3];
        column.key_position = std::stoi(text_of(row[4]));
        column.generated = row[5] == "2"   ? Generated::virtually
                           : row[5] == "3" ? Generated::stored
                                           : Generated::no;
        if (const ColumnDefinition* const written = definition.find(column.name)) {
            const ColumnConstraint* const collate = written->find(ColumnConstraint::Kind::collate);
            column.collation = collate != nullptr ? collate->value : column.collation;
        }
        out.push_back(std::move(column));
    }
    return out;
}

std::vector<Index> read_indexes(const Query& query, const std::string& name) {
    std::vector<Index> out;
    for (const auto& row : query("SELECT l.name, l.\"unique\", l.origin, l.partial, s.sql "
                                 "FROM pragma_index_list(?) l LEFT JOIN sqlite_schema s "
                                 "ON s.type = 'index' AND s.name = l.name ORDER BY l.seq DESC",
                                 {name})
                               .rows) {
        Index index{text_of(row[0]), row[1] == "1", row[3] == "1", text_of(row[2]), row[4], {}};
        for (const auto& part :
             query("SELECT name, coll, desc FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno",
                   {index.name})
                 .rows) {
            index.columns.push_back({part[0], text_of(part[1]), part[2] == "1"});
        }
        out.push_back(std::move(index));
    }
    return out;
}

// An INTEGER PRIMARY KEY is the row id itself and has therefore no index of its own.
std::optional<std::string> rowid_column(const Table& table) {
    const bool has_key_index = std::any_of(table.indexes.begin(), table.indexes.end(),
                                           [](const Index& index) { return index.origin == "pk"; });
    if (table.without_rowid || has_key_index) {
        return std::nullopt;
    }
    for (const Column& column : table.columns) {
        if (column.key_position == 1) {
            return column.name;
        }
    }
    return std::nullopt;
}

} // namespace

Query query_of(Session& session) {
    return [&session](const std::string& sql, const std::vector<Value>& arguments) {
        return session.run(sql, arguments);
    };
}

const Column* Table::find(const std::string& column) const {
    const auto at = std::find_if(columns.begin(), columns.end(),
                                 [&](const Column& c) { return same_name(c.name, column); });
    return at == columns.end() ? nullptr : &*at;
}

std::optional<Table> read_table(const Query& query, const std::string& name) {
    const auto found =
        query("SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE lower(name) = lower(?) AND "
              "type IN ('table', 'view')",
              {name})
            .rows;
    if (found.empty()) {
        return std::nullopt;
    }
    const std::string sql = text_of(found.front()[2]);
    if (found.front()[0] == "view" || lower(sql).starts_with("create virtual")) {
        throw Error{ErrorKind::refused, "not_a_table",
                    text_of(found.front()[1]) + " is a " +
                        (found.front()[0] == "view" ? "view" : "virtual table") +
                        "; only ordinary tables can be changed"};
    }
    const CreateTable definition = CreateTable::parse(sql);
    Table out;
    out.name = text_of(found.front()[1]);
    out.sql = sql;
    out.without_rowid = definition.without_rowid;
    out.strict = definition.strict;
    out.autoincrement = definition.autoincrement;
    out.columns = read_columns(query, out.name, definition);
    out.indexes = read_indexes(query, out.name);
    out.rowid_column = rowid_column(out);
    for (const auto& row :
         query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' AND "
               "lower(tbl_name) = lower(?) ORDER BY rowid",
               {name})
             .rows) {
        out.triggers.push_back({text_of(row[0]), text_of(row[1]), text_of(row[2]), text_of(row[3])});
    }
    return out;
}

std::vector<Object> read_objects(const Query& query) {
    std::vector<Object> out;
    for (const auto& row :
         query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND "
               "substr(tbl_name, 1, 11) <> '_turntable_' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' "
               "ORDER BY type, name",
               {})
             .rows) {
        out.push_back({text_of(row[0]), text_of(row[1]), text_of(row[2]), text_of(row[3])});
    }
    return out;
}

std::vector<ForeignKey> read_foreign_keys(const Query& query, const std::string& table) {
    std::vector<ForeignKey> out;
    std::string last_id;
    for (const auto& row :
         query("SELECT f.id, f.\"table\", f.\"from\", coalesce(f.\"to\", p.name, f.\"from\") "
               "FROM pragma_foreign_key_list(?) f LEFT JOIN pragma_table_info(f.\"table\") p "
               "ON p.pk = f.seq + 1 ORDER BY f.id, f.seq",
               {table})
             .rows) {
        if (out.empty() || last_id != text_of(row[0])) {
            out.push_back({text_of(row[1]), {}, {}});
            last_id = text_of(row[0]);
        }
        out.back().from.push_back(text_of(row[2]));
        out.back().to.push_back(text_of(row[3]));
    }
    return out;
}

std::optional<std::string> object_sql(const Query& query, std::string_view type, const std::string& name) {
    const auto rows = query("SELECT sql FROM sqlite_schema WHERE type = ? AND lower(name) = lower(?)",
                            {std::string{type}, name})
                          .rows;
    return rows.empty() ? std::nullopt : std::optional{text_of(rows.front().front())};
}

std::optional<std::string> rowid_name(const Table& table) {
    for (const char* const name : {"rowid", "_rowid_", "oid"}) {
        if (table.find(name) == nullptr) {
            return name;
        }
    }
    return std::nullopt;
}

std::string affinity_of(const std::string& declared_type, bool strict) {
    const std::string type = lower(declared_type);
    const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
    if (strict && type == "any") {
        return "BLOB";
    }
    if (has("int")) {
        return "INTEGER";
    }
    if (has("char") || has("clob") || has("text")) {
        return "TEXT";
    }
    if (has("blob") || type.empty()) {
        return "BLOB";
    }
    return has("real") || has("floa") || has("doub") ? "REAL" : "NUMERIC";
}

} // namespace turntable::sqlite
