// Constraints, indexes and the list in parentheses of CREATE TABLE, for MySQL, MariaDB and SQLite.
#include "migrate/sql/definitions.hpp"

namespace turntable::migrate {
namespace {

using Kind = SqlToken::Kind;

void read_index_options(SqlCursor& cursor) {
    while (true) {
        if (cursor.take("using") || cursor.take("comment") || cursor.take("with", "parser") ||
            cursor.take("key_block_size") || cursor.take("on", "conflict") || cursor.take("clustering")) {
            (void)cursor.take_symbol('=');
            (void)cursor.value();
        } else if (!cursor.take_any({"visible", "invisible", "ignored"}) && !cursor.take("not", "ignored")) {
            return;
        }
    }
}

// The name of an index, if there is one.
std::string optional_name(SqlCursor& cursor) {
    if (cursor.sees_symbol('(') || cursor.sees("using")) {
        return "";
    }
    return cursor.name();
}

void read_index(SqlCursor& cursor, SqlAction& action) {
    (void)cursor.take("if", "not", "exists");
    if (const std::string name = optional_name(cursor); !name.empty()) {
        action.name = name;
    }
    read_index_options(cursor);
    action.keys = read_keys(cursor);
    read_index_options(cursor);
}

void read_reference_actions(SqlCursor& cursor) {
    while (cursor.sees_any({"on", "match", "deferrable", "not", "initially"})) {
        if (cursor.take("match") || cursor.take("initially")) {
            (void)cursor.name();
        } else if (cursor.take("on", "delete") || cursor.take("on", "update")) {
            if (!cursor.take("set", "null") && !cursor.take("set", "default") &&
                !cursor.take("no", "action")) {
                (void)cursor.name();
            }
        } else if (!cursor.take("deferrable") && !cursor.take("not", "deferrable")) {
            cursor.stop();
        }
    }
}

void read_foreign_key(SqlCursor& cursor, SqlAction& action) {
    action.kind = ActionKind::add_foreign_key;
    (void)cursor.take("if", "not", "exists");
    if (const std::string name = optional_name(cursor); !name.empty()) {
        action.name = name;
    }
    action.keys = read_keys(cursor);
    cursor.expect("references");
    action.references = cursor.table();
    if (cursor.sees_symbol('(')) {
        action.referenced = read_keys(cursor);
    }
    read_reference_actions(cursor);
}

void read_check(SqlCursor& cursor, SqlAction& action) {
    action.kind = ActionKind::add_check;
    cursor.skip_parenthesized();
    (void)cursor.take("on", "conflict");
    (void)(cursor.take("enforced") || cursor.take("not", "enforced"));
}

// `c * 100`, `100 * c` or `c / 100` right here.
bool sees_scaling(const SqlCursor& cursor, const std::string& column) {
    const auto is_column = [&](std::size_t at) {
        return (cursor.peek(at).kind == Kind::word || cursor.peek(at).kind == Kind::name) &&
               cursor.peek(at).value(cursor.flavor()) == column;
    };
    const auto is_number = [&](std::size_t at) { return cursor.peek(at).kind == Kind::number; };
    const std::size_t at = cursor.sees("round") || cursor.sees("cast") ? 2 : 0;
    const bool operation = cursor.peek(at + 1).is_symbol('*') || cursor.peek(at + 1).is_symbol('/');
    return operation && ((is_column(at) && is_number(at + 2)) || (is_number(at) && is_column(at + 2)));
}

} // namespace

SqlAction action_of(ActionKind kind, std::string name) {
    SqlAction action;
    action.kind = kind;
    action.name = std::move(name);
    return action;
}

std::vector<std::string> read_keys(SqlCursor& cursor) {
    cursor.expect_symbol('(');
    std::vector<std::string> keys;
    do {
        const bool plain =
            cursor.peek().kind != Kind::symbol &&
            (cursor.peek(1).is_symbol(',') || cursor.peek(1).is_symbol(')') || cursor.peek(1).is("asc") ||
             cursor.peek(1).is("desc") || cursor.peek(1).is("collate"));
        const bool prefix = is_mysql_family(cursor.flavor()) && cursor.peek(1).is_symbol('(') &&
                            cursor.peek(2).kind == Kind::number && cursor.peek(3).is_symbol(')');
        keys.push_back(plain || prefix ? cursor.name() : "(…)");
        cursor.skip_clause();
    } while (cursor.take_symbol(','));
    cursor.expect_symbol(')');
    return keys;
}

bool sees_table_part(const SqlCursor& cursor) {
    if (is_mysql_family(cursor.flavor()) && cursor.sees_any({"index", "key", "fulltext", "spatial"})) {
        return true;
    }
    return cursor.sees_any({"constraint", "primary", "unique", "foreign", "check"});
}

SqlAction read_table_part(SqlCursor& cursor, const TableName& table) {
    SqlAction action;
    action.object = table;
    if (cursor.take("constraint")) {
        (void)cursor.take("if", "not", "exists");
        if (!cursor.sees_any({"primary", "unique", "foreign", "check"})) {
            action.name = cursor.name();
        }
    }
    if (cursor.take("primary", "key")) {
        action.kind = ActionKind::add_primary_key;
        read_index_options(cursor);
        action.keys = read_keys(cursor);
        read_index_options(cursor);
    } else if (cursor.take("unique")) {
        action.kind = ActionKind::add_unique;
        action.unique = true;
        (void)cursor.take_any({"index", "key"});
        read_index(cursor, action);
    } else if (cursor.take("foreign", "key")) {
        read_foreign_key(cursor, action);
    } else if (cursor.take("check")) {
        read_check(cursor, action);
    } else if (cursor.take_any({"fulltext", "spatial"})) {
        action.kind = ActionKind::create_index;
        action.partial = true; // serves other queries than a tree of the same columns
        (void)cursor.take_any({"index", "key"});
        read_index(cursor, action);
    } else if (cursor.take_any({"index", "key"})) {
        action.kind = ActionKind::create_index;
        read_index(cursor, action);
    } else {
        cursor.stop();
    }
    return action;
}

void read_table_elements(SqlCursor& cursor, SqlAction& action) {
    cursor.expect_symbol('(');
    do {
        if (sees_table_part(cursor)) {
            action.parts.push_back(read_table_part(cursor, action.object));
        } else if (cursor.take("period")) { // FOR SYSTEM_TIME (…)
            cursor.skip_clause();
        } else {
            action.columns.push_back(read_column(cursor, action.object, action.parts));
        }
    } while (cursor.take_symbol(','));
    cursor.expect_symbol(')');
}

void read_assignments(SqlCursor& cursor, SqlAction& action) {
    do {
        std::string column = cursor.name();
        while (cursor.take_symbol('.')) {
            column = cursor.name();
        }
        cursor.expect_symbol('=');
        action.keys.push_back(column);
        if (sees_scaling(cursor, column)) {
            action.scaled = true;
            action.name = column;
        }
        while (!cursor.at_end() && !cursor.sees_symbol(',') &&
               !cursor.sees_any({"where", "order", "limit", "returning"})) {
            if (cursor.sees_symbol('(')) {
                cursor.skip_parenthesized();
            } else {
                (void)cursor.take_token();
            }
        }
    } while (cursor.take_symbol(','));
}

} // namespace turntable::migrate
