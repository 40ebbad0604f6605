#pragma once
// The cells of a row of our own tables, read in the order of the columns.

#include <charconv>
#include <string>
#include <vector>

#include "turntable/error.hpp"
#include "turntable/session.hpp"

namespace turntable::run {

class RowReader {
  public:
    explicit RowReader(const std::vector<Cell>& cells) : cells_(cells) {}

    [[nodiscard]] const std::string& text() {
        const Cell& cell = cells_.at(at_++);
        check(cell.has_value(), "a row of our own holds a NULL");
        return *cell;
    }
    [[nodiscard]] std::int64_t integer() {
        const std::string& digits = text();
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }
    [[nodiscard]] bool truth() { return integer() != 0; }

  private:
    const std::vector<Cell>& cells_;
    std::size_t at_ = 0;
};

} // namespace turntable::run
