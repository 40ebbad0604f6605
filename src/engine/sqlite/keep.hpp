#pragma once
// keep=yes: two AFTER triggers per kept column on the new table, which keep it and its conversion in step
// from the swap to finalize, whichever of the two the application writes (docs/decisions/031). A trigger of
// SQLite cannot change the row that is being written, so it writes it once more; both columns may be NULL
// meanwhile, and the triggers refuse what NOT NULL refused.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "detail.hpp"
#include "plain_sql.hpp"

namespace turntable::sqlite {

struct KeptPair {
    std::string old_column, new_column;
    PlainConversion plain;
    bool not_null = false;
    std::optional<std::string> default_sql; // of the old column
    std::optional<std::string> new_default; // which the new one gets at the end of the window
};

// Throws Error{refused, "keep_not_possible"}. text: the wanted table so far; indexes: its.
[[nodiscard]] KeptPair kept_pair(const Table& source, const Column& column, const ConversionPlan& plan,
                                 const std::string& text, const std::vector<NamedSql>& indexes);

[[nodiscard]] std::vector<NamedSql> keep_triggers(const std::vector<KeptPair>& kept, const std::string& table,
                                                  const std::vector<std::string>& key,
                                                  const std::string& prefix);

// The definition that the table has once the triggers are gone: what may be NULL no longer may.
[[nodiscard]] std::string contracted(const std::vector<KeptPair>& kept, std::string text);

} // namespace turntable::sqlite
