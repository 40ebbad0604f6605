#include "cli/demo_writer.hpp"

#include <cstdio>
#include <fstream>
#include <random>

#include <poll.h>
#include <unistd.h>

#include "cli/demo_effect.hpp"
#include "cli/demo_shop.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Waits until then; true when stdin has ended before.
bool told_to_stop(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return poll(&input, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) > 0;
}

class Writer {
  public:
    explicit Writer(const WriterTask& task)
        : task_(task),
          shop_(task.database),
          shape_(shop_.shape()),
          random_(static_cast<unsigned>(task.number)) {}

    // One transaction. When the table has changed its shape, the application goes on with the code for the
    // other.
    Sample::End transact() {
        const Shop::Order order = next_order();
        for (int attempt = 0; attempt < 3; ++attempt) {
            try {
                shop_.transact(order, shape_);
                return Sample::End::committed;
            } catch (const DatabaseError& error) {
                const Shape now = shop_.shape();
                if (now == shape_) {
                    std::fprintf(stderr, "writer %d: %s\n", task_.number, error.what());
                    return Sample::End::failed;
                }
                shape_ = now;
            }
        }
        return Sample::End::failed;
    }

  private:
    Shop::Order next_order() {
        const auto id = std::uniform_int_distribution<std::int64_t>{1, task_.first_rows}(random_);
        const auto cents = std::uniform_int_distribution<std::int64_t>{1, 500}(random_);
        const int die = std::uniform_int_distribution<int>{1, 10}(random_);
        const auto deed = die <= 6 ? Shop::Deed::update : die <= 9 ? Shop::Deed::insert : Shop::Deed::erase;
        return {deed, id, cents};
    }

    const WriterTask& task_;
    Shop shop_;
    Shape shape_;
    std::mt19937_64 random_;
};

std::int64_t number_in(const std::string& text) {
    try {
        return std::stoll(text);
    } catch (const std::exception&) {
        throw Error{ErrorKind::usage, "bad_value", "'" + text + "' is not a number"};
    }
}

} // namespace

std::vector<std::string> writer_arguments(const WriterTask& task) {
    return {"demo",
            "--writer",
            task.database.string(),
            task.samples.string(),
            std::to_string(task.number),
            std::to_string(task.per_second),
            std::to_string(task.first_rows)};
}

WriterTask parse_writer_arguments(const std::vector<std::string>& arguments) {
    if (arguments.size() != 6) {
        throw Error{ErrorKind::usage, "bad_option", "a writer of the demo is started by the demo itself"};
    }
    return {arguments[1], arguments[2], static_cast<int>(number_in(arguments[3])),
            static_cast<int>(number_in(arguments[4])), number_in(arguments[5])};
}

int write_until_told(const WriterTask& task) {
    Writer writer{task};
    std::ofstream samples{task.samples};
    const auto interval = std::chrono::nanoseconds{1'000'000'000 / task.per_second};
    // Writers of one rate are spread over the interval.
    auto due = Clock::now() + interval * (task.number % 7) / 7;
    while (!told_to_stop(due)) {
        const Sample::End end = writer.transact();
        const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - due);
        samples << sample_line({due, latency, end}) << std::flush;
        due += interval;
    }
    return 0;
}

} // namespace turntable::cli
