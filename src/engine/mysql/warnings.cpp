#include "warnings.hpp"

#include <algorithm>
#include <array>

namespace turntable::mysql {
namespace {

// Deprecations of syntax or character sets say nothing about a value.
constexpr std::array<std::string_view, 5> about_no_value{"1287", "1681", "3719", "3778", "3720"};

} // namespace

void refuse_warnings(Session& session, const std::string& statement) {
    const ResultSet warnings = session.run("SHOW WARNINGS LIMIT 20");
    for (const auto& row : warnings.rows) {
        const std::string code = row.at(1).value_or("");
        if (std::ranges::find(about_no_value, code) == about_no_value.end()) {
            throw DatabaseError{DatabaseErrorKind::bad_value, code,
                                row.at(2).value_or("a value does not fit"), statement};
        }
    }
}

} // namespace turntable::mysql
