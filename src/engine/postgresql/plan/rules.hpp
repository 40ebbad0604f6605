#pragma once
// What rows that exist may break: NOT NULL, CHECK, lengths, ranges, uniqueness, foreign keys.

#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

// Fills row_rules and table_rules. Pure.
void add_rules(const Rehearsal& rehearsal, Detail& detail);

// Of a table without a key to go through it by: its row_rules become table_rules, one statement each.
void ask_in_one_pass(const Rehearsal& rehearsal, Detail& detail);

} // namespace turntable::postgresql
