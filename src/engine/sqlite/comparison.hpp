#pragma once
// Source against shadow over a set of keys, in one snapshot: what verification runs online and the swap under
// its lock.

#include <string>
#include <vector>

#include "flow.hpp"

namespace turntable::sqlite {

// The same set of keys, as conditions over the source (no alias), the shadow (alias t) and the log (no
// alias).
struct KeyScope {
    std::string source, shadow, log;
    std::vector<Value> arguments; // of each of the three
};
// Keys after `lower` up to `upper`; "" is open.
[[nodiscard]] std::vector<KeyScope> scopes_of(const Flow& flow, const Detail& detail,
                                              const std::string& lower, const std::string& upper);
// Listed keys, encoded.
[[nodiscard]] std::vector<KeyScope> scopes_of(const Flow& flow, const Detail& detail,
                                              const std::vector<std::string>& keys);

class Comparison {
  public:
    Comparison(Session& session, const Blueprint& blueprint, const Flow& flow, int differences_max);

    // Keys waiting in the log are left out on both sides and listed.
    void add(const KeyScope& scope);
    [[nodiscard]] VerifiedChunk result() const;

  private:
    [[nodiscard]] std::string joined_rows(const KeyScope& scope) const;
    [[nodiscard]] std::string same_row() const;
    void sum(const KeyScope& scope);
    void count(const KeyScope& scope);
    void list_pending(const KeyScope& scope);
    void list_unequal(const KeyScope& scope);
    void list_extra(const KeyScope& scope);
    [[nodiscard]] int room() const;

    Session& session_;
    const Blueprint& blueprint_;
    const Flow& flow_;
    int differences_max_;
    VerifiedChunk result_;
};

} // namespace turntable::sqlite
