#pragma once
// What an environment allows: [env.NAME] of turntable.toml. Pure; asked before anything of a migration is
// touched.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "migrate/migration_file.hpp"
#include "migrate/sql/flavor.hpp"

namespace turntable::migrate {

// Of operations that change rows which are there: backfill, rows by key, a fill, INSERT, UPDATE, DELETE,
// MERGE.
enum class DataOps { allow, approve, forbid };

// Where a migration has to be applied before it may be applied here.
struct Predecessor {
    std::string env;
    std::map<std::string, std::string> applied; // version -> checksum
};

struct Policy {
    std::string env;                            // "": none is chosen, and nothing is forbidden
    std::optional<std::set<std::string>> allow; // of policy_words(); not given: all
    DataOps data_ops = DataOps::allow;
    std::vector<std::string> approved; // versions whose data operations somebody has looked at
    std::optional<Predecessor> predecessor;

    [[nodiscard]] bool allows(const std::string& word) const { return !allow || allow->contains(word); }
};

// base, destructive, lossy, opaque, out-of-order
[[nodiscard]] const std::set<std::string>& policy_words();

// Throws Error{refused}: "destructive_here", "opaque_here", "data_ops_here", "not_applied_before".
void refuse_by_policy(const Policy& policy, const MigrationFile& file, SqlFlavor flavor);
// Throws Error{refused, "not_allowed_here"} where the environment does not know this word of --allow.
void refuse_word(const Policy& policy, const std::string& word);

} // namespace turntable::migrate
