#include "migrate/op_toml.hpp"

#include <sstream>

#include <toml++/toml.h>

#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

toml::array list_of(const std::vector<std::string>& texts) {
    toml::array out;
    for (const std::string& text : texts) {
        out.push_back(text);
    }
    return out;
}

void set_if(toml::table& table, const char* key, const std::optional<std::string>& value) {
    if (value) {
        table.insert_or_assign(key, *value);
    }
}

void set_if(toml::table& table, const char* key, const std::string& value) {
    if (!value.empty()) {
        table.insert_or_assign(key, value);
    }
}

std::string quoted_part(const std::string& part) {
    std::string out = "\"";
    for (const char c : part) {
        out += c == '"' ? "\"\"" : std::string{c};
    }
    return out + "\"";
}

// As change::parse_table_name reads it.
std::string name_text(const TableName& name) {
    const auto plain = [](const std::string& part) {
        return part.find_first_of(".\"") == std::string::npos ? part : quoted_part(part);
    };
    return name.schema.empty() ? plain(name.name) : plain(name.schema) + "." + plain(name.name);
}

// In the largest unit that divides it.
std::string duration_text(Millis duration) {
    for (const auto& [unit, ms] : {std::pair{"d", 86'400'000}, std::pair{"h", 3'600'000},
                                   std::pair{"m", 60'000}, std::pair{"s", 1'000}}) {
        if (duration.count() % ms == 0) {
            return std::to_string(duration.count() / ms) + unit;
        }
    }
    return std::to_string(duration.count()) + "ms";
}

void set_text(toml::table& table, const char* key, const EngineText& text) {
    if (text.by_engine.empty()) {
        set_if(table, key, text.common);
        return;
    }
    toml::table variants;
    set_if(variants, "default", text.common);
    for (const auto& [engine, sql] : text.by_engine) {
        variants.insert_or_assign(engine, sql);
    }
    table.insert_or_assign(key, std::move(variants));
}

std::string type_text(const std::string& type, std::optional<bool> nullable) {
    return nullable ? type + (*nullable ? " null" : " not null") : type;
}

// Only what the reader of change files knows again.
toml::table conversion_table(const Conversion& conversion) {
    toml::table table{{"rule", conversion.rule}};
    if (conversion.scale) {
        table.insert_or_assign("scale", *conversion.scale);
    }
    set_if(table, "into", conversion.into);
    set_if(table, "expr", conversion.expr);
    set_if(table, "inverse", conversion.inverse);
    if (conversion.same_name_accepted) {
        table.insert_or_assign("same_name", "accept");
    }
    for (const auto& [key, value] : conversion.extra) {
        table.insert_or_assign(key, value);
    }
    return table;
}

struct Writer {
    toml::table& table;

    void set(const char* key, const std::string& value) const { table.insert_or_assign(key, value); }

    void operator()(const AddColumn& op) const {
        set("column", op.column);
        set("type", type_text(op.type, op.nullable));
        set_if(table, "default", op.default_sql);
    }
    void operator()(const DropColumn& op) const { set("column", op.column); }
    void operator()(const RenameColumn& op) const {
        set("column", op.column);
        set("to", op.to);
    }
    void operator()(const ChangeColumn& op) const {
        set("column", op.column);
        if (!op.type.empty()) {
            set("type", type_text(op.type, op.nullable));
        }
        set_if(table, "default", op.default_sql);
        if (op.convert) {
            table.insert_or_assign("convert", conversion_table(*op.convert));
        }
    }
    void operator()(const SetNotNull& op) const {
        set("column", op.column);
        set_if(table, "fill", op.fill_sql);
        set_if(table, "default", op.default_sql);
    }
    void operator()(const DropNotNull& op) const { set("column", op.column); }
    void operator()(const SetDefault& op) const {
        set("column", op.column);
        set("default", op.default_sql);
    }
    void operator()(const DropDefault& op) const { set("column", op.column); }
    void operator()(const AddCheck& op) const {
        set("name", op.name);
        set("expression", op.expression);
    }
    void operator()(const AddUnique& op) const {
        set("name", op.name);
        table.insert_or_assign("columns", list_of(op.columns));
    }
    void operator()(const AddForeignKey& op) const {
        set("name", op.name);
        table.insert_or_assign("columns", list_of(op.columns));
        set("references", name_text(op.references));
        if (!op.referenced_columns.empty()) {
            table.insert_or_assign("referenced_columns", list_of(op.referenced_columns));
        }
        set_if(table, "on_delete", op.on_delete);
        set_if(table, "on_update", op.on_update);
    }
    void operator()(const DropConstraint& op) const { set("name", op.name); }
    void operator()(const AddIndex& op) const {
        set("name", op.name);
        table.insert_or_assign("columns", list_of(op.columns));
        if (op.unique) {
            table.insert_or_assign("unique", true);
        }
        set_if(table, "where", op.where);
    }
    void operator()(const DropIndex& op) const { set("name", op.name); }
    void operator()(const SetPrimaryKey& op) const { table.insert_or_assign("columns", list_of(op.columns)); }

