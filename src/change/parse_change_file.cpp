// A change file: `[[op]]` tables, one typed operation each. One function per kind, found in one table.
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "change/op_reader.hpp"
#include "change/parse.hpp"
#include "turntable/conversion_rules.hpp"

namespace turntable::change {

TypeText split_type(std::string text) {
    const auto ends_with_word = [&](std::string_view word) {
        if (text.size() <= word.size() || text[text.size() - word.size() - 1] != ' ') {
            return false;
        }
        return std::equal(word.rbegin(), word.rend(), text.rbegin(), [](char a, char b) {
            return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
        });
    };
    const auto drop_word = [&](std::string_view word) {
        text.erase(text.size() - word.size());
        text.erase(text.find_last_not_of(' ') + 1);
    };
    TypeText split;
    if (ends_with_word("null")) {
        drop_word("null");
        split.nullable = !ends_with_word("not");
        if (!*split.nullable) {
            drop_word("not");
        }
    }
    split.type = std::move(text);
    return split;
}

namespace {

Operation add_column(OpReader& op) {
    AddColumn add;
    add.column = op.text("column");
    const TypeText split = split_type(op.text("type"));
    add.type = split.type;
    add.nullable = split.nullable.value_or(true);
    add.default_sql = op.optional_sql("default");
    return add;
}

Operation change_column(OpReader& op) {
    ChangeColumn change;
    change.column = op.text("column");
    if (const auto type = op.optional_text("type")) {
        const TypeText split = split_type(*type);
        change.type = split.type;
        change.nullable = split.nullable;
    }
    change.default_sql = op.optional_sql("default");
    change.convert = op.conversion("convert", change.column);
    if (change.type.empty() && !change.convert) {
        throw op.bad("a change of a column needs a type, or a conversion that has one");
    }
    if (change.convert && !change.type.empty()) {
        if (change.convert->type && *change.convert->type != change.type) {
            throw op.bad("the operation and its conversion name different types");
        }
        change.convert->type = change.type;
    }
    if (change.convert) {
        change.type = change.convert->type.value_or("");
        check_conversion(*change.convert);
    }
    return change;
}

std::string sql_of(OpReader& op, std::string_view key) {
    auto sql = op.optional_sql(key);
    if (!sql) {
        throw op.bad(fmt::format("the operation lacks {}", std::string{key}));
    }
    return *std::move(sql);
}

Operation set_not_null(OpReader& op) {
    return SetNotNull{op.text("column"), op.optional_sql("fill"), op.optional_sql("default")};
}

std::string referential_action(OpReader& op, std::string_view key) {
    constexpr std::array actions{"cascade", "set null", "restrict", "no action", "set default"};
    const std::string action = op.optional_text(key).value_or("");
    if (!action.empty() && std::find(actions.begin(), actions.end(), action) == actions.end()) {
        throw op.bad(
            fmt::format("{} is cascade, set null, restrict, no action or set default", std::string{key}));
    }
    return action;
}

Operation add_foreign_key(OpReader& op) {
    AddForeignKey add;
    add.name = op.text("name");
    add.columns = op.texts("columns");
    add.references = parse_table_name(op.text("references"));
    add.referenced_columns = op.optional_texts("referenced_columns");
    add.on_delete = referential_action(op, "on_delete");
    add.on_update = referential_action(op, "on_update");
    return add;
}

Operation add_index(OpReader& op) {
    AddIndex add;
    add.name = op.text("name");
    add.columns = op.texts("columns");
    add.unique = op.flag("unique");
    add.where = op.optional_text("where");
    return add;
}

Operation drop_constraint(OpReader& op) {
    return DropConstraint{op.text("name")};
}

Operation drop_foreign_key(OpReader& op) {
    return DropConstraint{op.text("name"), true};
}

struct Kind {
    std::string_view name;
    Operation (*read)(OpReader&);
};
const std::array kinds{
    Kind{"add_column", add_column},
    Kind{"drop_column", [](OpReader& op) -> Operation { return DropColumn{op.text("column")}; }},
    Kind{"rename_column",
         [](OpReader& op) -> Operation {
             std::string column = op.text("column");
             return RenameColumn{std::move(column), op.text("to")};
         }},
    Kind{"change_column", change_column},
    Kind{"set_not_null", set_not_null},
    Kind{"drop_not_null", [](OpReader& op) -> Operation { return DropNotNull{op.text("column")}; }},
    Kind{"set_default",
         [](OpReader& op) -> Operation {
             return SetDefault{op.text("column"), sql_of(op, "default")};
         }},
    Kind{"drop_default", [](OpReader& op) -> Operation { return DropDefault{op.text("column")}; }},
    Kind{"add_check",
         [](OpReader& op) -> Operation {
             return AddCheck{op.text("name"), op.text("expression")};
         }},
    Kind{"add_unique",
         [](OpReader& op) -> Operation {
             return AddUnique{op.text("name"), op.texts("columns")};
         }},
    Kind{"add_foreign_key", add_foreign_key},
    Kind{"drop_constraint", drop_constraint},
    Kind{"drop_check", drop_constraint},
    Kind{"drop_unique", drop_constraint},
    Kind{"drop_foreign_key", drop_foreign_key},
    Kind{"add_index", add_index},
    Kind{"drop_index", [](OpReader& op) -> Operation { return DropIndex{op.text("name")}; }},
    Kind{"set_primary_key", [](OpReader& op) -> Operation { return SetPrimaryKey{op.texts("columns")}; }},
    Kind{"drop_primary_key", [](OpReader&) -> Operation { return DropPrimaryKey{}; }},
};

} // namespace

Operation read_operation(OpReader& op) {
    const std::string name = op.text("kind");
    const auto* const kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const Kind& known) { return known.name == name; });
    if (kind == kinds.end()) {
        throw op.bad(fmt::format("there is no operation named '{}'", name));
    }
    return kind->read(op);
}

