#include "turntable/statement.hpp"

#include <charconv>

#include "turntable/error.hpp"

namespace turntable {

std::string_view to_string(Blocks blocks) {
    switch (blocks) {
    case Blocks::nobody:
        return "blocks nobody";
    case Blocks::copied_rows:
        return "writers wait for one chunk at most";
    case Blocks::writers_briefly:
        return "writers wait for the lock budget at most";
    case Blocks::everyone_briefly:
        return "everyone waits for the lock budget at most";
    case Blocks::writers:
        return "blocks writers while it runs";
    case Blocks::everyone:
        return "blocks everyone while it runs";
    }
    check(false, "unknown Blocks");
    return {};
}

const Cell& ResultSet::only() const {
    check(rows.size() == 1 && rows.front().size() == 1, "a result of exactly one cell was expected");
    return rows.front().front();
}

std::int64_t ResultSet::only_integer() const {
    const Cell& cell = only();
    check(cell.has_value(), "an integer was expected, not NULL");
    std::int64_t value = 0;
    const auto parsed = std::from_chars(cell->data(), cell->data() + cell->size(), value);
    check(parsed.ec == std::errc{} && parsed.ptr == cell->data() + cell->size(), "an integer was expected");
    return value;
}

} // namespace turntable
