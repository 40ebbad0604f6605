#pragma once
// keep=yes: the trigger that keeps an old column and its conversion in step from the swap to finalize,
// whichever of the two the application writes (docs/decisions/031).

#include "plan/rehearsal.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

[[nodiscard]] Error not_keepable(const Column& column, const std::string& why);
// Refuses a column on which something hangs: it would go with it, and the new one would lack it. clone: the
// table as it is, by its oid. Throws Error{refused, "keep_not_possible"}.
void require_keepable(Session& session, Oid clone, const Column& column, const Table& source);
// After all steps: no other part of the change has touched the pair.
void require_still_kept(const Table& source, const Table& after, const Kept& kept);
void add_keep_notes(const ConversionPlan& plan, std::vector<std::string>& notes);

// Created with the logs, dropped with them.
[[nodiscard]] std::vector<Statement> make_keep_function(const std::vector<Kept>& kept, const Names& names);
// On names.source after the swap.
[[nodiscard]] std::vector<Statement> install_keep(const Names& names);
[[nodiscard]] Statement remove_keep(const Names& names);
// finalize, in the transaction that removes the trigger: the old columns go.
[[nodiscard]] std::vector<Statement> contract(const std::vector<Kept>& kept, const Names& names);

} // namespace turntable::postgresql
