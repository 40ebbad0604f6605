#include "migrate/sql/mysql_alter.hpp"

#include <algorithm>
#include <cctype>

#include "migrate/sql/definitions.hpp"

namespace turntable::migrate {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

class AlterReader {
  public:
    explicit AlterReader(SqlCursor& cursor) : cursor_(cursor) {}

    std::vector<SqlAction> read() {
        (void)cursor_.take("if", "exists");
        table_ = cursor_.table();
        if (cursor_.take("wait")) {
            (void)cursor_.value();
        } else {
            (void)cursor_.take("nowait");
        }
        do {
            read_clause();
            while (!cursor_.at_end() && !cursor_.sees_symbol(',')) { // options need no comma between them
                read_option();
            }
        } while (cursor_.take_symbol(','));
        cursor_.expect_end();
        return std::move(actions_);
    }

  private:
    SqlAction& add(ActionKind kind, std::string name = {}) {
        SqlAction action;
        action.kind = kind;
        action.object = table_;
        action.name = std::move(name);
        actions_.push_back(std::move(action));
        return actions_.back();
    }

    void read_clause() {
        if (cursor_.take("add")) {
            read_add();
        } else if (cursor_.take("drop")) {
            read_drop();
        } else if (cursor_.take("modify")) {
            (void)cursor_.take("column");
            (void)cursor_.take("if", "exists");
            read_change("");
        } else if (cursor_.take("change")) {
            (void)cursor_.take("column");
            (void)cursor_.take("if", "exists");
            read_change(cursor_.name());
        } else if (cursor_.take("alter")) {
            read_alter();
        } else if (cursor_.take("rename")) {
            read_rename();
        } else if (!read_partition()) {
            read_option();
        }
    }

    void read_position(SqlAction& action) {
        if (cursor_.take("first")) {
            action.positioned = true;
        } else if (cursor_.take("after")) {
            action.positioned = true;
            (void)cursor_.name();
        }
    }

    void read_add_column() {
        std::vector<SqlAction> constraints;
        SqlAction action;
        action.kind = ActionKind::add_column;
        action.object = table_;
        action.column = read_column(cursor_, table_, constraints);
        action.name = action.column.name;
        read_position(action);
        actions_.push_back(std::move(action));
        actions_.insert(actions_.end(), constraints.begin(), constraints.end());
    }

    void read_add() {
        if (cursor_.sees("partition")) {
            cursor_.skip_clause();
            add(ActionKind::change_partitions, "ADD PARTITION");
        } else if (sees_table_part(cursor_)) {
            actions_.push_back(read_table_part(cursor_, table_));
        } else if (cursor_.take("system", "versioning") || cursor_.take("period")) {
            cursor_.skip_clause();
            add(ActionKind::rewrite_table, "ADD SYSTEM VERSIONING");
        } else {
            (void)cursor_.take("column");
            const bool unless_there = cursor_.take("if", "not", "exists");
            if (cursor_.take_symbol('(')) {
                do {
                    read_add_column();
                } while (cursor_.take_symbol(','));
                cursor_.expect_symbol(')');
            } else {
                read_add_column();
            }
            actions_.back().if_not_exists = unless_there;
        }
    }

    void read_drop() {
        if (cursor_.take("primary", "key")) {
            add(ActionKind::drop_primary_key);
        } else if (cursor_.take("foreign", "key")) {
            (void)cursor_.take("if", "exists");
            add(ActionKind::drop_foreign_key, cursor_.name());
        } else if (cursor_.take_any({"index", "key"})) {
            (void)cursor_.take("if", "exists");
            add(ActionKind::drop_index, cursor_.name());
        } else if (cursor_.take_any({"constraint", "check"})) {
            (void)cursor_.take("if", "exists");
            add(ActionKind::drop_constraint, cursor_.name());
        } else if (cursor_.take("partition")) {
            (void)cursor_.take("if", "exists");
            do {
                add(ActionKind::drop_partition, cursor_.name());
            } while (cursor_.sees_symbol(',') && cursor_.take_symbol(','));
        } else if (cursor_.take("system", "versioning")) {
            add(ActionKind::rewrite_table, "DROP SYSTEM VERSIONING");
        } else {
            (void)cursor_.take("column");
            (void)cursor_.take("if", "exists");
            add(ActionKind::drop_column, cursor_.name());
            (void)cursor_.take_any({"restrict", "cascade"});
        }
    }

    // MODIFY, or CHANGE from `old_name`. The definition replaces the whole column.
    void read_change(const std::string& old_name) {
        std::vector<SqlAction> constraints;
        SqlAction action;
        action.kind = ActionKind::change_type;
        action.object = table_;
        action.column = read_column(cursor_, table_, constraints);
        action.name = old_name.empty() ? action.column.name : old_name;
        read_position(action);
        const std::string new_name = action.column.name;
        actions_.push_back(action);
        if (lower(action.name) != lower(new_name)) {
            add(ActionKind::rename_column, old_name).to = new_name;
        }
        actions_.insert(actions_.end(), constraints.begin(), constraints.end());
    }

