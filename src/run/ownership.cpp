#include "run/ownership.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <random>

#include <fmt/core.h>

namespace turntable::run {
namespace {

constexpr Millis watch_time{3200};
constexpr Millis watch_step{200};
constexpr Millis lately{10'000};

// Milliseconds since 1970 that no earlier call got: a migration may start many jobs in one.
std::uint64_t distinct_time_ms(Clock& clock) {
    static std::atomic<std::uint64_t> last{0};
    const auto now = static_cast<std::uint64_t>(
        std::chrono::duration_cast<Millis>(clock.wall().time_since_epoch()).count());
    std::uint64_t before = last.load();
    std::uint64_t time = 0;
    do {
        time = std::max(now, before + 1);
    } while (!last.compare_exchange_weak(before, time));
    return time;
}

} // namespace

Desk::Desk(Engine& engine, SessionUse use) : session(engine.open(use)), journal(engine.journal()) {}

bool owner_alive(Desk& desk, Clock& clock, const std::string& job) {
    const Beat first = desk.journal.last_beat(*desk.session, job);
    if (first.at_ms == 0) {
        return false;
    }
    const auto until = clock.now() + watch_time;
    while (clock.now() < until) {
        clock.sleep(watch_step);
        const Beat now = desk.journal.last_beat(*desk.session, job);
        if (now.at_ms == 0) {
            return false;
        }
        if (now.beats != first.beats) {
            return true;
        }
    }
    return false;
}

bool owner_seen_lately(const Beat& beat, Clock& clock) {
    const auto now = std::chrono::duration_cast<Millis>(clock.wall().time_since_epoch());
    return beat.at_ms != 0 && now - Millis{beat.at_ms} < lately;
}

std::string this_host() {
    std::string name(256, '\0');
    if (gethostname(name.data(), name.size() - 1) != 0) {
        name = "unknown";
    }
    name.resize(name.find_first_of('\0') == std::string::npos ? name.size() : name.find_first_of('\0'));
    return fmt::format("{}:{}", name, getpid());
}

std::string new_job_id(Clock& clock) {
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::uint64_t time = distinct_time_ms(clock);
    std::string id;
    for (; time != 0; time /= 36) {
        id.insert(id.begin(), digits[time % 36]);
    }
    std::random_device random;
    for (int i = 0; i < 3; ++i) {
        id += digits[random() % 36];
    }
    return id;
}

JobRecord take_over(Desk& desk, const Context& context, const std::string& job) {
    const JobRecord record = desk.journal.load(*desk.session, job);
    if (owner_alive(desk, context.clock, job)) {
        throw Error{ErrorKind::busy, "owner_alive", "job " + job + " is being run by another process"}.next(
            "follow it with `turntable jobs`, or stop it with `turntable pause` or `turntable abort`");
    }
    return take_over_watched(desk, context, record);
}

JobRecord take_over_watched(Desk& desk, const Context& context, const JobRecord& seen) {
    const std::string& job = seen.job;
    context.engine.name_sessions(job);
    const std::int64_t epoch = desk.journal.take_over(*desk.session, job, seen.epoch, this_host());
    // What a dying owner's last transaction changed while we waited for the epoch row counts.
    JobRecord record = desk.journal.load(*desk.session, job);
    if (record.epoch != epoch) { // somebody took it over from us before we did anything
        throw Error{ErrorKind::busy, "taken_over",
                    "another process took over job " + job + " at the same time"};
    }
    return record;
}

} // namespace turntable::run
