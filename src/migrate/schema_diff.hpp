#pragma once
// Operations that make one schema of another, of the same engine. Pure. What no typed operation says is raw
// SQL of that engine.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "migrate/operations.hpp"
#include "migrate/schema_record.hpp"

namespace turntable::migrate {

// A schema as it was read.
struct SchemaSide {
    std::vector<SchemaPart> parts;
    std::map<std::string, TableDescription> tables; // by the display() of SchemaPart::table
    ObjectTexts objects;
};
// Of a dialect's dump(): the session is outside a transaction.
[[nodiscard]] SchemaSide read_side(Session& session, const Engine& engine);

struct SchemaSteps {
    std::vector<Op> ops;
    std::vector<std::string> notes; // for who reads the file: what may be a rename
};
// raw: new tables, by their display(), that are made by their SQL and not by create_table.
[[nodiscard]] SchemaSteps steps_between(const SchemaSide& from, const SchemaSide& to,
                                        const std::string& engine, const std::set<std::string>& raw);

} // namespace turntable::migrate