    void read_alter() {
        if (cursor_.take_any({"index", "check", "constraint"})) {
            add(ActionKind::alter_other, cursor_.name());
            cursor_.skip_clause();
            return;
        }
        (void)cursor_.take("column");
        const std::string column = cursor_.name();
        if (cursor_.take("drop", "default")) {
            add(ActionKind::drop_default, column);
        } else if (cursor_.take("set", "default")) {
            add(ActionKind::set_default, column);
            cursor_.skip_clause();
        } else if (cursor_.take("set", "visible") || cursor_.take("set", "invisible")) {
            add(ActionKind::alter_other, column);
        } else {
            cursor_.stop();
        }
    }

    void read_rename() {
        if (cursor_.take("column")) {
            SqlAction& action = add(ActionKind::rename_column, cursor_.name());
            cursor_.expect("to");
            action.to = cursor_.name();
        } else if (cursor_.take_any({"index", "key"})) {
            SqlAction& action = add(ActionKind::rename_other, cursor_.name());
            cursor_.expect("to");
            action.to = cursor_.name();
        } else {
            (void)(cursor_.take_any({"to", "as"}) || cursor_.take_symbol('='));
            add(ActionKind::rename_table).to = cursor_.table().name;
        }
    }

    bool read_partition() {
        if (cursor_.sees_any(
                {"partition", "coalesce", "reorganize", "exchange", "remove", "repair", "rebuild"}) ||
            (cursor_.sees_any({"analyze", "check", "optimize"}) && cursor_.peek(1).is("partition"))) {
            std::string words{cursor_.take_token().text};
            words += " " + std::string{cursor_.take_token().text};
            while (!cursor_.at_end()) {
                (void)cursor_.take_token();
            }
            add(ActionKind::change_partitions, words);
            return true;
        }
        if (cursor_.take("truncate", "partition")) {
            add(ActionKind::drop_partition, cursor_.name());
            while (cursor_.take_symbol(',')) {
                (void)cursor_.name();
            }
            return true;
        }
        return false;
    }

    void read_option() {
        if (cursor_.take("algorithm")) {
            (void)cursor_.take_symbol('=');
            add(ActionKind::algorithm_clause).to = lower(cursor_.name());
        } else if (cursor_.take("lock")) {
            (void)cursor_.take_symbol('=');
            add(ActionKind::lock_clause).to = lower(cursor_.name());
        } else if (cursor_.take("convert")) {
            cursor_.expect("to");
            if (!cursor_.take("charset")) {
                cursor_.expect("character");
                cursor_.expect("set");
            }
            SqlAction& action = add(ActionKind::option, "convert to charset");
            action.to = lower(cursor_.name());
        } else if (cursor_.take("force")) {
            add(ActionKind::rewrite_table, "FORCE");
        } else if (cursor_.take("order", "by")) {
            add(ActionKind::rewrite_table, "ORDER BY");
            while (!cursor_.at_end()) {
                (void)cursor_.take_token();
            }
        } else if (cursor_.take("disable", "keys") || cursor_.take("enable", "keys")) {
            add(ActionKind::alter_other);
        } else if (!read_table_option(cursor_, table_, actions_)) {
            cursor_.stop();
        }
    }

    SqlCursor& cursor_;
    TableName table_;
    std::vector<SqlAction> actions_;
};

bool take_option_name(SqlCursor& cursor, std::string& name) {
    if (cursor.take("character", "set") || cursor.take("charset")) {
        name = "charset";
        return true;
    }
    if (cursor.take("data", "directory") || cursor.take("index", "directory")) {
        name = "directory";
        return true;
    }
    if (!cursor.sees_any({"engine",
                          "collate",
                          "auto_increment",
                          "avg_row_length",
                          "checksum",
                          "comment",
                          "compression",
                          "connection",
                          "delay_key_write",
                          "encryption",
                          "insert_method",
                          "key_block_size",
                          "max_rows",
                          "min_rows",
                          "pack_keys",
                          "password",
                          "row_format",
                          "stats_auto_recalc",
                          "stats_persistent",
                          "stats_sample_pages",
                          "tablespace",
                          "page_checksum",
                          "transactional",
                          "page_compressed",
                          "page_compression_level",
                          "encrypted",
                          "encryption_key_id",
                          "autoextend_size",
                          "engine_attribute",
                          "secondary_engine_attribute",
                          "secondary_engine",
                          "type"})) {
        return false;
    }
    name = lower(cursor.name());
    return true;
}

} // namespace

std::vector<SqlAction> read_mysql_alter(SqlCursor& cursor) {
    return AlterReader{cursor}.read();
}

bool read_table_option(SqlCursor& cursor, const TableName& table, std::vector<SqlAction>& actions) {
    if (cursor.take("with", "system", "versioning")) {
        return true;
    }
    const bool stated_default = cursor.take("default");
    SqlAction action;
    action.kind = ActionKind::option;
    action.object = table;
    if (!take_option_name(cursor, action.name)) {
        if (stated_default) {
            cursor.stop();
        }
        return false;
    }
    (void)cursor.take_symbol('=');
    action.to = lower(cursor.value());
    actions.push_back(std::move(action));
    return true;
}

} // namespace turntable::migrate
