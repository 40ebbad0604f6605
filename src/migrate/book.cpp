#include "migrate/book.hpp"

namespace turntable::migrate {
namespace {

std::unique_ptr<Session> prepared(const Env& env, const Store& store) {
    auto session = env.engine().open(SessionUse::plain);
    env.engine().check_server(*session);
    store.ensure(*session);
    return session;
}

} // namespace

Book::Book(const Env& env, const std::string& folder)
    : store_(env.engine()), files_(read_directory(folder)), session_(env.engine().open(SessionUse::plain)) {
    read();
}

void Book::read() {
    rows_ = store_.exists(*session_) ? store_.rows(*session_) : std::vector<HistoryRow>{};
    lines_ = line_up(files_, rows_);
}

// The first session has no name, so that who takes over from a dead holder does not end those who wait.
Work::Work(const Env& env, const std::string& purpose) : store(env.engine()) {
    waiting = prepared(env, store);
    lease = std::make_unique<Lease>(
        env.engine(), env.context.clock, *waiting,
        Lease::Wishes{
            env.host, env.who, purpose, env.lock_wait, env.lease_times, [&env] { return env.stop_asked(); },
            [&env](const std::string& text) { env.context.observer.note(text); }, env.context.threads});
    waiting.reset();
    session = open_user_session(env);
}

} // namespace turntable::migrate
