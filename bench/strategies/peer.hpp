#pragma once
// pt-online-schema-change on the same table, to compare with (MySQL and MariaDB).

#include <string>

namespace turntable::bench {

// error: why it did not succeed; empty if it did.
void change_by_pt_osc(const std::string& url, std::string& error);

} // namespace turntable::bench
