#pragma once
// Objects of the change in the catalogue. An object is ours if it has the name *and* the text of the plan.

#include <string>

#include "turntable/session.hpp"
#include "turntable/units.hpp"

namespace turntable::sqlite {

struct PlannedObject {
    std::string type, name, sql;
};

// Creates the object unless it is there. Throws Error{refused,"name_taken"} if another one has its name.
void ensure(Session& session, const PlannedObject& object);
void drop_if_ours(Session& session, const PlannedObject& object);
[[nodiscard]] bool exists_as_planned(Session& session, const PlannedObject& object);

// Retires a table of ours by one slice of rows, in a transaction of its own: an index, some rows, at last the
// table. True when it is gone. A table of that name with another text is left alone and counts as gone.
[[nodiscard]] bool drop_slice(Session& session, const PlannedObject& table, Rows rows);

} // namespace turntable::sqlite
