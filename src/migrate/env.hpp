#pragma once
// What a run of migrations works with.

#include <string>

#include "migrate/lease.hpp"
#include "migrate/store.hpp"
#include "run/api.hpp"

namespace turntable::migrate {

struct Env {
    const run::Context& context; // engine, observer, stop flag, clock
    Settings settings;           // of the online changes, and time limits
    std::string who;             // of the history: "user@host"
    std::string host;            // "host:pid"
    Millis lock_wait{3'600'000}; // for another runner
    LeaseTimes lease_times;

    [[nodiscard]] Engine& engine() const { return context.engine; }
    [[nodiscard]] const SchemaDialect& schema() const { return context.engine.schema(); }
    [[nodiscard]] std::int64_t now_ms() const {
        return std::chrono::duration_cast<Millis>(context.clock.wall().time_since_epoch()).count();
    }
    [[nodiscard]] bool stop_asked() const { return context.stop && context.stop(); }
};

// A session that sees names as a user's own session does.
[[nodiscard]] std::unique_ptr<Session> open_user_session(const Env& env);

// Runs what a lock or a deadlock may hold up again and again, with growing waits, until the time limit of the
// settings; then Error{busy}. Only for work that is undone when it throws.
void with_retries(const Env& env, const std::string& what, const std::function<void()>& work);

// One statement that ends at the time limit, and when a stop is asked for.
ResultSet run_limited(const Env& env, Session& session, const Statement& statement,
                      std::optional<Millis> timeout);

} // namespace turntable::migrate