    void operator()(const DropPrimaryKey&) const {}

    void operator()(const TableChange& op) const {
        set("table", name_text(op.table));
        std::visit(*this, op.operation);
    }
    void operator()(const CreateTable& op) const;
    void operator()(const DropTable& op) const {
        set("table", name_text(op.table));
        set("retain", duration_text(op.retain));
    }
    void operator()(const RenameTable& op) const {
        set("table", name_text(op.table));
        set("to", op.to);
    }
    void operator()(const Backfill& op) const {
        set("table", name_text(op.table));
        toml::table columns;
        for (const auto& [column, value] : op.set) {
            set_text(columns, column.c_str(), value);
        }
        table.insert_or_assign("set", std::move(columns));
        set_text(table, "where", op.where);
    }
    void rows(const std::vector<std::string>& columns, const std::vector<std::vector<Literal>>& values) const;
    void operator()(const UpsertRows& op) const {
        set("table", name_text(op.table));
        table.insert_or_assign("key", list_of(op.key));
        table.insert_or_assign("columns", list_of(op.columns));
        rows(op.columns, op.rows);
    }
    void operator()(const DeleteRows& op) const {
        set("table", name_text(op.table));
        table.insert_or_assign("key", list_of(op.key));
        rows(op.key, op.rows);
    }
    void operator()(const RestoreTable& op) const { set("table", name_text(op.table)); }
    void operator()(const CopyColumn& op) const {
        set("table", name_text(op.table));
        set("from", op.from);
        set("to", op.to);
        set("type", op.type);
    }
    static toml::table part(const NewPart& part) {
        toml::table out{{"column", part.column}, {"type", part.type}};
        set_text(out, "value", part.value);
        return out;
    }
    void operator()(const SplitColumn& op) const {
        set("table", name_text(op.table));
        set("column", op.column);
        toml::array parts;
        for (const NewPart& one : op.into) {
            parts.push_back(part(one));
        }
        table.insert_or_assign("into", std::move(parts));
        set_text(table, "back", op.back);
    }
    void operator()(const MergeColumns& op) const {
        set("table", name_text(op.table));
        table.insert_or_assign("columns", list_of(op.columns));
        table.insert_or_assign("into", part(op.into));
    }
    void operator()(const RawSql& op) const {
        set_text(table, "up", op.up);
        set_text(table, "down", op.down);
        if (!op.transaction) {
            table.insert_or_assign("no_transaction", true);
        }
        if (op.timeout) {
            set("timeout", std::to_string(op.timeout->count()) + "ms");
        }
    }
};

void Writer::operator()(const CreateTable& op) const {
    set("table", name_text(op.table.name));
    toml::array columns;
    for (const NewColumn& column : op.table.columns) {
        toml::table one{{"name", column.name}, {"type", type_text(column.type, column.nullable)}};
        if (column.identity) {
            one.insert_or_assign("identity", true);
        }
        set_if(one, "default", column.default_sql);
        columns.push_back(std::move(one));
    }
    table.insert_or_assign("columns", std::move(columns));
    if (!op.table.primary_key.empty()) {
        table.insert_or_assign("primary_key", list_of(op.table.primary_key));
    }
    const auto parts = [this](const char* key, const auto& list) {
        toml::array out;
        for (const auto& one : list) {
            toml::table written;
            Writer{written}(one);
            out.push_back(std::move(written));
        }
        if (!out.empty()) {
            table.insert_or_assign(key, std::move(out));
        }
    };
    parts("unique", op.table.uniques);
    parts("checks", op.table.checks);
    parts("foreign_keys", op.table.foreign_keys);
    parts("indexes", op.table.indexes);
}

