#include "support/table_model.hpp"

#include "support/test_database.hpp"

namespace turntable::test {
namespace {

std::string replaced(std::string text, char mark, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += by.size()) {
        text.replace(at, 1, by);
    }
    return text;
}

} // namespace

std::vector<Literal> unchanged(const std::vector<std::string>& literals) {
    std::vector<Literal> pool;
    for (const std::string& literal : literals) {
        pool.push_back({literal, literal});
    }
    return pool;
}

Column column(const std::string& name, const std::string& type, const std::vector<std::string>& literals) {
    return {name, type, unchanged(literals), name};
}

std::string TableModel::quoted(const std::string& identifier) const {
    return quote(flavor, identifier);
}

std::string TableModel::table() const {
    return (key.schema.empty() ? "" : quoted(key.schema) + ".") + quoted(key.table);
}

std::string TableModel::twin() const {
    return (key.schema.empty() ? "" : quoted(key.schema) + ".") + quoted(key.table + "_twin");
}

std::string TableModel::argument() const {
    const auto name = [](const std::string& plain) {
        const bool simple =
            plain.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
        return simple ? plain : quote(Flavor::postgres, plain);
    };
    return (key.schema.empty() ? "" : name(key.schema) + ".") + name(key.table);
}

std::vector<std::string> TableModel::create_one(const std::string& plain_name) const {
    const std::string name = (key.schema.empty() ? "" : quoted(key.schema) + ".") + quoted(plain_name);
    std::string sql = "CREATE TABLE " + name + " (";
    for (const KeyColumn& k : key.columns) {
        sql += quoted(k.name) + " " + k.type + ", ";
    }
    sql += "grp integer NOT NULL, uq bigint";
    for (const Column& c : columns) {
        sql += ", " + quoted(c.name) + " " + c.type;
    }
    if (!key.constraint.empty()) {
        sql += ", " + replaced(key.constraint, '@', plain_name);
    }
    sql += ", CONSTRAINT " + quoted(plain_name + "_uq") + " UNIQUE (uq)";
    for (const std::string& constraint : constraints) {
        sql += ", " + replaced(constraint, '@', plain_name);
    }
    std::vector<std::string> statements{sql + ")" + (key.options.empty() ? "" : " " + key.options)};
    statements.push_back("CREATE INDEX " + quoted(plain_name + "_grp") + " ON " + name + " (grp)");
    for (const std::vector<std::string>* list : {&key.after, &after}) {
        for (const std::string& statement : *list) {
            statements.push_back(replaced(replaced(statement, '@', plain_name), '#', name));
        }
    }
    return statements;
}

std::vector<std::string> TableModel::create() const {
    std::vector<std::string> all = key.before;
    for (const std::string& name : {key.table, key.table + "_twin"}) {
        const std::vector<std::string> one = create_one(name);
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

std::string TableModel::where(const std::vector<std::string>& key_literals) const {
    std::string text;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        text += (i == 0 ? "" : " AND ") + quoted(key.columns[i].name) + " = " + key_literals[i];
    }
    return text;
}

std::vector<std::string> TableModel::column_names() const {
    std::vector<std::string> names;
    for (const KeyColumn& k : key.columns) {
        names.push_back(k.name);
    }
    names.insert(names.end(), {"grp", "uq"});
    for (const Column& c : columns) {
        names.push_back(c.name);
    }
    return names;
}

} // namespace turntable::test
