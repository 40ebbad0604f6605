#include <cctype>

#include "support/kinds.hpp"

namespace turntable::test {
namespace {

const std::vector<std::string> some_numbers{"1", "2", "30", "400", "999"};

// An integer's image in a text column.
Image as_text(const Image& value) {
    return value && value->starts_with("i:") ? Image{"t:" + value->substr(2)} : value;
}

ChangeKind clauses(const std::string& name, const std::vector<Column>& columns,
                   const std::vector<std::string>& list) {
    ChangeKind change;
    change.name = name;
    change.columns = columns;
    for (const std::string& clause : list) {
        change.arguments.insert(change.arguments.end(), {"--alter", clause});
        change.native.push_back("ALTER TABLE # " + clause);
    }
    return change;
}

ChangeKind through_shadow(ChangeKind change, const std::string& name) {
    change.name = name;
    change.arguments.insert(change.arguments.end(), {"--strategy", "shadow"});
    return change;
}

// The same change in the words of two dialects.
struct Words {
    Flavor flavor;

    [[nodiscard]] bool mysql() const { return is_mysql_like(flavor); }
    [[nodiscard]] std::string name(const std::string& text) const {
        return mysql() ? "`" + text + "`" : '"' + text + '"';
    }
    [[nodiscard]] std::string set_type(const std::string& column, const std::string& type) const {
        return mysql() ? "MODIFY COLUMN " + column + " " + type : "ALTER COLUMN " + column + " TYPE " + type;
    }
    [[nodiscard]] std::string set_not_null(const std::string& column, const std::string& type) const {
        return mysql() ? "MODIFY COLUMN " + column + " " + type + " NOT NULL"
                       : "ALTER COLUMN " + column + " SET NOT NULL";
    }
    [[nodiscard]] std::string drop_not_null(const std::string& column, const std::string& type) const {
        return mysql() ? "MODIFY COLUMN " + column + " " + type + " NULL"
                       : "ALTER COLUMN " + column + " DROP NOT NULL";
    }
    // An integer in this engine's images.
    [[nodiscard]] Image integer(const std::string& digits) const {
        return (flavor == Flavor::sqlite ? "i:" : "") + digits;
    }
    [[nodiscard]] Image text(const std::string& value) const {
        return (flavor == Flavor::sqlite ? "t:" : "") + value;
    }
};

std::vector<ChangeKind> column_changes(const Words& words) {
    std::vector<ChangeKind> kinds;
    const Column number = column("v", "integer", {"1", "2", "30", "NULL", "-2147483648"});

    kinds.push_back(clauses("widen_type", {number}, {words.set_type("v", "bigint")}));

    ChangeKind to_text =
        clauses("number_to_text", {number}, {words.set_type("v", words.mysql() ? "varchar(30)" : "text")});
    if (words.flavor == Flavor::sqlite) {
        to_text.effect = [](ExpectedShape& shape) { map_column(shape, "v", as_text); };
    }
    kinds.push_back(to_text);

    ChangeKind add =
        clauses("add_column", {number}, {"ADD COLUMN note varchar(20) NOT NULL DEFAULT 'it''s new'"});
    add.effect = [words](ExpectedShape& shape) { add_column(shape, "note", words.text("it's new")); };
    kinds.push_back(add);
    kinds.push_back(through_shadow(add, "add_column_through_shadow"));

    Column gone = column("gone", "varchar(20) DEFAULT 'never'", {"'a'", "'b'", "NULL", "'never'"});
    gone.after_name.clear();
    ChangeKind drop = clauses("drop_column", {number, gone}, {"DROP COLUMN gone"});
    drop.writers_look = true;
    drop.effect = [](ExpectedShape& shape) { drop_column(shape, "gone"); };
    kinds.push_back(drop);

    Column old_name = number;
    old_name.after_name = "w";
    ChangeKind rename = clauses("rename_column", {old_name}, {"RENAME COLUMN v TO w"});
    rename.writers_look = true;
    rename.effect = [](ExpectedShape& shape) { rename_column(shape, "v", "w"); };
    kinds.push_back(rename);
    kinds.push_back(through_shadow(rename, "rename_column_through_shadow"));

    // On SQLite from one name of an integer to another: INTEGER PRIMARY KEY is its own thing.
    const std::string wider = words.mysql()                    ? "bigint NOT NULL"
                              : words.flavor == Flavor::sqlite ? "int8"
                                                               : "bigint";
    ChangeKind key = clauses("widen_key", {number}, {words.set_type("id", wider)});
    key.needs_integer_key = true;
    kinds.push_back(key);
    return kinds;
}

std::vector<ChangeKind> constraint_changes(const Words& words) {
    std::vector<ChangeKind> kinds;
    const Column filled = column("v", "integer", some_numbers);

    kinds.push_back(clauses("set_not_null", {filled}, {words.set_not_null("v", "integer")}));
    kinds.back().refused_after = "UPDATE # SET v = NULL";
    kinds.push_back(clauses("drop_not_null", {column("v", "integer NOT NULL", some_numbers)},
                            {words.drop_not_null("v", "integer")}));

    kinds.push_back(
        clauses("add_check", {filled}, {"ADD CONSTRAINT " + words.name("@_v") + " CHECK (v > 0)"}));
    kinds.back().refused_after = "UPDATE # SET v = -1";
    kinds.push_back(clauses("drop_check", {filled}, {"DROP CONSTRAINT " + words.name("@_v")}));
    kinds.back().constraints = {"CONSTRAINT " + words.name("@_v") + " CHECK (v > 0)"};

    kinds.push_back(
        clauses("add_unique", {filled}, {"ADD CONSTRAINT " + words.name("@_u") + " UNIQUE (uq, v)"}));
    kinds.push_back(
        clauses("drop_unique", {filled}, {words.mysql() ? "DROP INDEX `@_u`" : "DROP CONSTRAINT \"@_u\""}));
    kinds.back().constraints = {"CONSTRAINT " + words.name("@_u") + " UNIQUE (uq, v)"};

    const Column child = column("parent", "integer", {"1", "2", "3", "NULL"});
    const std::vector<std::string> parents{"CREATE TABLE parents (id integer NOT NULL PRIMARY KEY)",
                                           "INSERT INTO parents VALUES (1), (2), (3)"};
    const std::string reference =
        "CONSTRAINT " + words.name("@_fk") + " FOREIGN KEY (parent) REFERENCES parents (id)";
    kinds.push_back(clauses("add_foreign_key", {child}, {"ADD " + reference}));
    kinds.back().before = parents;
    kinds.back().refused_after = "UPDATE # SET parent = 77";
    kinds.push_back(clauses("drop_foreign_key", {child},
                            {words.mysql() ? "DROP FOREIGN KEY `@_fk`" : "DROP CONSTRAINT \"@_fk\""}));
    kinds.back().before = parents;
    kinds.back().constraints = {reference};
    if (!words.mysql()) { // through a shadow MariaDB refuses it, see docs/engines/mysql.md
        kinds.push_back(clauses("keep_foreign_key", {child, filled}, {words.set_type("v", "bigint")}));
        kinds.back().before = parents;
        kinds.back().constraints = {reference};
        kinds.back().refused_after = "UPDATE # SET parent = 77";
        kinds.back().refused_before = true;
    }
    return kinds;
}

std::vector<ChangeKind> value_changes(const Words& words) {
    std::vector<ChangeKind> kinds{cents_change(words.flavor)};

    ChangeKind formula;
    formula.name = "using_expression";
    Column v{"v", "integer", {{"1", "3"}, {"20", "41"}, {"-7", "-13"}, {"NULL", "NULL"}}, "w"};
    formula.columns = {v};
    formula.arguments = {"--convert", "v=using,expr='v * 2 + 1',inverse='(w - 1) / 2',into=w,type=bigint"};
    formula.writers_look = true;
    formula.effect = [words](ExpectedShape& shape) {
        map_column(shape, "v", [words](const Image& old) {
            if (!old) {
                return old;
            }
            const std::string digits = old->starts_with("i:") ? old->substr(2) : *old;
            return words.integer(std::to_string(std::stoll(digits) * 2 + 1));
        });
        rename_column(shape, "v", "w");
    };
    kinds.push_back(formula);

    Column gone = column("gone", "varchar(20)", {"'a'", "'b'", "NULL"});
    gone.after_name.clear();
    ChangeKind several =
        clauses("several_at_once", {column("v", "integer", some_numbers), gone},
                {words.set_type("v", "bigint"), "ADD COLUMN extra integer DEFAULT 5", "DROP COLUMN gone",
                 "ADD CONSTRAINT " + words.name("@_v") + " CHECK (v > 0)"});
    const ChangeKind cents = cents_change(words.flavor);
    several.columns.push_back(cents.columns.front());
    several.arguments.insert(several.arguments.end(), cents.arguments.begin(), cents.arguments.end());
    several.native.insert(several.native.end(), cents.native.begin(), cents.native.end());
    several.writers_look = true;
    several.refused_after = "UPDATE # SET v = -1";
    several.effect = [words, effect = cents.effect](ExpectedShape& shape) {
        effect(shape);
        drop_column(shape, "gone");
        add_column(shape, "extra", words.integer("5"));
    };
    kinds.push_back(several);
    return kinds;
}

} // namespace

std::vector<ChangeKind> change_kinds(Flavor flavor) {
    const Words words{flavor};
    std::vector<ChangeKind> kinds = value_changes(words);
    for (const std::vector<ChangeKind>& more : {column_changes(words), constraint_changes(words)}) {
        kinds.insert(kinds.end(), more.begin(), more.end());
    }
    for (ChangeKind& kind : kinds) {
        if (flavor == Flavor::sqlite) {
            kind.native.clear(); // it has no such ALTER, or writes other text
        }
    }
    return kinds;
}

} // namespace turntable::test
