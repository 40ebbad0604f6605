#include "process_list.hpp"

#include <algorithm>

namespace turntable::mysql {

std::vector<std::string> session_ids_here(Session& session) {
    const Cell here = session.run("SELECT DATABASE()").only();
    std::vector<std::string> ids;
    for (const auto& row : session.run("SHOW PROCESSLIST").rows) {
        if (row.at(3) == here) {
            ids.push_back(row.at(0).value_or(""));
        }
    }
    return ids;
}

bool session_exists(Session& session, const std::string& id) {
    const ResultSet sessions = session.run("SHOW PROCESSLIST");
    return std::ranges::any_of(sessions.rows, [&](const auto& row) { return row.at(0) == id; });
}

} // namespace turntable::mysql
