// Statements of MySQL and MariaDB. What begins in a way that is not known here is an error; what is known and
// goes on in a way that is not, too.
#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "migrate/sql/definitions.hpp"
#include "migrate/sql/mysql_alter.hpp"

namespace turntable::migrate {
namespace {

using Actions = std::vector<SqlAction>;

class MysqlReader {
  public:
    MysqlReader(const std::string& sql, SqlFlavor flavor) : cursor_(sql, flavor) {}

    Actions read() {
        if (cursor_.take("alter")) {
            return alter();
        }
        if (cursor_.take("create")) {
            return create();
        }
        if (cursor_.take("drop")) {
            return drop();
        }
        if (cursor_.take("rename")) {
            return rename();
        }
        if (cursor_.take("truncate")) {
            (void)cursor_.take("table");
            return one_table(ActionKind::truncate);
        }
        if (auto actions = read_data(); !actions.empty()) {
            return actions;
        }
        if (auto actions = read_session(); !actions.empty()) {
            return actions;
        }
        cursor_.stop();
    }

  private:
    Actions one_table(ActionKind kind, std::string name = {}) {
        SqlAction action = action_of(kind, std::move(name));
        action.object = cursor_.table();
        return {action};
    }

    // The rest is what a server would say; nothing of it matters here.
    Actions whole(SqlAction action) { return {std::move(action)}; }

    Actions alter() {
        (void)cursor_.take_any({"online", "offline"});
        (void)cursor_.take("ignore");
        if (cursor_.take("table")) {
            return read_mysql_alter(cursor_);
        }
        if (cursor_.take_any({"user", "role"})) {
            return whole(action_of(ActionKind::privilege));
        }
        if (cursor_.sees_any({"database", "schema", "view", "event", "procedure", "function", "server",
                              "sequence", "definer", "algorithm", "sql", "tablespace"})) {
            return whole(action_of(ActionKind::alter_other));
        }
        cursor_.stop();
    }

    Actions create() {
        const bool replace = cursor_.take("or", "replace");
        const bool temporary = cursor_.take("temporary");
        if (cursor_.take("table")) {
            return create_table(replace, temporary);
        }
        if (cursor_.take_any({"user", "role"})) {
            return whole(action_of(ActionKind::privilege));
        }
        if (cursor_.take_any({"database", "schema", "view", "procedure", "function", "trigger", "event",
                              "sequence", "definer", "algorithm", "sql", "aggregate", "server", "package",
                              "tablespace", "spatial_reference"})) {
            SqlAction action = action_of(ActionKind::create_other);
            action.or_replace = replace;
            return whole(std::move(action));
        }
        return create_index();
    }

    Actions create_index() {
        SqlAction action = action_of(ActionKind::create_index);
        action.unique = cursor_.take("unique");
        action.partial = cursor_.take_any({"fulltext", "spatial"});
        cursor_.expect("index");
        action.if_not_exists = cursor_.take("if", "not", "exists");
        action.name = cursor_.name();
        if (cursor_.take("using")) {
            (void)cursor_.name();
        }
        cursor_.expect("on");
        action.object = cursor_.table();
        action.keys = read_keys(cursor_);
        Actions actions{action};
        while (!cursor_.at_end()) {
            index_option(action.object, actions);
        }
        return actions;
    }

