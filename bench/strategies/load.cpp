#include "load.hpp"

#include <random>

#include <fmt/core.h>

namespace turntable::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Ids of inserted rows lie above all others, apart for each writer.
constexpr std::int64_t ids_per_writer = 100'000'000;

std::string next_sql(std::mt19937_64& random, Rows rows, std::int64_t& next_id) {
    const auto id = std::uniform_int_distribution<std::int64_t>{1, rows}(random);
    switch (std::uniform_int_distribution<int>{0, 3}(random)) {
    case 0:
        return fmt::format(
            "INSERT INTO payments (id, account_id, amount, currency, created_at, note) VALUES ({}, {}, {}, "
            "'EUR', '2025-01-01 00:00:00', 'written beside the bench')",
            next_id++, id % 100003, id % 1000);
    case 1:
        return fmt::format("DELETE FROM payments WHERE id = {}", id);
    default:
        return fmt::format("UPDATE payments SET amount = amount + 1 WHERE id = {}", id);
    }
}

} // namespace

Load::Load(Engine& engine, const Table& table, const LoadOptions& options) : options_(options) {
    for (int number = 0; number < options.sessions; ++number) {
        auto session = engine.open(SessionUse::control);
        run_all(*session, table.application_settings());
        threads_.emplace_back(
            [this, number, session = std::move(session)]() mutable { write(number, std::move(session)); });
    }
}

void Load::stop() {
    stop_ = true;
    threads_.clear();
}

std::vector<cli::Sample> Load::samples() const {
    const std::scoped_lock lock{mutex_};
    return samples_;
}

std::string Load::first_error() const {
    const std::scoped_lock lock{mutex_};
    return first_error_;
}

void Load::write(int number, std::unique_ptr<Session> session) {
    std::mt19937_64 random(static_cast<unsigned>(number));
    std::int64_t next_id = 1'000'000'000 + number * ids_per_writer;
    const auto interval = std::chrono::nanoseconds{1'000'000'000} * options_.sessions / options_.per_second;
    auto due = Clock::now() + interval * number / options_.sessions;
    while (!stop_) {
        std::this_thread::sleep_until(due);
        const cli::Sample::End end = transact(*session, next_sql(random, options_.rows, next_id));
        const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - due);
        const std::scoped_lock lock{mutex_};
        samples_.push_back({due, latency, end});
        due += interval;
    }
}

cli::Sample::End Load::transact(Session& session, std::string sql) {
    try {
        session.run(std::move(sql));
        return cli::Sample::End::committed;
    } catch (const DatabaseError& error) {
        session.rollback();
        const std::scoped_lock lock{mutex_};
        if (first_error_.empty()) {
            first_error_ = error.what();
        }
        return cli::Sample::End::failed;
    }
}

} // namespace turntable::bench
