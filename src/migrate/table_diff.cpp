#include "migrate/table_diff.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

#include "migrate/op_toml.hpp"

namespace turntable::migrate {
namespace {

// Two that op_texts() writes alike are alike.
bool same(const Operation& a, const Operation& b) {
    return op_texts({{kind_of(a), 0, TableChange{{"", "t"}, a}, {}}}) ==
           op_texts({{kind_of(b), 0, TableChange{{"", "t"}, b}, {}}});
}

class TableDiff {
  public:
    TableDiff(const TableDescription& from, const TableDescription& to) : from_(from), to_(to) {}

    TableSteps steps() {
        drop_constraints();
        drop_indexes();
        columns();
        if (to_.primary_key != from_.primary_key && !to_.primary_key.empty()) {
            add(SetPrimaryKey{to_.primary_key});
        }
        add_constraints(false);
        for (const AddIndex& index : to_.indexes) {
            if (!has(from_.indexes, index)) {
                add(index);
            }
        }
        add_constraints(true); // which MySQL and MariaDB give an index if there is none
        return std::move(out_);
    }

  private:
    void add(Operation operation) { out_.operations.push_back(std::move(operation)); }

    static bool has(const std::vector<DescribedConstraint>& list, const DescribedConstraint& wanted) {
        return std::ranges::any_of(list, [&](const DescribedConstraint& one) {
            return one.name == wanted.name && same(one.again, wanted.again);
        });
    }
    static bool has(const std::vector<AddIndex>& list, const AddIndex& wanted) {
        return std::ranges::any_of(list, [&](const AddIndex& one) { return same(one, wanted); });
    }
    static bool is_foreign_key(const DescribedConstraint& constraint) {
        return std::holds_alternative<AddForeignKey>(constraint.again);
    }
    void add_constraints(bool foreign_keys) {
        for (const DescribedConstraint& constraint : to_.constraints) {
            if (is_foreign_key(constraint) == foreign_keys && !has(from_.constraints, constraint)) {
                add(constraint.again);
            }
        }
    }
    void drop_constraints() {
        for (const DescribedConstraint& constraint : from_.constraints) {
            if (!has(to_.constraints, constraint)) {
                add(DropConstraint{constraint.name, is_foreign_key(constraint)});
            }
        }
    }
    void drop_indexes() {
        for (const AddIndex& index : from_.indexes) {
            if (!has(to_.indexes, index)) {
                add(DropIndex{index.name});
            }
        }
    }
    void columns() {
        for (const DescribedColumn& column : to_.columns) {
            const DescribedColumn* const old = from_.column(column.name);
            if (old != nullptr) {
                change(*old, column);
            } else if (column.plain) {
                add(AddColumn{column.name, column.type, column.nullable, column.default_sql});
                note_rename(column);
            }
        }
        for (const DescribedColumn& column : from_.columns) {
            if (to_.column(column.name) == nullptr) {
                add(DropColumn{column.name});
            }
        }
    }
    void change(const DescribedColumn& old, const DescribedColumn& now) {
        if (!old.plain || !now.plain) {
            return; // what the server numbers or computes: the comparison of the result tells
        }
        if (old.type != now.type) {
            add(ChangeColumn{now.name, now.type, now.nullable, {}, now.default_sql});
            if (!now.default_sql && old.default_sql) {
                add(DropDefault{now.name});
            }
            return;
        }
        if (old.default_sql != now.default_sql) {
            now.default_sql ? add(SetDefault{now.name, *now.default_sql}) : add(DropDefault{now.name});
        }
        if (old.nullable != now.nullable) {
            now.nullable ? add(DropNotNull{now.name}) : add(SetNotNull{now.name, {}, {}});
        }
    }
    // Never guessed: a rename keeps the values and a drop loses them.
    void note_rename(const DescribedColumn& column) {
        for (const DescribedColumn& old : from_.columns) {
            if (to_.column(old.name) == nullptr && old.type == column.type) {
                out_.notes.push_back(
                    fmt::format("column {} goes and {} comes, of the same type: if it is the same "
                                "column, write rename_column instead",
                                old.name, column.name));
            }
        }
    }

