#include "column_rights.hpp"

#include <fmt/format.h>

namespace turntable::mysql {

std::vector<std::string> rights_left_behind(Session& session, const Table& source, const Table& target) {
    std::vector<std::string> lines;
    const ResultSet found = session.run(
        "SELECT GRANTEE, COLUMN_NAME, GROUP_CONCAT(PRIVILEGE_TYPE ORDER BY PRIVILEGE_TYPE SEPARATOR ', ') "
        "FROM "
        "information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? GROUP BY GRANTEE, "
        "COLUMN_NAME ORDER BY 1, 2",
        {source.schema, source.name});
    for (const auto& row : found.rows) {
        const std::string column = row[1].value_or("");
        if (source.column(column) != nullptr && target.column(column) == nullptr) {
            lines.push_back(
                fmt::format("{} has rights on the column '{}' ({}), which stay under that name, as after "
                            "the server's own ALTER: grant them on the new column, if there is one",
                            row[0].value_or(""), column, row[2].value_or("")));
        }
    }
    return lines;
}

} // namespace turntable::mysql
