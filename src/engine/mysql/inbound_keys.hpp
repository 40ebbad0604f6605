#pragma once
// Foreign keys of other tables (the children) that refer to the source, through a shadow, on MySQL. A
// renaming takes them along with the table that loses the name. So, with source, shadow and children locked,
// each child first gets a second key to the table that waits for the name, unchecked, since its rows are
// those of the live one; the renaming turns the old key to the parked table and the second one to the live
// table; then the old key goes. Whoever dies at whatever step: a child always has a key to the live table.

#include "catalog.hpp"
#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// Throws Error{refused, "foreign_keys"} with the child's name where the key cannot follow.
[[nodiscard]] std::vector<KeptInboundKey> kept_inbound_keys(Session& session, ServerKind kind,
                                                            const Table& source, const Table& target,
                                                            const Blueprint& blueprint);

// ", `child` WRITE": what LOCK TABLES must name besides.
[[nodiscard]] std::string inbound_locks(const Detail& detail);
// The statements of the swap, to be shown.
[[nodiscard]] std::vector<Statement> inbound_statements(const Blueprint& blueprint, const Detail& detail);

// With the tables locked: the second keys, to the table that waits for the name. False: a lock was not
// granted in time.
[[nodiscard]] bool add_inbound_keys(Session& session, const Detail& detail, const std::string& waiting,
                                    Millis lock_timeout);
// Takes from the children every key to a helper table of the job that has a twin to the live table. Before
// the renaming that is the second one, after it the first. False: a lock was not granted in time. Safe to run
// at any moment, in any state.
[[nodiscard]] bool drop_stray_inbound_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                                           Millis lock_timeout);
// Gives the children's keys their own names. False: a lock was not granted in time. Safe to run twice.
[[nodiscard]] bool restore_inbound_names(Session& session, const Blueprint& blueprint, const Detail& detail,
                                         Millis lock_timeout);

// The foreign keys of other tables that refer to the live one, one line each; a second key stands under the
// name that it will have.
[[nodiscard]] std::string inbound_text(Session& session, const Blueprint& blueprint, const Detail& detail);

} // namespace turntable::mysql
