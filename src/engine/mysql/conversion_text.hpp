#pragma once
// charset and collation: the same text in another character set, or compared in another way. And what JSON's
// way back needs of them.

#include "conversion_sql.hpp"

namespace turntable::mysql::conversion {

[[nodiscard]] ConversionPlan compile_charset(const Conversion& asked, const ConvertedColumn& source);
[[nodiscard]] ConversionPlan compile_collation(const Conversion& asked, const ConvertedColumn& source);

// A condition that is true where text of the character set `from` cannot be written in `to`; "" where all of
// it can.
[[nodiscard]] std::string lost_in(const std::string& to, const std::string& from, const std::string& value,
                                  bool mariadb);
// The value in that character set, and `refused` where it would be lost.
[[nodiscard]] std::string written_in(const std::string& to, const std::string& from, const std::string& value,
                                     bool mariadb, const std::string& refused);

} // namespace turntable::mysql::conversion
