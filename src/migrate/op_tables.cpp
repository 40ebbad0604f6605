#include "migrate/op_tables.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "change/parse.hpp"

namespace turntable::migrate {
namespace {

using change::OpReader;

NewColumn read_column(const toml::table& table, const std::string& file) {
    OpReader reader{table, file};
    NewColumn column;
    column.name = reader.text("name");
    const change::TypeText type = change::split_type(reader.text("type"));
    column.type = type.type;
    column.identity = reader.flag("identity");
    column.nullable = type.nullable.value_or(!column.identity);
    column.default_sql = reader.optional_sql("default");
    reader.expect_nothing_else();
    if (column.identity && (column.nullable || column.default_sql)) {
        throw reader.bad("an identity column has no default and is not null");
    }
    return column;
}

// A part of a table that is an operation of its own elsewhere: a check, an index, …
template <typename Part>
void read_parts(OpReader& op, std::string_view key, const toml::table& kind_of, std::vector<Part>& parts) {
    for (const toml::table* const given : table_list(op, key)) {
        if (given->contains("kind")) {
            throw op.bad(fmt::format("unknown key 'kind' in {}", std::string{key}));
        }
        toml::table whole = *given;
        whole.insert("kind", *kind_of.get("kind"));
        OpReader reader{whole, op.file_name(), given->source()};
        parts.push_back(std::get<Part>(change::read_operation(reader)));
        reader.expect_nothing_else();
    }
}

toml::table kind(const char* name) {
    return toml::table{{"kind", name}};
}

void check_columns(const OpReader& op, const NewTable& table) {
    if (table.columns.empty()) {
        throw op.bad("the table has no columns");
    }
    const auto known = [&](const std::string& name) {
        return std::ranges::any_of(table.columns,
                                   [&](const NewColumn& column) { return column.name == name; });
    };
    for (const std::string& name : table.primary_key) {
        if (!known(name)) {
            throw op.bad(fmt::format("the primary key names {}, which is no column of the table", name));
        }
    }
    std::set<std::string> names;
    for (const NewColumn& column : table.columns) {
        if (!names.insert(column.name).second) {
            throw op.bad(fmt::format("the column {} is there twice", column.name));
        }
        if (column.identity && table.primary_key != std::vector{column.name}) {
            throw op.bad("an identity column is the primary key of its table: primary_key = [\"" +
                         column.name + "\"]");
        }
    }
}

} // namespace

Literal read_literal(const toml::node& node, const std::string& file) {
    if (const auto* const text = node.as_string()) {
        return text->get();
    }
    if (const auto* const integer = node.as_integer()) {
        return integer->get();
    }
    if (const auto* const real = node.as_floating_point()) {
        return real->get();
    }
    if (const auto* const boolean = node.as_boolean()) {
        return boolean->get();
    }
    throw change::bad_file(file, node.source(), "a value is a text, a number, true or false");
}

std::optional<std::string> EngineText::for_engine(const std::string& engine) const {
    const auto found = by_engine.find(engine);
    return found == by_engine.end() ? common : found->second;
}

EngineText read_engine_text(const toml::node& node, const std::string& file) {
    EngineText text;
    const auto value_of = [&](const toml::node& value) {
        const auto* const given = value.as_string();
        if (given == nullptr || given->get().find_first_not_of(" \t\r\n") == std::string::npos) {
            throw change::bad_file(file, value.source(), "SQL is a text that is not empty");
        }
        return given->get();
    };
    const auto* const table = node.as_table();
    if (table == nullptr) {
        text.common = value_of(node);
        return text;
    }
    constexpr std::array engines{"postgresql", "mysql", "mariadb", "sqlite"};
    for (const auto& [key, value] : *table) {
        if (key.str() == "default") {
            text.common = value_of(value);
        } else if (std::ranges::find(engines, key.str()) != engines.end()) {
            text.by_engine[std::string{key.str()}] = value_of(value);
        } else {
            throw change::bad_file(
                file, key.source(),
                fmt::format("unknown engine '{}'; postgresql, mysql, mariadb, sqlite and default are known",
                            std::string{key.str()}));
        }
    }
    if (!text.given()) {
        throw change::bad_file(file, node.source(), "it names no engine");
    }
    return text;
}

EngineText optional_engine_text(OpReader& op, std::string_view key) {
    const toml::node* const node = op.node(key);
    return node == nullptr ? EngineText{} : read_engine_text(*node, op.file_name());
}

EngineText engine_text(OpReader& op, std::string_view key) {
    EngineText text = optional_engine_text(op, key);
    if (!text.given()) {
        throw op.bad(fmt::format("the operation lacks {}", std::string{key}));
    }
    return text;
}

std::vector<const toml::table*> table_list(OpReader& op, std::string_view key) {
    std::vector<const toml::table*> tables;
    const toml::node* const node = op.node(key);
    if (node == nullptr) {
        return tables;
    }
    const auto* const array = node->as_array();
    if (array == nullptr || array->empty()) {
        throw op.bad(fmt::format("{} is a list of tables that is not empty", std::string{key}));
    }
    for (const toml::node& element : *array) {
        if (!element.is_table()) {
            throw op.bad(fmt::format("{} is a list of tables", std::string{key}));
        }
        tables.push_back(element.as_table());
    }
    return tables;
}

NewTable read_new_table(OpReader& op) {
    NewTable table;
    table.name = change::parse_table_name(op.text("table"));
    for (const toml::table* const column : table_list(op, "columns")) {
        table.columns.push_back(read_column(*column, op.file_name()));
    }
    table.primary_key = op.optional_texts("primary_key");
    read_parts(op, "unique", kind("add_unique"), table.uniques);
    read_parts(op, "checks", kind("add_check"), table.checks);
    read_parts(op, "foreign_keys", kind("add_foreign_key"), table.foreign_keys);
    read_parts(op, "indexes", kind("add_index"), table.indexes);
    check_columns(op, table);
    return table;
}

namespace {

// Every row is a table of these columns. If they are given, what a row leaves out is NULL; else the first row
// says which they are, and every row has them all.
std::vector<std::vector<Literal>> read_rows(OpReader& op, std::vector<std::string>& columns) {
    const bool given = !columns.empty();
    std::vector<std::vector<Literal>> rows;
    for (const toml::table* const row : table_list(op, "rows")) {
        if (columns.empty()) {
            for (const auto& [key, value] : *row) {
                columns.emplace_back(key.str());
            }
        }
        std::size_t found = 0;
        std::vector<Literal>& values = rows.emplace_back();
        for (const std::string& column : columns) {
            const toml::node* const value = row->get(column);
            found += value == nullptr ? 0 : 1;
            values.push_back(value == nullptr ? Literal{} : read_literal(*value, op.file_name()));
        }
        if (found != row->size() || (!given && found != columns.size())) {
            throw change::bad_file(op.file_name(), row->source(),
                                   given ? "a row has a column that is not in columns"
                                         : "every row has the columns of the first one");
        }
    }
    if (rows.empty()) {
        throw op.bad("the operation lacks rows");
    }
    return rows;
}

} // namespace

DeleteRows read_delete(OpReader& op) {
    DeleteRows rows;
    rows.table = change::parse_table_name(op.text("table"));
    rows.key = op.texts("key");
    rows.rows = read_rows(op, rows.key);
    return rows;
}

UpsertRows read_upsert(OpReader& op) {
    UpsertRows upsert;
    upsert.table = change::parse_table_name(op.text("table"));
    upsert.key = op.texts("key");
    upsert.columns = op.optional_texts("columns");
    upsert.rows = read_rows(op, upsert.columns);
    for (const std::string& column : upsert.key) {
        if (std::ranges::find(upsert.columns, column) == upsert.columns.end()) {
            throw op.bad(fmt::format("the rows lack {}, which is in the key", column));
        }
    }
    return upsert;
}

} // namespace turntable::migrate
