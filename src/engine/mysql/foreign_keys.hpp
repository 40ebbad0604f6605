#pragma once
// The table's own foreign keys, through a shadow, on MySQL. Neither the shadow before the swap nor the old
// table after it may carry one: the application's DELETE of a parent would fail on rows that nobody uses. So
// they change sides under the swap's lock, without a look at the rows, which are those of the other side.
// Names are unique in the schema: the new table's are provisional until the old table has let go of its own.

#include "catalog.hpp"
#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// Throws Error{refused, "foreign_keys"} on those that a shadow cannot honour.
void check_foreign_keys(ServerKind kind, const Table& table, const Settings& settings);
// What the shadow must get. Throws Error{refused, "foreign_keys"} where the change touches a column of one.
[[nodiscard]] std::vector<KeptForeignKey> kept_foreign_keys(const Table& source, const Blueprint& blueprint);

// With the tables locked: adds them to the table that waits for the name. False: a lock on a parent was not
// granted in time.
[[nodiscard]] bool add_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                                    const std::string& waiting, Millis lock_timeout);
// Takes them from a table that has lost the name. Safe to run twice.
void drop_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& parked);
// Gives the live table's their own names. False: the lock was not granted in time. Safe to run twice.
[[nodiscard]] bool restore_foreign_key_names(Session& session, const Blueprint& blueprint,
                                             const Detail& detail, Millis lock_timeout);

// The foreign keys in a text of SHOW CREATE TABLE, sorted. Names are provisional until the end of the window.
[[nodiscard]] std::string foreign_keys_text(const std::string& create, bool named);

} // namespace turntable::mysql
