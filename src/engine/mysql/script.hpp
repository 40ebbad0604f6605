#pragma once
// The statements that a job will run, in order, for `plan`; statements per chunk appear once.

#include "catalog.hpp"
#include "detail.hpp"
#include "strategy.hpp"

namespace turntable::mysql {

void write_script(Blueprint& blueprint, const Detail& detail, const Change& change, const Decision& decision);
void write_notes(Blueprint& blueprint, const Detail& detail, const Table& source);
void estimate(Blueprint& blueprint, const Table& source);

} // namespace turntable::mysql