namespace {

void read_table_name(OpReader& op, ChangeRequest& request) {
    const auto name = op.optional_text("table");
    if (!name) {
        return;
    }
    const TableName table = parse_table_name(*name);
    if (request.table.name.empty()) {
        request.table = table;
    } else if (!(request.table == table)) {
        throw op.bad(
            fmt::format("the operation is on table {}, an earlier one on {}: one change is on one table",
                        table.display(), request.table.display()));
    }
}

toml::table parsed(std::string_view text, const std::string& file_name) {
    try {
        return toml::parse(text, file_name);
    } catch (const toml::parse_error& error) {
        throw bad_file(file_name, error.source(), std::string{error.description()});
    }
}

} // namespace

ChangeRequest parse_change_text(std::string_view text, const std::string& file_name) {
    const toml::table root = parsed(text, file_name);
    ChangeRequest request;
    for (const auto& [key, node] : root) {
        if (key.str() != "op" && key.str() != "description") {
            throw bad_file(file_name, key.source(), fmt::format("unknown key '{}'", std::string{key.str()}));
        }
    }
    const toml::array* const list = root["op"].as_array();
    if (list == nullptr || list->empty()) {
        throw bad_file(file_name, root.source(), "it has no [[op]]");
    }
    for (const toml::node& node : *list) {
        const auto* const table = node.as_table();
        if (table == nullptr) {
            throw bad_file(file_name, node.source(), "op is a list of tables: write [[op]]");
        }
        OpReader op{*table, file_name};
        read_table_name(op, request);
        request.operations.push_back(read_operation(op));
        op.expect_nothing_else();
    }
    return request;
}

ChangeRequest parse_change_file(const std::string& path) {
    std::ostringstream text;
    std::ifstream file{path, std::ios::binary};
    if (file) {
        text << file.rdbuf(); // a directory opens, and fails here
    }
    if (!file || !text) {
        throw Error{ErrorKind::usage, "unreadable_file", fmt::format("the file {} cannot be read", path)};
    }
    return parse_change_text(text.str(), path);
}

} // namespace turntable::change
