#pragma once
// A copy of the whole file while others read and write, by SQLite's own backup API: copying the file by hand
// misses what is in the write-ahead log, and may tear what is written meanwhile.

#include <string>

namespace turntable::sqlite {

// Makes `to`, verified, or nothing. In WAL mode it is the state of one moment and holds nobody up; otherwise
// the copy begins anew whenever somebody has written, and gives up (Error{busy}) rather than hold writers up.
void backup(const std::string& from, const std::string& to);

} // namespace turntable::sqlite