    void index_option(const TableName& table, Actions& actions) {
        const bool algorithm = cursor_.sees("algorithm");
        if (cursor_.take_any({"algorithm", "lock"})) {
            (void)cursor_.take_symbol('=');
            SqlAction action = action_of(algorithm ? ActionKind::algorithm_clause : ActionKind::lock_clause);
            action.object = table;
            action.to = cursor_.name();
            std::transform(action.to.begin(), action.to.end(), action.to.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            actions.push_back(std::move(action));
        } else if (cursor_.take_any({"using", "comment", "key_block_size"})) {
            (void)cursor_.take_symbol('=');
            (void)cursor_.value();
        } else if (!cursor_.take_any({"visible", "invisible"})) {
            cursor_.stop();
        }
    }

    Actions create_table(bool replace, bool temporary) {
        SqlAction action = action_of(ActionKind::create_table);
        action.or_replace = replace;
        action.temporary = temporary;
        action.if_not_exists = cursor_.take("if", "not", "exists");
        action.object = cursor_.table();
        if (cursor_.take("like") || (cursor_.sees_symbol('(') && cursor_.peek(1).is("like"))) {
            action.using_index = true; // its keys are those of the other table
            return {action};
        }
        if (cursor_.sees_symbol('(') && !cursor_.peek(1).is("select")) {
            read_table_elements(cursor_, action);
        }
        Actions options;
        while (!cursor_.at_end() &&
               !cursor_.sees_any({"partition", "select", "as", "with", "ignore", "replace"})) {
            (void)cursor_.take_symbol(',');
            if (!read_table_option(cursor_, action.object, options)) {
                cursor_.stop();
            }
        }
        Actions actions{action};
        actions.insert(actions.end(), options.begin(), options.end());
        return actions;
    }

    Actions drop() {
        (void)cursor_.take("temporary");
        if (cursor_.take_any({"table", "tables"})) {
            return drop_tables();
        }
        if (cursor_.take("index")) {
            SqlAction action = action_of(ActionKind::drop_index);
            action.if_exists = cursor_.take("if", "exists");
            action.name = cursor_.name();
            cursor_.expect("on");
            action.object = cursor_.table();
            Actions actions{action};
            while (!cursor_.at_end()) {
                index_option(action.object, actions);
            }
            return actions;
        }
        if (cursor_.take_any({"database", "schema"})) {
            (void)cursor_.take("if", "exists");
            return one_table(ActionKind::drop_schema);
        }
        if (cursor_.take_any({"user", "role"})) {
            return whole(action_of(ActionKind::privilege));
        }
        if (cursor_.take_any({"view", "procedure", "function", "trigger", "event", "sequence", "server",
                              "package", "prepare", "tablespace"})) {
            return whole(action_of(ActionKind::drop_other));
        }
        cursor_.stop();
    }

    Actions drop_tables() {
        const bool if_exists = cursor_.take("if", "exists");
        Actions actions;
        do {
            Actions one = one_table(ActionKind::drop_table);
            one.front().if_exists = if_exists;
            actions.push_back(one.front());
        } while (cursor_.take_symbol(','));
        (void)cursor_.take_any({"restrict", "cascade"}); // read and ignored by the server
        cursor_.expect_end();
        return actions;
    }

    Actions rename() {
        if (cursor_.take("user")) {
            return whole(action_of(ActionKind::privilege));
        }
        if (!cursor_.take_any({"table", "tables"})) {
            cursor_.stop();
        }
        Actions actions;
        do {
            Actions one = one_table(ActionKind::rename_table);
            cursor_.expect("to");
            one.front().to = cursor_.table().name;
            actions.push_back(one.front());
        } while (cursor_.take_symbol(','));
        cursor_.expect_end();
        return actions;
    }

    Actions read_data() {
        if (cursor_.take("update")) {
            return update();
        }
        if (cursor_.take("delete")) {
            return remove();
        }
        if (cursor_.take_any({"insert", "replace"})) {
            while (cursor_.take_any({"low_priority", "delayed", "high_priority", "ignore", "into"})) {
            }
            return one_table(ActionKind::insert);
        }
        if (cursor_.take("with")) {
            if (cursor_.has_ahead("update") || cursor_.has_ahead("delete")) {
                SqlAction action =
                    action_of(cursor_.has_ahead("update") ? ActionKind::update : ActionKind::remove);
                action.where = cursor_.has_ahead("where");
                return whole(std::move(action));
            }
            return whole(action_of(ActionKind::select));
        }
        if (cursor_.sees_any({"select", "show", "explain", "describe", "desc", "table", "values", "help",
                              "check", "checksum"}) ||
            cursor_.sees_symbol('(')) {
            return whole(action_of(ActionKind::select));
        }
        return {};
    }

    Actions update() {
        while (cursor_.take_any({"low_priority", "ignore"})) {
        }
        SqlAction action = action_of(ActionKind::update);
        action.where = cursor_.has_ahead("where");
        action.limit = cursor_.has_ahead("limit");
        action.object = cursor_.table();
        while (!cursor_.at_end() && !cursor_.sees("set")) { // aliases and joins
            (void)cursor_.take_token();
        }
        cursor_.expect("set");
        read_assignments(cursor_, action);
        return {action};
    }

    Actions remove() {
        while (cursor_.take_any({"low_priority", "quick", "ignore"})) {
        }
        SqlAction action = action_of(ActionKind::remove);
        action.where = cursor_.has_ahead("where");
        action.limit = cursor_.has_ahead("limit");
        (void)cursor_.take("from");
        action.object = cursor_.table();
        return {action};
    }

    Actions read_session() {
        if (cursor_.take("set")) {
            return set();
        }
        if (cursor_.sees_any({"begin", "start"})) {
            return whole(cursor_.sees("begin") && cursor_.peek(1).is("not")
                             ? action_of(ActionKind::opaque, "runs code that is not seen here")
                             : action_of(ActionKind::begin));
        }
        if (cursor_.sees_any({"commit", "rollback", "savepoint", "release"})) {
            return whole(action_of(ActionKind::commit));
        }
        if (cursor_.take("lock")) {
            return whole(action_of(ActionKind::lock_table));
        }
        if (cursor_.take("optimize") || (cursor_.sees("repair") && cursor_.peek(1).is("table"))) {
            return whole(action_of(ActionKind::rewrite_table, "OPTIMIZE TABLE"));
        }
        if (cursor_.sees_any({"grant", "revoke"})) {
            return whole(action_of(ActionKind::privilege));
        }
        if (cursor_.sees_any({"unlock", "analyze", "flush"})) {
            return whole(action_of(ActionKind::alter_other));
        }
        if (cursor_.sees_any({"call", "prepare", "execute", "deallocate", "do", "load", "use", "handler",
                              "install", "uninstall", "xa"})) {
            return whole(action_of(ActionKind::opaque, "runs what is not seen here"));
        }
        return {};
    }

    Actions set() {
        if (cursor_.take_any({"names", "password", "role"}) || cursor_.take("default", "role")) {
            return whole(action_of(ActionKind::alter_other));
        }
        Actions actions;
        do {
            while (cursor_.take_symbol('@') || cursor_.take_symbol('.') ||
                   cursor_.take_any({"session", "global", "local", "persist", "persist_only"})) {
            }
            if (cursor_.take("transaction")) {
                return whole(action_of(ActionKind::alter_other));
            }
            SqlAction action = action_of(ActionKind::set_variable, cursor_.name());
            (void)cursor_.take_symbol(':');
            cursor_.expect_symbol('=');
            if (!cursor_.sees_symbol('(') && !cursor_.sees_symbol('@')) {
                action.to = cursor_.value();
            }
            actions.push_back(std::move(action));
            cursor_.skip_clause();
        } while (cursor_.take_symbol(','));
        return actions;
    }

    SqlCursor cursor_;
};

} // namespace

std::vector<SqlAction> read_mysql(const std::string& sql, SqlFlavor flavor, std::string& error) {
    try {
        return MysqlReader{sql, flavor}.read();
    } catch (const NotUnderstood& trouble) {
        error = fmt::format("it is not understood near: {}", trouble.near);
    } catch (const Error& trouble) {
        error = trouble.what();
    }
    return {};
}

} // namespace turntable::migrate
