#include "migrate/env.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/core.h>

#include "control/retry.hpp"

namespace turntable::migrate {
namespace {

bool may_work_later(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::lock_timeout || error.kind() == DatabaseErrorKind::transient;
}

// Cancels what the session runs when its time is up or a stop is asked for.
class Watch {
  public:
    enum class Why { nothing, time, stop };

    Watch(const Env& env, Session& session, std::optional<Millis> limit)
        : env_(env), session_(session), limit_(limit), thread_([this] { look(); }) {}
    ~Watch() { end(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    Why end() {
        {
            const std::scoped_lock lock{mutex_};
            over_ = true;
        }
        wake_.notify_all();
        if (thread_.joinable()) {
            thread_.join();
        }
        return why_;
    }

  private:
    void look() {
        const auto until = std::chrono::steady_clock::now() + limit_.value_or(Millis{0});
        std::unique_lock lock{mutex_};
        while (!wake_.wait_for(lock, Millis{100}, [this] { return over_; })) {
            const bool late = limit_ && std::chrono::steady_clock::now() >= until;
            if (late || env_.stop_asked()) {
                why_ = late ? Why::time : Why::stop;
                session_.cancel();
                return;
            }
        }
    }

    const Env& env_;
    Session& session_;
    std::optional<Millis> limit_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool over_ = false;
    Why why_ = Why::nothing;
    std::thread thread_;
};

} // namespace

std::unique_ptr<Session> open_user_session(const Env& env) {
    auto session = env.engine().open(SessionUse::plain);
    for (const std::string& sql : env.schema().user_settings(env.settings.lock_timeout, std::nullopt)) {
        session->run(sql);
    }
    return session;
}

void with_retries(const Env& env, const std::string& what, const std::function<void()>& work) {
    control::Retry retry{{Millis{200}, 2.0, Millis{5000}},
                         {env.settings.lock_retries, env.settings.cutover_timeout},
                         env.context.clock.now(),
                         control::machine_random()};
    while (true) {
        try {
            work();
            return;
        } catch (const DatabaseError& error) {
            if (!may_work_later(error)) {
                throw;
            }
            const auto wait = retry.next_wait(env.context.clock.now());
            if (!wait || env.stop_asked()) {
                throw Error{ErrorKind::busy, "lock_not_granted",
                            fmt::format("{}: a lock was not granted in time ({})", what, error.what())}
                    .next("run it again when the table is less busy, or with another --lock-timeout");
            }
            env.context.observer.note(fmt::format("{}: {}; trying again", what, error.what()));
            env.context.clock.sleep(*wait);
        }
    }
}

ResultSet run_limited(const Env& env, Session& session, const Statement& statement,
                      std::optional<Millis> timeout) {
    if (env.stop_asked()) {
        throw Error{ErrorKind::stopped, "interrupted", "stopped as asked for, before: " + statement.purpose};
    }
    Watch watch{env, session, timeout};
    try {
        ResultSet result = session.run(statement);
        if (watch.end() == Watch::Why::nothing) {
            return result;
        }
        // The cancel came too late for this one and must not meet the next.
        static_cast<void>(session.run("SELECT 1"));
        return result;
    } catch (const DatabaseError& error) {
        const Watch::Why why = watch.end();
        if (why == Watch::Why::time) {
            throw Error{ErrorKind::busy, "statement_timeout",
                        fmt::format("a statement took longer than {} ms: {}",
                                    timeout.value_or(Millis{0}).count(), statement.purpose)};
        }
        if (why == Watch::Why::stop) {
            throw Error{ErrorKind::stopped, "interrupted", "stopped as asked for, in " + statement.purpose};
        }
        throw;
    }
}

} // namespace turntable::migrate
