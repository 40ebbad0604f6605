// A column of MySQL, MariaDB or SQLite: type and attributes.
#include <algorithm>
#include <array>
#include <cctype>

#include "migrate/sql/definitions.hpp"

namespace turntable::migrate {
namespace {

using Kind = SqlToken::Kind;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// SQLite takes any words as a type, up to one of these.
bool begins_attribute(const SqlCursor& cursor) {
    return cursor.sees_any({"constraint", "primary", "not", "null", "unique", "check", "default", "collate",
                            "references", "generated", "as", "autoincrement", "on"});
}

void read_arguments(SqlCursor& cursor, SqlColumn& column) {
    for (const SqlToken& token : cursor.parenthesized()) {
        if (!token.is_symbol(',')) {
            column.arguments.push_back(token.value(cursor.flavor()));
        }
    }
}

void read_type(SqlCursor& cursor, SqlColumn& column) {
    if (cursor.flavor() != SqlFlavor::sqlite) {
        std::string type = lower(cursor.name());
        if (cursor.take("precision")) {
            type += " precision";
        } else if ((type == "char" || type == "character" || type == "nchar") && cursor.take("varying")) {
            type = "varchar";
        } else if (type == "national" || type == "long") {
            type = lower(cursor.name());
        }
        column.type = canonical_type(type);
        column.auto_number = type == "serial";
    } else {
        std::string type;
        while (cursor.peek().kind == Kind::word && !begins_attribute(cursor)) {
            type += (type.empty() ? "" : " ") + lower(cursor.name());
        }
        column.type = canonical_type(type);
    }
    if (cursor.sees_symbol('(')) {
        read_arguments(cursor, column);
    }
}

bool is_literal_word(const SqlToken& token) {
    return token.is("true") || token.is("false") || token.is("null");
}

DefaultKind kind_of_expression(const std::vector<SqlToken>& tokens, SqlFlavor flavor) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind != Kind::word || is_literal_word(tokens[i])) {
            continue;
        }
        if (!is_moment_function(lower(tokens[i].value(flavor)))) {
            return DefaultKind::varying;
        }
    }
    return DefaultKind::constant;
}

void read_default(SqlCursor& cursor, SqlColumn& column) {
    if (cursor.sees_symbol('(')) {
        column.default_kind = kind_of_expression(cursor.parenthesized(), cursor.flavor());
        column.default_text = "(…)";
        return;
    }
    const SqlToken first = cursor.peek();
    column.default_kind = DefaultKind::constant;
    column.default_text = cursor.value();
    if (first.kind != Kind::word || is_literal_word(first)) {
        return;
    }
    if (cursor.peek().kind == Kind::string) { // b'0', _utf8'x'
        column.default_text = cursor.value();
    } else if (is_moment_function(lower(column.default_text))) {
        column.default_text = "current_timestamp";
        if (cursor.sees_symbol('(')) {
            cursor.skip_parenthesized();
        }
    } else if (cursor.sees_symbol('(')) { // MariaDB: uuid(); nextval
        cursor.skip_parenthesized();
        column.default_kind = DefaultKind::varying;
        column.default_text = "(…)";
    } else if (cursor.take("value")) { // NEXT VALUE FOR sequence
        cursor.expect("for");
        (void)cursor.table();
        column.default_kind = DefaultKind::varying;
        column.default_text = "(…)";
    }
}

void read_generated(SqlCursor& cursor, SqlColumn& column) {
    column.generated = true;
    if (cursor.take("row", "start") || cursor.take("row", "end")) { // MariaDB, system versioning
        column.stored = true;
        return;
    }
    cursor.skip_parenthesized();
    if (cursor.take_any({"stored", "persistent"})) {
        column.stored = true;
    } else {
        (void)cursor.take("virtual");
    }
}

void read_reference_rest(SqlCursor& cursor) {
    while (true) {
        if (cursor.take("on", "delete") || cursor.take("on", "update")) {
            if (!cursor.take("set", "null") && !cursor.take("set", "default") &&
                !cursor.take("no", "action") && !cursor.take_any({"cascade", "restrict"})) {
                cursor.stop();
            }
        } else if (cursor.take("match")) {
            (void)cursor.name();
        } else if (cursor.take("deferrable") || cursor.take("not", "deferrable") ||
                   cursor.take("initially", "deferred") || cursor.take("initially", "immediate")) {
            continue;
        } else {
            return;
        }
    }
}

