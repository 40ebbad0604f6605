#include "support/writers.hpp"

#include <algorithm>

#include "support/writer.hpp"

namespace turntable::test {
namespace {

constexpr std::size_t complaints_max = 10;
constexpr std::int64_t fill_batch = 200;

} // namespace

Writers::Writers(const TestDatabase& database, const TableModel& model, WriterOptions options)
    : database_(database), model_(model), options_(options) {
    for (int i = 0; i < options_.writers; ++i) {
        writers_.push_back(std::make_unique<Writer>(*this, i));
    }
}

Writers::~Writers() {
    stop();
}

void Writers::fill() {
    const auto client = database_.open();
    const WriterSql sql{model_};
    std::mt19937_64 random{options_.seed};
    for (std::int64_t from = 0; from < options_.rows; from += fill_batch) {
        std::vector<MadeRow> rows;
        for (std::int64_t key = from; key < std::min(from + fill_batch, options_.rows); ++key) {
            Writer* const owner =
                key < hot_rows ? nullptr : writers_[static_cast<std::size_t>(key) % writers_.size()].get();
            rows.push_back({key, owner == nullptr ? hot_group : owner->own(key), key,
                            sql.choose(random, Shape::before)});
        }
        client->query("BEGIN");
        for (const std::string& table : {model_.table(), model_.twin()}) {
            client->query(sql.insert(table, Shape::before, Shape::before, rows));
        }
        client->query("COMMIT");
    }
}

void Writers::start() {
    const auto launch = [this](auto body) {
        {
            const std::lock_guard lock{mutex_};
            ++alive_;
        }
        threads_.emplace_back([this, body] {
            try {
                body();
            } catch (const std::exception& error) {
                complain(std::string{"a writer gave up: "} + error.what());
            }
            const std::lock_guard lock{mutex_};
            --alive_;
            changed_.notify_all();
        });
    };
    for (const auto& writer : writers_) {
        launch([&one = *writer] { one.run(); });
    }
    launch([this] { Reader{*this}.run(); });
}

void Writers::step() {
    writers_.front()->one();
}

bool Writers::next() {
    std::unique_lock lock{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_ || ending_; });
    --waiting_;
    return !ending_;
}

void Writers::hold() {
    std::unique_lock lock{mutex_};
    held_ = true;
    changed_.wait(lock, [this] { return waiting_ == alive_; });
}

void Writers::proceed() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    changed_.notify_all();
}

void Writers::stop() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
        changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

bool Writers::wait_for(std::int64_t more) const {
    const std::int64_t goal = committed() + more;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (committed() < goal) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

void Writers::complain(const std::string& text) {
    const std::lock_guard lock{mutex_};
    if (complaints_.size() < complaints_max) {
        complaints_.push_back(text);
    }
}

void Writers::record(const std::string& kind, bool committed, std::chrono::microseconds took) {
    const std::lock_guard lock{mutex_};
    (committed ? counts_.committed : counts_.rolled_back) += 1;
    counts_.by_kind[kind] += 1;
    latencies_.push_back(took);
    if (committed) {
        committed_.fetch_add(1);
    }
}

std::vector<std::string> Writers::complaints() const {
    const std::lock_guard lock{mutex_};
    return complaints_;
}

WriterCounts Writers::counts() const {
    const std::lock_guard lock{mutex_};
    WriterCounts counts = counts_;
    std::vector<std::chrono::microseconds> sorted = latencies_;
    std::ranges::sort(sorted);
    if (!sorted.empty()) {
        counts.p50 = sorted[sorted.size() / 2];
        counts.p99 = sorted[sorted.size() * 99 / 100];
        counts.longest = sorted.back();
    }
    return counts;
}

} // namespace turntable::test
