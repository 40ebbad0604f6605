#pragma once
// SQL functions of the engine itself, registered in the tool's own sessions only (other processes fire the
// triggers, so triggers use none of them):
//   turntable_same(a1, b1, a2, b2, …)  1 if every pair is the same image: same storage class, same bytes
//   turntable_stored(affinity, x)      x as a column of that affinity would store it
//   turntable_show(x)                  x for people: text as it is, a blob as x'…'

#include <sqlite3.h>

namespace turntable::sqlite {

void register_own_functions(sqlite3* connection);

} // namespace turntable::sqlite
