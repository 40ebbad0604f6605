// What keep=yes costs the application's writers: closed loop, one statement a transaction, on the same table
// without a job, in the revert window of a job without keep, and in the one of a job with it.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/core.h>

#include "turntable/engine.hpp"
#include "turntable/engines.hpp"

namespace {

namespace po = boost::program_options;
using namespace turntable;
using Clock = std::chrono::steady_clock;

struct Options {
    std::string url;
    std::int64_t rows = 0;
    int seconds = 0, rounds = 0, sessions = 0;
};

// What the window has on the table.
enum class State { no_job, window, keep };
constexpr std::array states{State::no_job, State::window, State::keep};
constexpr std::array<const char*, 3> state_names{"no job", "window", "window with keep=yes"};

// What the writers send.
enum class Load { update_old, update_new, update_other, insert };
constexpr std::array loads{Load::update_old, Load::update_new, Load::update_other, Load::insert};
constexpr std::array<const char*, 4> load_names{"UPDATE of the old column", "UPDATE of the new column",
                                                "UPDATE of another column", "INSERT"};

// The amount is gone without keep, and its cents are not there without a job.
bool possible(State state, Load load) {
    return load == Load::update_old   ? state != State::window
           : load == Load::update_new ? state != State::no_job
                                      : true;
}

const EngineFactory& factory_of(const Url& url) {
    for (const EngineFactory& factory : engine_factories()) {
        if (factory.scheme == url.scheme) {
            return factory;
        }
    }
    throw Error{ErrorKind::usage, "unknown_engine", "no engine serves " + url.scheme};
}

class Bench {
  public:
    explicit Bench(const Options& options)
        : options_(options),
          url_(Url::parse(options.url)),
          factory_(factory_of(url_)),
          engine_(factory_.make(url_)),
          // The search_path of the program's sessions is pinned.
          table_(std::string{factory_.engine == "postgresql" ? "public." : ""} + "bench_keep") {}

    void run() {
        for (int round = 0; round < options_.rounds; ++round) {
            for (const State state : states) {
                make();
                const std::string job = state == State::no_job ? "" : changed(state);
                for (const Load load : loads) {
                    if (possible(state, load)) {
                        double& best = best_[{state, load}];
                        best = std::max(best, transactions_a_second(state, load));
                    }
                }
                if (!job.empty()) {
                    (void)tool("finalize " + job);
                }
            }
        }
        engine_->open(SessionUse::control)->run("DROP TABLE " + table_);
        print();
    }

  private:
    void make() {
        const auto session = engine_->open(SessionUse::control);
        const std::string real = factory_.engine == "postgresql" ? "double precision"
                                 : factory_.engine == "mysql"    ? "double"
                                                                 : "real";
        session->run("DROP TABLE IF EXISTS " + table_);
        session->run("CREATE TABLE " + table_ + " (id bigint NOT NULL PRIMARY KEY, amount " + real +
                     ", note varchar(40))");
        session->run("INSERT INTO " + table_ + " VALUES (0, 0.25, 'as it was')");
        for (std::int64_t have = 1; have < options_.rows; have *= 2) {
            session->run(
                fmt::format("INSERT INTO {0} SELECT id + {1}, (id % 1000) + 0.25, note FROM {0} WHERE "
                            "id < {2}",
                            table_, have, options_.rows - have));
        }
    }

    // The job, whose window is open.
    [[nodiscard]] std::string changed(State state) const {
        const std::string json =
            tool(fmt::format("alter bench_keep --convert amount=cents,into=amount_cents{} --execute --yes",
                             state == State::keep ? ",keep=yes" : ""));
        constexpr std::string_view word = "\"job\":\"";
        const auto at = json.find(word);
        if (at == std::string::npos) {
            throw Error{ErrorKind::failed, "bench", "no job in " + json};
        }
        const auto begin = at + word.size();
        return json.substr(begin, json.find('"', begin) - begin);
    }

