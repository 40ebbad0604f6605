#pragma once
// The statements of the verification over a part of both tables, given as conditions on each side.

#include <string>

#include "key_sql.hpp"
#include "route.hpp"

namespace turntable::mysql {

class VerifySql {
  public:
    VerifySql(const Blueprint& blueprint, const Detail& detail, const Route& route)
        : blueprint_(blueprint), detail_(detail), route_(route) {}

    // rows, rows that differ, sum of each conserved conversion's target column
    [[nodiscard]] std::string compare(const std::string& from_condition) const;
    [[nodiscard]] std::string count_to(const std::string& to_condition) const;
    // sum_source_sql, sum_error_sql, replaced rows of each conserved conversion
    [[nodiscard]] std::string source_sums(const std::string& from_condition) const;
    // key texts, 1 if missing, then per compared column: same, source value, shadow value
    [[nodiscard]] std::string list_differences(const std::string& from_condition, int limit) const;
    // key texts of rows of the to-side that no row of the from-side has
    [[nodiscard]] std::string list_extra(const std::string& to_condition, int limit) const;
    [[nodiscard]] std::string pending(const std::string& log_condition) const;
    // key IN (…) on the to-side, for keys of the from-side
    [[nodiscard]] std::string to_keys(const std::vector<KeyTexts>& keys) const;

  private:
    [[nodiscard]] std::string joined(const std::string& from_condition) const;

    const Blueprint& blueprint_;
    const Detail& detail_;
    const Route& route_;
};

} // namespace turntable::mysql
