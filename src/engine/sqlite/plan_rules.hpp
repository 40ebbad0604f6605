#pragma once
// What data may break in the new table, other than a conversion: rules for the probe.

#include <vector>

#include "design.hpp"
#include "detail.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::vector<Rule> rules_of(const Design& design, const Table& target,
                                         const std::vector<KeyPart>& key);

// Rows that would be orphans under foreign keys that the source does not have.
[[nodiscard]] std::vector<Rule> foreign_key_rules(const Design& design, const std::vector<ForeignKey>& before,
                                                  const std::vector<ForeignKey>& after);
// Of a row of the child whose `values`, expressions over it, are the key's: not NULL, and no row of the
// parent has them.
[[nodiscard]] std::string without_parent(const ForeignKey& foreign, const std::vector<std::string>& values);
// Foreign keys of the source, in its words, that the target does not have.
[[nodiscard]] std::vector<ForeignKey> lost_foreign_keys(const Design& design,
                                                        const std::vector<ForeignKey>& before,
                                                        const std::vector<ForeignKey>& after);

} // namespace turntable::sqlite