    // What the program itself says, run as a user runs it.
    [[nodiscard]] std::string tool(const std::string& arguments) const {
        const std::string command =
            fmt::format("'{}' --url '{}' --format json {}", TURNTABLE_BINARY, options_.url, arguments);
        std::FILE* const pipe = popen(command.c_str(), "r"); // NOLINT(cert-env33-c)
        std::string out;
        std::array<char, 4096> buffer{};
        for (std::size_t got = 0;
             pipe != nullptr && (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
            out.append(buffer.data(), got);
        }
        if (pipe == nullptr || pclose(pipe) != 0) {
            throw Error{ErrorKind::failed, "bench", "failed: turntable " + arguments};
        }
        return out;
    }

    [[nodiscard]] std::string statement(State state, Load load, std::int64_t id, std::int64_t fresh) const {
        const std::string where = fmt::format(" WHERE id = {}", id);
        switch (load) {
        case Load::update_old:
            return "UPDATE " + table_ + fmt::format(" SET amount = {}.75", id % 1000) + where;
        case Load::update_new:
            return "UPDATE " + table_ + fmt::format(" SET amount_cents = {}", id % 1000 * 100 + 75) + where;
        case Load::update_other:
            return "UPDATE " + table_ + fmt::format(" SET note = 'n{}'", fresh) + where;
        case Load::insert:
            return "INSERT INTO " + table_ +
                   fmt::format(" (id, {}, note) VALUES ({}, 75, 'new')",
                               state == State::window ? "amount_cents" : "amount", fresh);
        }
        return {};
    }

    double transactions_a_second(State state, Load load) {
        std::atomic<std::int64_t> done{0};
        std::atomic<bool> stop{false};
        std::vector<std::thread> writers;
        for (int number = 0; number < options_.sessions; ++number) {
            writers.emplace_back([&, number] {
                const auto session = engine_->open(SessionUse::control);
                std::mt19937_64 random(static_cast<unsigned>(number));
                while (!stop) {
                    const auto id =
                        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.rows));
                    session->run(statement(state, load, id, next_id_++));
                    ++done;
                }
            });
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{300}); // connected, and warm
        const std::int64_t before = done;
        const auto start = Clock::now();
        std::this_thread::sleep_for(std::chrono::seconds{options_.seconds});
        const std::int64_t after = done;
        const double taken = std::chrono::duration<double>(Clock::now() - start).count();
        stop = true;
        for (std::thread& writer : writers) {
            writer.join();
        }
        return static_cast<double>(after - before) / taken;
    }

    void print() const {
        fmt::print("| {}, {} sessions, {} rows |", url_.scheme, options_.sessions, options_.rows);
        for (const char* const name : state_names) {
            fmt::print(" {} tx/s |", name);
        }
        fmt::print(" with keep : without |\n|---|---|---|---|---|\n");
        for (std::size_t load = 0; load < loads.size(); ++load) {
            fmt::print("| {} |", load_names[load]);
            double without = 0, with = 0;
            for (const State state : states) {
                const auto found = best_.find({state, loads[load]});
                fmt::print("{}", found == best_.end() ? " |" : fmt::format(" {:.0f} |", found->second));
                with = found == best_.end() ? with : found->second;
                without = state == State::keep || found == best_.end() ? without : found->second;
            }
            fmt::print(" {:.2f} |\n", without > 0 ? with / without : 0);
        }
    }

    Options options_;
    Url url_;
    const EngineFactory& factory_;
    std::unique_ptr<Engine> engine_;
    std::string table_;
    std::atomic<std::int64_t> next_id_{1'000'000'000};
    std::map<std::pair<State, Load>, double> best_;
};

} // namespace

int main(int argc, char** argv) {
    try {
        Options asked;
        po::options_description options{"Usage: turntable_keep_bench --url URL [options]"};
        options.add_options()("help,h", "this text");
        options.add_options()("url", po::value(&asked.url)->required(), "a database that the bench may fill");
        options.add_options()("rows", po::value(&asked.rows)->default_value(100'000), "of the table");
        options.add_options()("seconds", po::value(&asked.seconds)->default_value(3), "for each figure");
        options.add_options()("rounds", po::value(&asked.rounds)->default_value(3),
                              "the best one is reported");
        options.add_options()("sessions", po::value(&asked.sessions)->default_value(2), "that write");
        po::variables_map values;
        po::store(po::parse_command_line(argc, argv, options), values);
        if (values.contains("help")) {
            std::cout << options;
            return 0;
        }
        po::notify(values);
        if (asked.rows < 1 || asked.seconds < 1 || asked.rounds < 1 || asked.sessions < 1) {
            throw po::error{"every number must be at least 1"};
        }
        Bench{asked}.run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "turntable_keep_bench: %s\n", error.what());
        return 2;
    }
}
