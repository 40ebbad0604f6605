#include "migrate/row_sql.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace turntable::migrate {
namespace {

Value value_of(const Literal& literal) {
    struct Convert {
        Value operator()(std::monostate) const { return Null{}; }
        Value operator()(bool flag) const { return std::int64_t{flag ? 1 : 0}; }
        Value operator()(std::int64_t number) const { return number; }
        Value operator()(double number) const { return number; }
        Value operator()(const std::string& text) const { return text; }
    };
    return std::visit(Convert{}, literal);
}

struct Condition {
    std::string sql;
    std::vector<Value> arguments;
};

// A key holds no NULL: it would match nothing, and make another row at each run.
Condition condition_of(const SchemaDialect& schema, const RowKey& key) {
    Condition out;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        if (std::holds_alternative<std::monostate>(key.values[i])) {
            throw Error{ErrorKind::usage, "null_in_key",
                        fmt::format("a row of {} has no value for {}, which is in its key",
                                    key.table.display(), key.columns[i])};
        }
        out.sql += (out.sql.empty() ? "" : " AND ") + schema.quoted(key.columns[i]) + " = ?";
        out.arguments.push_back(value_of(key.values[i]));
    }
    return out;
}

std::string list_of(const SchemaDialect& schema, const std::vector<std::string>& columns, const char* after) {
    std::string out;
    for (const std::string& column : columns) {
        out += (out.empty() ? "" : ", ") + schema.quoted(column) + after;
    }
    return out;
}

std::int64_t count(Session& session, const SchemaDialect& schema, const RowKey& key) {
    const Condition where = condition_of(schema, key);
    return session
        .run(fmt::format("SELECT count(*) FROM {} WHERE {}", schema.quoted(key.table), where.sql),
             where.arguments)
        .only_integer();
}

void update(Session& session, const SchemaDialect& schema, const UpsertRows& rows,
            const std::vector<Literal>& row, const RowKey& key) {
    std::vector<std::string> columns;
    std::vector<Value> arguments;
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
        if (std::ranges::find(rows.key, rows.columns[i]) == rows.key.end()) {
            columns.push_back(rows.columns[i]);
            arguments.push_back(value_of(row[i]));
        }
    }
    if (columns.empty()) {
        return;
    }
    const Condition where = condition_of(schema, key);
    arguments.insert(arguments.end(), where.arguments.begin(), where.arguments.end());
    session.run(fmt::format("UPDATE {} SET {} WHERE {}", schema.quoted(rows.table),
                            list_of(schema, columns, " = ?"), where.sql),
                arguments);
}

void insert(Session& session, const SchemaDialect& schema, const UpsertRows& rows,
            const std::vector<Literal>& row) {
    std::vector<Value> arguments;
    std::string marks;
    for (const Literal& literal : row) {
        arguments.push_back(value_of(literal));
        marks += marks.empty() ? "?" : ", ?";
    }
    session.run(fmt::format("INSERT INTO {} ({}) VALUES ({})", schema.quoted(rows.table),
                            list_of(schema, rows.columns, ""), marks),
                arguments);
}

} // namespace

std::vector<Literal> key_of(const UpsertRows& upsert, const std::vector<Literal>& row) {
    std::vector<Literal> key;
    for (const std::string& column : upsert.key) {
        const auto at = std::ranges::find(upsert.columns, column) - upsert.columns.begin();
        key.push_back(row.at(static_cast<std::size_t>(at)));
    }
    return key;
}

std::optional<std::vector<Literal>> read_row(Session& session, const SchemaDialect& schema, const RowKey& key,
                                             const std::vector<std::string>& columns) {
    const Condition where = condition_of(schema, key);
    const ResultSet found =
        session.run(fmt::format("SELECT {} FROM {} WHERE {}", list_of(schema, columns, ""),
                                schema.quoted(key.table), where.sql),
                    where.arguments);
    if (found.rows.empty()) {
        return std::nullopt;
    }
    if (found.rows.size() > 1) {
        throw Error{ErrorKind::refused, "key_not_unique",
                    fmt::format("{} rows of {} have one key: the key of the operation is none",
                                found.rows.size(), key.table.display())};
    }
    std::vector<Literal> row;
    for (const Cell& cell : found.rows.front()) {
        row.push_back(cell ? Literal{*cell} : Literal{});
    }
    return row;
}

Rows write_rows(Session& session, const SchemaDialect& schema, const UpsertRows& rows) {
    for (const std::vector<Literal>& row : rows.rows) {
        const std::vector<Literal> values = key_of(rows, row);
        const RowKey key{rows.table, rows.key, values};
        if (count(session, schema, key) > 0) {
            update(session, schema, rows, row, key);
        } else {
            insert(session, schema, rows, row);
        }
    }
    return static_cast<Rows>(rows.rows.size());
}

Rows delete_rows(Session& session, const SchemaDialect& schema, const DeleteRows& rows) {
    Rows deleted = 0;
    for (const std::vector<Literal>& values : rows.rows) {
        const Condition where = condition_of(schema, {rows.table, rows.key, values});
        deleted += session
                       .run(fmt::format("DELETE FROM {} WHERE {}", schema.quoted(rows.table), where.sql),
                            where.arguments)
                       .affected;
    }
    return deleted;
}

} // namespace turntable::migrate
