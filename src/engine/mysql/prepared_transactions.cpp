#include "prepared_transactions.hpp"

#include <algorithm>
#include <thread>

#include "swap_steps.hpp"

namespace turntable::mysql {

std::vector<std::string> prepared_transactions(Session& session, ServerKind kind) {
    std::vector<std::string> found;
    if (kind == ServerKind::mariadb) {
        for (const auto& row : session.run("XA RECOVER FORMAT = 'SQL'").rows) {
            found.push_back(row.at(3).value_or(""));
        }
    }
    return found;
}

std::vector<std::string> wait_for_prepared(Session& session, ServerKind kind, Millis limit) {
    constexpr Millis pause{10};
    const Stopwatch watch;
    std::vector<std::string> waited_for = prepared_transactions(session, kind);
    while (!waited_for.empty() && watch.elapsed() < limit) {
        std::this_thread::sleep_for(pause);
        const std::vector<std::string> now = prepared_transactions(session, kind);
        std::erase_if(waited_for, [&](const std::string& one) { return std::ranges::count(now, one) == 0; });
    }
    return waited_for;
}

std::vector<Blocker> blockers_from(const std::vector<std::string>& prepared) {
    std::vector<Blocker> blockers;
    for (const std::string& one : prepared) {
        blockers.push_back({"prepared transaction " + one, "", "", "prepared",
                            "XA COMMIT " + one + " or XA ROLLBACK " + one, Seconds{0}});
    }
    return blockers;
}

} // namespace turntable::mysql
