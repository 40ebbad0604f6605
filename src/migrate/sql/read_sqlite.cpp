// Statements of SQLite. What begins or goes on in a way that is not known here is an error.
#include <fmt/core.h>

#include "migrate/sql/definitions.hpp"

namespace turntable::migrate {
namespace {

using Actions = std::vector<SqlAction>;

class SqliteReader {
  public:
    explicit SqliteReader(const std::string& sql) : cursor_(sql, SqlFlavor::sqlite) {}

    Actions read() {
        if (cursor_.take("alter")) {
            cursor_.expect("table");
            return alter();
        }
        if (cursor_.take("create")) {
            return create();
        }
        if (cursor_.take("drop")) {
            return drop();
        }
        if (auto actions = read_data(); !actions.empty()) {
            return actions;
        }
        return read_session();
    }

  private:
    Actions alter() {
        SqlAction action;
        action.object = cursor_.table();
        if (cursor_.take("rename")) {
            if (cursor_.take("to")) {
                action.kind = ActionKind::rename_table;
                action.to = cursor_.name();
            } else {
                (void)cursor_.take("column");
                action.kind = ActionKind::rename_column;
                action.name = cursor_.name();
                cursor_.expect("to");
                action.to = cursor_.name();
            }
        } else if (cursor_.take("drop")) {
            if (sees_table_part(cursor_)) {
                return unsupported("ALTER TABLE … DROP CONSTRAINT", action.object);
            }
            (void)cursor_.take("column");
            action.kind = ActionKind::drop_column;
            action.name = cursor_.name();
        } else if (cursor_.take("add")) {
            return add(std::move(action));
        } else if (cursor_.sees_any({"alter", "modify", "change"})) {
            return unsupported("ALTER TABLE … " + std::string{cursor_.peek().text}, action.object);
        } else {
            cursor_.stop();
        }
        cursor_.expect_end();
        return {action};
    }

    static Actions unsupported(const std::string& what, const TableName& table) {
        SqlAction action = action_of(ActionKind::unsupported, what);
        action.object = table;
        return {action};
    }

    Actions add(SqlAction action) {
        if (sees_table_part(cursor_)) {
            return unsupported("ALTER TABLE … ADD CONSTRAINT", action.object);
        }
        (void)cursor_.take("column");
        Actions constraints;
        action.kind = ActionKind::add_column;
        action.column = read_column(cursor_, action.object, constraints);
        action.name = action.column.name;
        cursor_.expect_end();
        Actions actions{action};
        actions.insert(actions.end(), constraints.begin(), constraints.end());
        return actions;
    }

    Actions create() {
        const bool temporary = cursor_.take_any({"temp", "temporary"});
        if (cursor_.take("table")) {
            return create_table(temporary);
        }
        if (cursor_.take_any({"view", "trigger", "virtual"})) {
            return {action_of(ActionKind::create_other)};
        }
        SqlAction action = action_of(ActionKind::create_index);
        action.unique = cursor_.take("unique");
        cursor_.expect("index");
        action.if_not_exists = cursor_.take("if", "not", "exists");
        action.name = cursor_.table().name;
        cursor_.expect("on");
        action.object = cursor_.table();
        action.keys = read_keys(cursor_);
        action.partial = cursor_.take("where");
        return {action};
    }

    Actions create_table(bool temporary) {
        SqlAction action = action_of(ActionKind::create_table);
        action.temporary = temporary;
        action.if_not_exists = cursor_.take("if", "not", "exists");
        action.object = cursor_.table();
        if (cursor_.sees("as")) {
            return {action};
        }
        read_table_elements(cursor_, action);
        do {
            (void)(cursor_.take("without", "rowid") || cursor_.take("strict"));
        } while (cursor_.take_symbol(','));
        cursor_.expect_end();
        return {action};
    }

    Actions drop() {
        SqlAction action;
        if (cursor_.take("table")) {
            action.kind = ActionKind::drop_table;
        } else if (cursor_.take("index")) {
            action.kind = ActionKind::drop_index;
        } else if (cursor_.take_any({"view", "trigger"})) {
            action.kind = ActionKind::drop_other;
        } else {
            cursor_.stop();
        }
        action.if_exists = cursor_.take("if", "exists");
        action.object = cursor_.table();
        action.name = action.kind == ActionKind::drop_index ? action.object.name : "";
        cursor_.expect_end();
        return {action};
    }

    Actions read_data() {
        if (cursor_.take("update")) {
            if (cursor_.take("or")) {
                (void)cursor_.name();
            }
            SqlAction action = action_of(ActionKind::update);
            action.where = cursor_.has_ahead("where");
            action.limit = cursor_.has_ahead("limit");
            action.object = cursor_.table();
            while (!cursor_.at_end() && !cursor_.sees("set")) {
                (void)cursor_.take_token();
            }
            cursor_.expect("set");
            if (!cursor_.sees_symbol('(')) { // (a, b) = (…)
                read_assignments(cursor_, action);
            }
            return {action};
        }
        if (cursor_.take("delete")) {
            cursor_.expect("from");
            SqlAction action = action_of(ActionKind::remove);
            action.where = cursor_.has_ahead("where");
            action.limit = cursor_.has_ahead("limit");
            action.object = cursor_.table();
            return {action};
        }
        if (cursor_.take_any({"insert", "replace"})) {
            if (cursor_.take("or")) {
                (void)cursor_.name();
            }
            cursor_.expect("into");
            SqlAction action = action_of(ActionKind::insert);
            action.object = cursor_.table();
            return {action};
        }
        return read_query();
    }

    Actions read_query() {
        if (cursor_.take("with")) {
            SqlAction action = action_of(ActionKind::select);
            action.kind = cursor_.has_ahead("update")   ? ActionKind::update
                          : cursor_.has_ahead("delete") ? ActionKind::remove
                          : cursor_.has_ahead("insert") ? ActionKind::insert
                                                        : ActionKind::select;
            action.where = cursor_.has_ahead("where");
            return {action};
        }
        if (cursor_.sees_any({"select", "values", "explain"})) {
            return {action_of(ActionKind::select)};
        }
        return {};
    }

    Actions read_session() {
        if (cursor_.take("pragma")) {
            SqlAction action = action_of(ActionKind::set_variable, cursor_.table().name);
            if (cursor_.take_symbol('=')) {
                action.to = cursor_.value();
            } else if (cursor_.sees_symbol('(')) {
                const auto inner = cursor_.parenthesized();
                action.to = inner.empty() ? "" : inner.front().value(SqlFlavor::sqlite);
            }
            cursor_.expect_end();
            return {action};
        }
        if (cursor_.take("begin")) {
            return {action_of(ActionKind::begin)};
        }
        if (cursor_.take_any({"commit", "end", "rollback", "savepoint", "release"})) {
            return {action_of(ActionKind::commit)};
        }
        if (cursor_.take("vacuum")) {
            return {action_of(ActionKind::rewrite_table, "VACUUM")};
        }
        if (cursor_.take_any({"reindex", "analyze"})) {
            return {action_of(ActionKind::alter_other)};
        }
        if (cursor_.sees_any({"attach", "detach"})) {
            return {action_of(ActionKind::opaque, "works on another file")};
        }
        cursor_.stop();
    }

    SqlCursor cursor_;
};

} // namespace

std::vector<SqlAction> read_sqlite(const std::string& sql, std::string& error) {
    try {
        return SqliteReader{sql}.read();
    } catch (const NotUnderstood& trouble) {
        error = fmt::format("it is not understood near: {}", trouble.near);
    } catch (const Error& trouble) {
        error = trouble.what();
    }
    return {};
}

} // namespace turntable::migrate
