#include "capture_state.hpp"

#include "objects.hpp"

namespace turntable::sqlite {
namespace {

// 0: it is not there, or not as planned.
std::int64_t place_in_catalogue(Session& session, const NamedSql& trigger) {
    const auto rows =
        session
            .run("SELECT rowid FROM sqlite_schema WHERE type = 'trigger' AND name = ? AND sql = ?",
                 {trigger.name, trigger.sql})
            .rows;
    return rows.empty() ? 0 : std::stoll(rows.front().front().value());
}

} // namespace

bool capture_untouched(Session& session, const std::vector<NamedSql>& triggers, const NamedSql& end) {
    const std::int64_t last = place_in_catalogue(session, end);
    for (const NamedSql& trigger : triggers) {
        const std::int64_t place = place_in_catalogue(session, trigger);
        if (place == 0 || place > last) {
            return false;
        }
    }
    return true;
}

void install_triggers(Session& session, const std::vector<NamedSql>& triggers, const NamedSql& end) {
    if (capture_untouched(session, triggers, end)) {
        return;
    }
    drop_if_ours(session, {"trigger", end.name, end.sql});
    for (const NamedSql& trigger : triggers) {
        ensure(session, {"trigger", trigger.name, trigger.sql});
    }
    ensure(session, {"trigger", end.name, end.sql});
}

} // namespace turntable::sqlite
