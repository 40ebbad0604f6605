#include "process_list.hpp"

#include <algorithm>

namespace turntable::mysql {

std::vector<std::string> session_ids(Session& session) {
    std::vector<std::string> ids;
    for (const auto& row : session.run("SHOW PROCESSLIST").rows) {
        ids.push_back(row.at(0).value_or(""));
    }
    return ids;
}

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
    const std::vector<std::string> ids = session_ids(session);
    return std::ranges::find(ids, id) != ids.end();
}

} // namespace turntable::mysql