void Writer::rows(const std::vector<std::string>& columns,
                  const std::vector<std::vector<Literal>>& values) const {
    toml::array out;
    for (const auto& row : values) {
        toml::table one;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            std::visit(
                [&](const auto& value) {
                    if constexpr (!std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
                        one.insert_or_assign(columns[i], value);
                    }
                },
                row[i]);
        }
        out.push_back(std::move(one));
    }
    table.insert_or_assign("rows", std::move(out));
}

} // namespace

std::string kind_of(const Operation& operation) {
    struct Names {
        std::string operator()(const AddColumn&) const { return "add_column"; }
        std::string operator()(const DropColumn&) const { return "drop_column"; }
        std::string operator()(const RenameColumn&) const { return "rename_column"; }
        std::string operator()(const ChangeColumn&) const { return "change_column"; }
        std::string operator()(const SetNotNull&) const { return "set_not_null"; }
        std::string operator()(const DropNotNull&) const { return "drop_not_null"; }
        std::string operator()(const SetDefault&) const { return "set_default"; }
        std::string operator()(const DropDefault&) const { return "drop_default"; }
        std::string operator()(const AddCheck&) const { return "add_check"; }
        std::string operator()(const AddUnique&) const { return "add_unique"; }
        std::string operator()(const AddForeignKey&) const { return "add_foreign_key"; }
        std::string operator()(const DropConstraint& op) const {
            return op.foreign_key ? "drop_foreign_key" : "drop_constraint";
        }
        std::string operator()(const AddIndex&) const { return "add_index"; }
        std::string operator()(const DropIndex&) const { return "drop_index"; }
        std::string operator()(const SetPrimaryKey&) const { return "set_primary_key"; }
        std::string operator()(const DropPrimaryKey&) const { return "drop_primary_key"; }
    };
    return std::visit(Names{}, operation);
}

namespace {

toml::table table_of(const Op& op) {
    toml::table table{{"kind", op.kind}};
    set_if(table, "irreversible", op.irreversible);
    std::visit(Writer{table}, op.body);
    return table;
}

void make_inline(toml::node& node) {
    if (auto* const table = node.as_table()) {
        table->is_inline(true);
        for (auto&& [key, value] : *table) {
            make_inline(value);
        }
    } else if (auto* const list = node.as_array()) {
        for (toml::node& value : *list) {
            make_inline(value);
        }
    }
}

std::string line_of(std::string_view key, const toml::node& value) {
    toml::table one;
    one.insert_or_assign(key, value);
    make_inline(*one.get(key));
    std::ostringstream out;
    // "…" and not '…', as in the documents.
    out << toml::toml_formatter{one, toml::toml_formatter::default_flags &
                                         ~toml::format_flags::allow_literal_strings}
        << "\n";
    return out.str();
}

} // namespace

std::string op_blocks(const std::vector<Op>& ops) {
    std::string out;
    for (const Op& op : ops) {
        const toml::table table = table_of(op);
        out += (out.empty() ? "" : "\n") + std::string{"[[op]]\n"};
        for (const std::string_view first : {"kind", "table"}) {
            if (const toml::node* const value = table.get(first)) {
                out += line_of(first, *value);
            }
        }
        for (auto&& [key, value] : table) {
            if (key != "kind" && key != "table") {
                out += line_of(key, value);
            }
        }
    }
    return out;
}

std::string op_texts(const std::vector<Op>& ops) {
    toml::array list;
    for (const Op& op : ops) {
        list.push_back(table_of(op));
    }
    std::ostringstream out;
    out << toml::table{{"op", std::move(list)}} << "\n";
    return out.str();
}

} // namespace turntable::migrate
