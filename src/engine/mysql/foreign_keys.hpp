#pragma once
// The table's own foreign keys, through a shadow, on MySQL. Neither the shadow before the swap nor the old
// table after it may carry one: the application's DELETE of a parent would fail on rows that nobody uses. So
// they change sides under the swap's lock, without a look at the rows, which are those of the other side.
// Names are unique in the schema: the new table's are provisional until the old table has let go of its own.
// A key to the table itself refers, on each side, to that side: a renaming takes both ends along.

#include "catalog.hpp"
#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// Throws Error{refused, "foreign_keys"} on those that a shadow cannot honour.
void check_foreign_keys(ServerKind kind, const Table& table, const Settings& settings);
// What the shadow must get. Throws Error{refused, "foreign_keys"} where the change touches a column of one. A
// key to the table itself may have its integers widened on both sides.
[[nodiscard]] std::vector<KeptForeignKey> kept_foreign_keys(const Table& source, const Table& target,
                                                            const Blueprint& blueprint);
// Adds the keys to the table itself to the empty clone, which has the new shape, and takes them off again.
// Throws Error{refused, "foreign_keys"} with the server's reason.
void rehearse_own_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& clone);
[[nodiscard]] bool is_own_key(const ForeignKey& key, const Table& table);
[[nodiscard]] bool has_own_key(const Blueprint& blueprint, const Detail& detail);
// The definition before and after the name of the table that it refers to.
[[nodiscard]] std::pair<std::string, std::string> around_referenced(const std::string& definition);
// The columns in the first parentheses of "FOREIGN KEY (`a`,`b`) REFERENCES …".
[[nodiscard]] std::vector<std::string> columns_of_key(const std::string& definition);

// With the tables locked: adds them to the table that waits for the name. False: a lock on a parent was not
// granted in time.
[[nodiscard]] bool add_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                                    const std::string& waiting, Millis lock_timeout);
// Takes them from a table that has lost the name, or did not get it. False: a lock on a parent was not
// granted in time. Safe to run twice.
[[nodiscard]] bool drop_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                                     const std::string& parked, Millis lock_timeout);
// Gives the live table's their own names. False: the lock was not granted in time. Safe to run twice.
[[nodiscard]] bool restore_foreign_key_names(Session& session, const Blueprint& blueprint,
                                             const Detail& detail, Millis lock_timeout);

// The foreign keys in a text of SHOW CREATE TABLE, sorted. Names are provisional until the end of the window.
[[nodiscard]] std::string foreign_keys_text(const std::string& create, bool named);

} // namespace turntable::mysql