// ON CONFLICT of SQLite, behind a constraint of a column.
void read_conflict(SqlCursor& cursor) {
    if (cursor.take("on", "conflict")) {
        (void)cursor.name();
    }
}

SqlAction part_of(ActionKind kind, const TableName& table, const SqlColumn& column) {
    SqlAction action;
    action.kind = kind;
    action.object = table;
    action.keys = {column.name};
    return action;
}

class ColumnReader {
  public:
    ColumnReader(SqlCursor& cursor, const TableName& table, std::vector<SqlAction>& constraints)
        : cursor_(cursor), table_(table), constraints_(constraints) {}

    SqlColumn read() {
        column_.name = cursor_.name();
        read_type(cursor_, column_);
        while (read_constraint() || read_value() || read_detail()) {
        }
        return std::move(column_);
    }

  private:
    bool read_constraint() {
        if (cursor_.take("constraint")) {
            (void)cursor_.name();
            return true;
        }
        if (cursor_.take("primary", "key") || (is_mysql_family(cursor_.flavor()) && cursor_.take("key"))) {
            column_.primary_key = true;
            (void)cursor_.take_any({"asc", "desc"});
            read_conflict(cursor_);
            constraints_.push_back(part_of(ActionKind::add_primary_key, table_, column_));
            return true;
        }
        if (cursor_.take("unique")) {
            (void)cursor_.take_any({"key"});
            read_conflict(cursor_);
            column_.unique = true;
            constraints_.push_back(part_of(ActionKind::add_unique, table_, column_));
            return true;
        }
        if (cursor_.take("check")) {
            column_.check = true;
            cursor_.skip_parenthesized();
            (void)(cursor_.take("enforced") || cursor_.take("not", "enforced"));
            constraints_.push_back(part_of(ActionKind::add_check, table_, column_));
            return true;
        }
        return read_reference();
    }

    bool read_reference() {
        if (!cursor_.take("references")) {
            return false;
        }
        column_.references = true;
        SqlAction key = part_of(ActionKind::add_foreign_key, table_, column_);
        key.references = cursor_.table();
        if (cursor_.sees_symbol('(')) {
            key.referenced = read_keys(cursor_);
        }
        read_reference_rest(cursor_);
        constraints_.push_back(std::move(key));
        return true;
    }

    bool read_value() {
        if (cursor_.take("not", "null")) {
            column_.not_null = true;
            read_conflict(cursor_);
        } else if (cursor_.take("default")) {
            read_default(cursor_, column_);
        } else if (cursor_.take_any({"auto_increment", "autoincrement"})) {
            column_.auto_number = true;
        } else if (cursor_.take("generated")) {
            cursor_.expect("always");
            cursor_.expect("as");
            read_generated(cursor_, column_);
        } else if (cursor_.take("as")) {
            read_generated(cursor_, column_);
        } else if (cursor_.take("on", "update")) {
            (void)cursor_.name();
            if (cursor_.sees_symbol('(')) {
                cursor_.skip_parenthesized();
            }
        } else {
            return cursor_.take("null");
        }
        return true;
    }

    bool read_detail() {
        if (cursor_.take("collate")) {
            const std::string collation = lower(cursor_.name());
            if (column_.charset.empty() && is_mysql_family(cursor_.flavor())) {
                column_.charset = collation.substr(0, collation.find('_'));
            }
            return true;
        }
        if (!is_mysql_family(cursor_.flavor())) {
            return false;
        }
        if (cursor_.take("character", "set") || cursor_.take("charset")) {
            column_.charset = lower(cursor_.name());
        } else if (cursor_.take_any({"comment", "column_format", "storage", "engine_attribute",
                                     "secondary_engine_attribute", "srid", "ref_system_id"})) {
            (void)cursor_.take_symbol('=');
            (void)cursor_.value();
        } else {
            return cursor_.take("with", "system", "versioning") ||
                   cursor_.take("without", "system", "versioning") ||
                   cursor_.take_any(
                       {"unsigned", "signed", "zerofill", "binary", "visible", "invisible", "compressed"});
        }
        return true;
    }

    SqlCursor& cursor_;
    const TableName& table_;
    std::vector<SqlAction>& constraints_;
    SqlColumn column_;
};

} // namespace

SqlColumn read_column(SqlCursor& cursor, const TableName& table, std::vector<SqlAction>& constraints) {
    return ColumnReader{cursor, table, constraints}.read();
}

} // namespace turntable::migrate
