#include "migrate/schema_record.hpp"

#include <fmt/core.h>

#include "migrate/checksum.hpp"
#include "migrate/user_schema.hpp"

namespace turntable::migrate {
namespace {

// A row of its own says that something was recorded, be it an empty schema.
const ObjectKey sign{"", ""};

// Names of routines may be longer than a key of an index.
std::string id_of(const ObjectKey& key) {
    return sha256(key.first + "\n" + key.second);
}

Value value_of(const std::optional<std::string>& text) {
    return text ? Value{*text} : Value{Null{}};
}

} // namespace

ObjectTexts texts_of(const std::vector<SchemaObject>& objects) {
    ObjectTexts out;
    for (const SchemaObject& object : objects) {
        out[{object.kind, object.name}] = object.text;
    }
    return out;
}

std::optional<SchemaRecord::Rows> SchemaRecord::rows(Session& session) const {
    Rows out;
    for (const auto& cells :
         session.run(fmt::format("SELECT kind, name, body, held, found FROM {}", table())).rows) {
        out[{cells[0].value_or(""), cells[1].value_or("")}] = {cells[2], cells[3] == "1", cells[4]};
    }
    return out.contains(sign) ? std::optional{out} : std::nullopt;
}

std::optional<ObjectTexts> SchemaRecord::read(Session& session) const {
    const auto found = rows(session);
    if (!found) {
        return std::nullopt;
    }
    ObjectTexts out;
    for (const auto& [key, row] : *found) {
        if (row.body && key != sign) {
            out[key] = *row.body;
        }
    }
    return out;
}

void SchemaRecord::write(Session& session, const Rows& before, const Rows& after) const {
    for (const auto& [key, row] : before) {
        if (const auto kept = after.find(key); kept == after.end() || kept->second != row) {
            session.run(fmt::format("DELETE FROM {} WHERE id = ?", table()), {id_of(key)});
        }
    }
    for (const auto& [key, row] : after) {
        if (const auto known = before.find(key); known == before.end() || known->second != row) {
            session.run(
                fmt::format("INSERT INTO {} (id, kind, name, body, held, found) VALUES (?, ?, ?, ?, ?, ?)",
                            table()),
                {id_of(key), key.first, key.second, value_of(row.body), std::int64_t{row.held ? 1 : 0},
                 value_of(row.found)});
        }
    }
}

std::vector<std::string> SchemaRecord::begin(Session& session) const {
    const auto before = rows(session);
    if (!before) {
        return {};
    }
    const ObjectTexts live = texts_of(user_objects(engine_, session));
    std::vector<std::string> names;
    Rows after = *before;
    for (auto& [key, row] : after) {
        const auto found = live.find(key);
        const auto text = found == live.end() ? std::nullopt : std::optional{found->second};
        const bool same = key == sign || row.body == text;
        row = {row.body, !same, same ? std::nullopt : text};
        if (!same) {
            names.push_back(key.first + " " + key.second);
        }
    }
    for (const auto& [key, text] : live) {
        if (!after.contains(key)) {
            after[key] = {std::nullopt, true, text};
            names.push_back(key.first + " " + key.second);
        }
    }
    // An object that neither is there nor was made is no difference any more.
    std::erase_if(after,
                  [](const auto& one) { return !one.second.body && !one.second.found && one.first != sign; });
    write(session, *before, after);
    return names;
}

void SchemaRecord::end(Session& session) const {
    const auto before = rows(session);
    if (!before) {
        take(session);
        return;
    }
    const ObjectTexts live = texts_of(user_objects(engine_, session));
    Rows after{{sign, {}}};
    for (const auto& [key, row] : *before) {
        const auto found = live.find(key);
        const auto text = found == live.end() ? std::nullopt : std::optional{found->second};
        if (row.held && row.found == text) {
            after[key] = row; // the migration left it alone
        }
    }
    for (const auto& [key, text] : live) {
        after.try_emplace(key, Row{text, false, std::nullopt});
    }
    write(session, *before, after);
}

void SchemaRecord::take(Session& session) const {
    session.run("DELETE FROM " + table());
    Rows after{{sign, {}}};
    for (const auto& [key, text] : texts_of(user_objects(engine_, session))) {
        after[key] = {text, false, std::nullopt};
    }
    write(session, {}, after);
}

} // namespace turntable::migrate