    const TableDescription& from_;
    const TableDescription& to_;
    TableSteps out_;
};

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

// What a table may have that neither a description nor create_table knows.
bool has_more(const std::string& sql, const std::string& engine) {
    const std::string text = upper(sql);
    constexpr std::array everywhere{"COLLATE", "GENERATED ALWAYS", " COMMENT ", "PARTITION BY", "UNLOGGED"};
    constexpr std::array mysql{
        "ON UPDATE CURRENT_TIMESTAMP", "INVISIBLE", "FULLTEXT",   "SPATIAL",       " USING HASH",
        "SYSTEM VERSIONING",           "_UTF8MB4",  "ROW_FORMAT", "AUTO_INCREMENT"};
    constexpr std::array sqlite{"STRICT", "WITHOUT ROWID", "ON CONFLICT", "DEFERRABLE"};
    const auto found = [&text](const auto& words, std::string_view but) {
        return std::ranges::any_of(words, [&](std::string_view word) {
            return word != but && text.find(word) != std::string::npos;
        });
    };
    if (engine == "sqlite") {
        return found(everywhere, "") || found(sqlite, "");
    }
    if (engine == "postgresql") {
        return found(everywhere, "") || text.find(") WITH (") != std::string::npos;
    }
    // Every table says its collation after the last parenthesis, and whose numbers the server gives.
    const std::string inside = text.substr(0, text.rfind(')'));
    return inside.find("COLLATE") != std::string::npos || found(everywhere, "COLLATE") ||
           found(mysql, "AUTO_INCREMENT");
}

// What the text of the table says from the name of a column to the end of the line.
std::string line_of(const std::string& sql, const std::string& column) {
    for (std::size_t at = sql.find(column); at != std::string::npos; at = sql.find(column, at + 1)) {
        const auto end = at + column.size();
        const bool alone = at > 0 && end < sql.size() &&
                           std::string_view{" (,\n\t\"`"}.find(sql[at - 1]) != std::string_view::npos &&
                           std::string_view{" \t\"`"}.find(sql[end]) != std::string_view::npos;
        if (alone) {
            return upper(sql.substr(at, sql.find('\n', at) - at));
        }
    }
    return {};
}

// Whether the server numbers the column as `identity = true` has it.
bool is_identity(const std::string& sql, const std::string& column, const std::string& engine) {
    const std::string line = line_of(sql, column);
    if (engine == "postgresql") {
        return line.find("GENERATED BY DEFAULT AS IDENTITY") != std::string::npos &&
               line.find("START WITH 1 INCREMENT BY 1 MINVALUE 1 ") != std::string::npos &&
               line.find(" CACHE 1)") != std::string::npos;
    }
    return line.find(engine == "sqlite" ? "INTEGER PRIMARY KEY AUTOINCREMENT" : " AUTO_INCREMENT") !=
           std::string::npos;
}

} // namespace

TableSteps table_steps(const TableDescription& from, const TableDescription& to) {
    return TableDiff{from, to}.steps();
}

std::optional<NewTable> new_table(const TableName& name, const TableDescription& table,
                                  const std::string& sql, const std::string& engine) {
    if (has_more(sql, engine)) {
        return std::nullopt;
    }
    NewTable out;
    out.name = name;
    out.primary_key = table.primary_key;
    out.indexes = table.indexes;
    for (const DescribedColumn& column : table.columns) {
        const bool key = table.primary_key == std::vector{column.name};
        const bool identity = !column.plain && key && is_identity(sql, column.name, engine);
        if (!column.plain && !identity) {
            return std::nullopt;
        }
        const bool nullable = column.nullable && !identity;
        out.columns.push_back({column.name, column.type, nullable, identity, column.default_sql});
    }
    for (const DescribedConstraint& constraint : table.constraints) {
        if (constraint.name.empty()) {
            return std::nullopt;
        }
        if (const auto* const unique = std::get_if<AddUnique>(&constraint.again)) {
            out.uniques.push_back(*unique);
        } else if (const auto* const rule = std::get_if<AddCheck>(&constraint.again)) {
            out.checks.push_back(*rule);
        } else if (const auto* const foreign = std::get_if<AddForeignKey>(&constraint.again)) {
            out.foreign_keys.push_back(*foreign);
        }
    }
    return out;
}

} // namespace turntable::migrate
