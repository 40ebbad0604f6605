#pragma once
// One short text that changes as soon as somebody changes the definition of the source.

#include <string>

#include "detail.hpp"

namespace turntable::postgresql {

// The query; under search_path = pg_catalog it answers with one text. Left out: our own triggers, and what
// the server writes by itself (statistics, visibility, the file node: a rewrite is watched for elsewhere).
[[nodiscard]] std::string fingerprint_sql(const Detail& detail);

} // namespace turntable::postgresql
