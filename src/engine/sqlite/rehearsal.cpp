#include "rehearsal.hpp"

#include <algorithm>

#include "conversion_sql.hpp"
#include "functions.hpp"
#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {

Rehearsal::Rehearsal(const std::vector<Object>& objects)
    : connection_(Connection::open_memory()), objects_(objects) {
    register_own_functions(connection_.handle());
    register_functions(connection_.handle());
    run("PRAGMA legacy_alter_table = OFF");
    for (const char* const type : {"table", "index", "view", "trigger"}) {
        for (const Object& object : objects_) {
            if (object.type == type) {
                try_build(object);
            }
        }
    }
}

Query Rehearsal::query() {
    return [this](const std::string& sql, const std::vector<Value>& arguments) {
        return connection_.run(sql, arguments);
    };
}

void Rehearsal::try_build(const Object& object) {
    try {
        run(object.sql);
    } catch (const DatabaseError& error) {
        missing_.push_back({object.type + " " + object.name, error.what()});
    }
}

bool Rehearsal::built(const std::string& type, const std::string& name) const {
    return why_not_built(type, name).empty();
}

std::string Rehearsal::why_not_built(const std::string& type, const std::string& name) const {
    const auto at = std::find_if(missing_.begin(), missing_.end(),
                                 [&](const Broken& b) { return b.object == type + " " + name; });
    return at == missing_.end() ? "" : at->message;
}

void Rehearsal::try_compile(std::vector<Broken>& out, const std::string& object, const std::string& sql) {
    try {
        run(sql);
    } catch (const DatabaseError& error) {
        out.push_back({object, error.what()});
    }
}

std::vector<Rehearsal::Broken> Rehearsal::broken() {
    std::vector<Broken> out;
    for (const Object& object : objects_) {
        if (!built(object.type, object.name)) {
            continue;
        }
        if (object.type == "view") {
            try_compile(out, "view " + object.name, "EXPLAIN SELECT * FROM " + identifier(object.name));
        }
        if (object.type == "table" && !lower(object.sql).starts_with("create virtual")) {
            // A parent that lost the key its child refers to is reported here.
            try_compile(out, "foreign keys of table " + object.name,
                        "PRAGMA foreign_key_check(" + identifier(object.name) + ")");
        }
        if (object.type == "trigger") {
            // Compiling a statement compiles all triggers that it may fire.
            const std::string table = identifier(object.table);
            const std::string about = "trigger " + object.name;
            const std::size_t before = out.size();
            try_compile(out, about, "EXPLAIN DELETE FROM " + table);
            if (out.size() == before) {
                try_compile(out, about, "EXPLAIN INSERT INTO " + table + " SELECT * FROM " + table);
            }
            if (out.size() == before) {
                const auto column = query()("SELECT name FROM pragma_table_info(?) LIMIT 1", {object.table});
                if (!column.rows.empty()) {
                    const std::string name = identifier(column.rows[0][0].value_or(""));
                    try_compile(out, about, "EXPLAIN UPDATE " + table + " SET " + name + " = " + name);
                }
            }
        }
    }
    return out;
}

void Rehearsal::replace_table(const std::string& name, const std::vector<std::string>& definitions) {
    run("DROP TABLE IF EXISTS " + identifier(name));
    for (const std::string& definition : definitions) {
        try {
            run(definition);
        } catch (const DatabaseError& error) {
            throw Error{ErrorKind::usage, "bad_definition",
                        std::string{"SQLite refuses the new definition: "} + error.what() +
                            " in: " + definition};
        }
    }
}

} // namespace turntable::sqlite
