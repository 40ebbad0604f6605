#include "load.hpp"

#include <chrono>
#include <cstdint>
#include <thread>

#include "turntable/engine.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

std::int64_t commits(Session& session) {
    const ResultSet found = session.run("SHOW GLOBAL STATUS LIKE 'Handler_commit'");
    check(found.rows.size() == 1, "SHOW GLOBAL STATUS gives Handler_commit");
    return std::stoll(found.rows[0].at(1).value_or("0"));
}

} // namespace

bool application_at_work(Session& session) {
    constexpr std::chrono::milliseconds between_looks{50};
    constexpr std::int64_t own_commits_max = 3; // the heartbeat's, the lag sensor's
    const std::int64_t before = commits(session);
    std::this_thread::sleep_for(between_looks);
    return commits(session) - before > own_commits_max;
}

} // namespace turntable::mysql
