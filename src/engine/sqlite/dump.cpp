// SQLite keeps every definition as the text that made it. Only the order has to be found: a view or a trigger
// may speak of what comes later, and is not looked at until it is used; tables and their indexes come first.
#include "dump.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

constexpr std::array<std::string_view, 4> order{"table", "index", "view", "trigger"};

std::size_t rank(const std::string& kind) {
    return static_cast<std::size_t>(std::ranges::find(order, kind) - order.begin());
}

// A virtual table brings shadow tables of its own with it, and only its module knows which.
void refuse_virtual(const Object& object) {
    if (lower(object.sql.substr(0, 14)) == "create virtual") {
        throw Error{
            ErrorKind::refused, "not_dumped",
            fmt::format("{} is a virtual table: what its module made cannot be told from tables of yours",
                        object.name)};
    }
}

// "CREATE TABLE IF NOT EXISTS" and blanks inside are kept; those around it are not.
std::string trimmed(const std::string& sql) {
    const auto from = sql.find_first_not_of(" \t\r\n");
    const auto to = sql.find_last_not_of(" \t\r\n;");
    return from == std::string::npos || to < from ? std::string{} : sql.substr(from, to + 1 - from);
}

} // namespace

std::vector<SchemaPart> dump_parts(const Query& query) {
    std::vector<SchemaPart> parts;
    for (const Object& object : read_objects(query)) {
        if (object.name == "turntable_current" || object.name.starts_with("_turntable_")) {
            continue;
        }
        refuse_virtual(object);
        const bool hangs_on_table =
            object.type == "index" || object.type == "trigger" || object.type == "table";
        parts.push_back({object.type,
                         object.name,
                         {"", hangs_on_table ? object.table : ""},
                         trimmed(object.sql),
                         fmt::format("DROP {} {}",
                                     object.type == "table"   ? "TABLE"
                                     : object.type == "index" ? "INDEX"
                                     : object.type == "view"  ? "VIEW"
                                                              : "TRIGGER",
                                     identifier(object.name))});
    }
    std::ranges::stable_sort(parts, [](const SchemaPart& a, const SchemaPart& b) {
        return std::pair{rank(a.kind), a.name} < std::pair{rank(b.kind), b.name};
    });
    return parts;
}

} // namespace turntable::sqlite
