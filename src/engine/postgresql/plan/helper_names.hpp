#pragma once
// Names of the objects a job makes. All live in schema "turntable" (the retired table too) and start with the
// table's name and OID, cut to fit; none is visible to an application.

#include <string>

#include "detail.hpp"
#include "plan/table.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

inline constexpr const char* our_schema = "turntable";

class HelperNames {
  public:
    // base: see free_base.
    HelperNames(const Table& source, std::string base) : source_(source), base_(std::move(base)) {}

    [[nodiscard]] Names names() const;
    [[nodiscard]] std::string shadow() const { return base_ + "_new"; }
    [[nodiscard]] std::string old() const { return base_ + "_old"; }
    [[nodiscard]] std::string log() const { return base_ + "_log"; }
    [[nodiscard]] std::string reverse_log() const { return base_ + "_back"; }
    // Of the shadow until the swap, and of the retired source until its end. All unquoted, without schema.
    [[nodiscard]] std::string new_index(std::size_t n) const { return numbered("i", n); }
    [[nodiscard]] std::string old_index(std::size_t n) const { return numbered("o", n); }
    [[nodiscard]] std::string new_statistics(std::size_t n) const { return numbered("x", n); }
    [[nodiscard]] std::string old_statistics(std::size_t n) const { return numbered("y", n); }
    [[nodiscard]] std::string new_sequence(std::size_t n) const { return numbered("s", n); }
    [[nodiscard]] std::string old_sequence(std::size_t n) const { return numbered("q", n); }

  private:
    [[nodiscard]] std::string numbered(const char* letter, std::size_t n) const {
        return base_ + "_" + letter + std::to_string(n + 1);
    }
    const Table& source_;
    std::string base_;
};

// A base with which no object of the schemas "turntable" and the table's own begins.
[[nodiscard]] std::string free_base(Session& session, const Table& source);

} // namespace turntable::postgresql
