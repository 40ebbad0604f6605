#pragma once
// What differs between two states of a schema, object by object. Pure.

#include <string>
#include <vector>

#include "migrate/schema_record.hpp"

namespace turntable::migrate {

struct SchemaDifference {
    enum class Change { missing, unexpected, differs };
    Change change = Change::differs;
    std::string kind, name;
    std::vector<std::string> lacks; // lines of its definition that should be there
    std::vector<std::string> has;   // lines that should not
};
[[nodiscard]] std::string_view to_string(SchemaDifference::Change change);

[[nodiscard]] std::vector<SchemaDifference> schema_differences(const ObjectTexts& wanted,
                                                               const ObjectTexts& found);

} // namespace turntable::migrate
