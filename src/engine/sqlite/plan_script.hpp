#pragma once
// What a plan tells people: every statement in order, what it costs, and what to know.

#include "design.hpp"
#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

[[nodiscard]] Estimate estimate_of(Session& session, const std::string& path, const Table& source,
                                   std::size_t secondary_indexes);

// Does an index build fit what writers may wait? Fills Detail::indexes_first and says why.
[[nodiscard]] std::string decide_indexes(Detail& detail, const Estimate& estimate, const Settings& settings);

void write_script(Blueprint& blueprint, const Detail& detail, const Settings& settings);

} // namespace turntable::sqlite
