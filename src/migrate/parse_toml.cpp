// A typed migration: keys of the file, `[[op]]`, `[[assert]]`. One function per kind that change/ does not
// know.
#include <algorithm>
#include <array>

#include <fmt/core.h>
#include <toml++/toml.h>

#include "change/op_reader.hpp"
#include "change/parse.hpp"
#include "migrate/migration_file.hpp"
#include "migrate/op_tables.hpp"

namespace turntable::migrate {
namespace {

using change::bad_file;
using change::OpReader;

TableName table_of(OpReader& op) {
    return change::parse_table_name(op.text("table"));
}

OpBody drop_table(OpReader& op) {
    DropTable drop{table_of(op)};
    if (const auto retain = op.optional_text("retain")) {
        drop.retain = change::parse_duration(*retain);
    }
    return drop;
}

OpBody backfill(OpReader& op) {
    Backfill fill;
    fill.table = table_of(op);
    const toml::node* const set = op.node("set");
    const auto* const table = set == nullptr ? nullptr : set->as_table();
    if (table == nullptr || table->empty()) {
        throw op.bad("set is a table of columns and expressions: set = { email = \"lower(email)\" }");
    }
    for (const auto& [column, expression] : *table) {
        fill.set.emplace_back(std::string{column.str()}, read_engine_text(expression, op.file_name()));
    }
    fill.where = optional_engine_text(op, "where");
    return fill;
}

NewPart read_part(OpReader& op) {
    NewPart part;
    part.column = op.text("column");
    part.type = op.text("type");
    part.value = engine_text(op, "value");
    op.expect_nothing_else();
    return part;
}

OpBody copy_column(OpReader& op) {
    CopyColumn copy;
    copy.table = table_of(op);
    copy.from = op.text("from");
    copy.to = op.text("to");
    copy.type = op.text("type");
    return copy;
}

OpBody split_column(OpReader& op) {
    SplitColumn split;
    split.table = table_of(op);
    split.column = op.text("column");
    for (const toml::table* const part : table_list(op, "into")) {
        OpReader reader{*part, op.file_name()};
        split.into.push_back(read_part(reader));
    }
    split.back = optional_engine_text(op, "back");
    if (split.into.size() < 2) {
        throw op.bad("a split needs at least two columns in into");
    }
    return split;
}

OpBody merge_columns(OpReader& op) {
    MergeColumns merge;
    merge.table = table_of(op);
    merge.columns = op.texts("columns");
    const toml::node* const into = op.node("into");
    if (into == nullptr || !into->is_table()) {
        throw op.bad("into is a table: into = { column = \"…\", type = \"…\", value = \"…\" }");
    }
    OpReader reader{*into->as_table(), op.file_name()};
    merge.into = read_part(reader);
    return merge;
}

OpBody raw_sql(OpReader& op) {
    RawSql sql;
    sql.up = engine_text(op, "up");
    sql.down = optional_engine_text(op, "down");
    sql.transaction = !op.flag("no_transaction");
    if (const auto timeout = op.optional_text("timeout")) {
        sql.timeout = change::parse_duration(*timeout);
    }
    return sql;
}

struct Kind {
    std::string_view name;
    OpBody (*read)(OpReader&);
};
const std::array kinds{
    Kind{"create_table", [](OpReader& op) -> OpBody { return CreateTable{read_new_table(op)}; }},
    Kind{"drop_table", drop_table},
    Kind{"rename_table",
         [](OpReader& op) -> OpBody {
             TableName table = table_of(op);
             return RenameTable{std::move(table), op.text("to")};
         }},
    Kind{"backfill", backfill},
    Kind{"upsert_rows", [](OpReader& op) -> OpBody { return read_upsert(op); }},
    Kind{"delete_rows", [](OpReader& op) -> OpBody { return read_delete(op); }},
    Kind{"restore_table", [](OpReader& op) -> OpBody { return RestoreTable{table_of(op)}; }},
    Kind{"copy_column", copy_column},
    Kind{"split_column", split_column},
    Kind{"merge_columns", merge_columns},
    Kind{"sql", raw_sql},
};

Op read_op(const toml::table& table, const std::string& file) {
    OpReader reader{table, file};
    Op op;
    op.line = reader.line();
    op.kind = reader.text("kind");
    op.irreversible = reader.optional_text("irreversible");
    const auto* const kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const Kind& known) { return known.name == op.kind; });
    if (kind != kinds.end()) {
        op.body = kind->read(reader);
    } else {
        TableName name = table_of(reader);
        op.body = TableChange{std::move(name), change::read_operation(reader)};
    }
    reader.expect_nothing_else();
    return op;
}

std::vector<Assertion> read_asserts(const toml::table& table, const std::string& file) {
    OpReader reader{table, file};
    std::vector<Assertion> asserts;
    for (const auto& [key, when] :
         {std::pair{"before", Assertion::When::before}, std::pair{"after", Assertion::When::after}}) {
        if (EngineText query = optional_engine_text(reader, key); query.given()) {
            asserts.push_back({when, std::move(query), reader.line()});
        }
    }
    reader.expect_nothing_else();
    if (asserts.empty()) {
        throw reader.bad("an [[assert]] has a query in before or after");
    }
    return asserts;
}

DeployPhase read_phase(OpReader& reader) {
    const std::string word = reader.optional_text("phase").value_or("");
    if (word == "expand") {
        return DeployPhase::expand;
    }
    if (word == "contract") {
        return DeployPhase::contract;
    }
    if (!word.empty()) {
        throw reader.bad("phase is expand or contract");
    }
    return DeployPhase::none;
}

void read_head(const toml::table& root, MigrationFile& file) {
    OpReader reader{root, file.path};
    file.description = reader.optional_text("description").value_or("");
    file.docs = reader.optional_text("docs");
    file.manual = reader.optional_text("manual");
    file.irreversible = reader.optional_text("irreversible");
    file.fixes = reader.optional_text("fixes");
    file.phase = read_phase(reader);
    if (const toml::node* const format = reader.node("format")) {
        if (!format->is_integer() || format->as_integer()->get() != 1) {
            throw bad_file(file.path, format->source(), "format is 1");
        }
    }
    static_cast<void>(reader.node("op"));
    static_cast<void>(reader.node("assert"));
    reader.expect_nothing_else();
}

} // namespace

void parse_toml_migration(MigrationFile& file) {
    toml::table root;
    try {
        root = toml::parse(file.text, file.path);
    } catch (const toml::parse_error& error) {
        throw bad_file(file.path, error.source(), std::string{error.description()});
    }
    read_head(root, file);
    each_table(root, "op", file.path,
               [&](const toml::table& table) { file.ops.push_back(read_op(table, file.path)); });
    each_table(root, "assert", file.path, [&](const toml::table& table) {
        for (Assertion& assertion : read_asserts(table, file.path)) {
            file.asserts.push_back(std::move(assertion));
        }
    });
    if (file.ops.empty() && !file.manual) {
        throw bad_file(file.path, root.source(), "it has no [[op]]");
    }
}

} // namespace turntable::migrate
