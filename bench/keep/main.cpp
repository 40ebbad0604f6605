// What keep=yes costs the application's writers: closed loop, one statement a transaction, on equal tables
// without a job, in the revert window of a job without keep, and in the one of a job with it. The tables are
// written to in turns of a fraction of a second, so that what else the machine does meets all of them alike.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
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
    int turns = 0, sessions = 0;
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
          engine_(factory_.make(url_)) {
        for (int n = 0; n < options_.sessions; ++n) {
            sessions_.push_back(engine_->open(SessionUse::control));
        }
    }

    void run() {
        std::vector<std::string> jobs;
        for (const State state : states) {
            make(state);
            if (state != State::no_job) {
                jobs.push_back(changed(state));
            }
        }
        for (int turn = 0; turn < options_.turns; ++turn) {
            for (const Load load : loads) {
                for (const State state : states) {
                    if (possible(state, load)) {
                        write(state, load);
                    }
                }
            }
        }
        for (const std::string& job : jobs) {
            (void)tool("finalize " + job);
        }
        for (const State state : states) {
            sessions_[0]->run("DROP TABLE " + table(state));
        }
        print();
    }

  private:
    struct Written {
        std::int64_t transactions = 0;
        double seconds = 0;
    };

    static std::string bare(State state) { return fmt::format("bench_keep_{}", static_cast<int>(state)); }
    // The search_path of the program's sessions is pinned.
    [[nodiscard]] std::string table(State state) const {
        return (factory_.engine == "postgresql" ? "public." : "") + bare(state);
    }

    void make(State state) {
        const std::string name = table(state);
        const std::string real = factory_.engine == "postgresql" ? "double precision"
                                 : factory_.engine == "mysql"    ? "double"
                                                                 : "real";
        Session& session = *sessions_[0];
        session.run("DROP TABLE IF EXISTS " + name);
        session.run("CREATE TABLE " + name + " (id bigint NOT NULL PRIMARY KEY, amount " + real +
                    ", note varchar(40))");
        session.run("INSERT INTO " + name + " VALUES (0, 0.25, 'as it was')");
        for (std::int64_t have = 1; have < options_.rows; have *= 2) {
            session.run(
                fmt::format("INSERT INTO {0} SELECT id + {1}, (id % 1000) + 0.25, note FROM {0} WHERE "
                            "id < {2}",
                            name, have, options_.rows - have));
        }
    }

    // The job, whose window is open.
    [[nodiscard]] std::string changed(State state) const {
        const std::string json =
            tool(fmt::format("alter {} --convert amount=cents,into=amount_cents{} --execute --yes",
                             bare(state), state == State::keep ? ",keep=yes" : ""));
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
            return "UPDATE " + table(state) + fmt::format(" SET amount = {}.75", id % 1000) + where;
        case Load::update_new:
            return "UPDATE " + table(state) + fmt::format(" SET amount_cents = {}", id % 1000 * 100 + 75) +
                   where;
        case Load::update_other:
            return "UPDATE " + table(state) + fmt::format(" SET note = 'n{}'", fresh) + where;
        case Load::insert:
            return "INSERT INTO " + table(state) +
                   fmt::format(" (id, {}, note) VALUES ({}, 75, 'new')",
                               state == State::window ? "amount_cents" : "amount", fresh);
        }
        return {};
    }

    void write(State state, Load load) {
        constexpr std::chrono::milliseconds turn{250};
        std::atomic<std::int64_t> done{0};
        const auto start = Clock::now();
        std::vector<std::thread> writers;
        for (const auto& session : sessions_) {
            writers.emplace_back([&, this] {
                while (Clock::now() - start < turn) {
                    const std::int64_t fresh = next_id_++;
                    session->run(statement(state, load, fresh * 7919 % options_.rows, fresh));
                    ++done;
                }
            });
        }
        for (std::thread& writer : writers) {
            writer.join();
        }
        Written& written = written_[{state, load}];
        written.transactions += done;
        written.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    }

    // nullopt: this load is not possible in that state.
    [[nodiscard]] std::optional<double> a_second(State state, Load load) const {
        const auto found = written_.find({state, load});
        return found == written_.end()
                   ? std::nullopt
                   : std::optional{static_cast<double>(found->second.transactions) / found->second.seconds};
    }

    void print() const {
        fmt::print("| {}, {} sessions, {} rows |", url_.scheme, options_.sessions, options_.rows);
        for (const char* const name : state_names) {
            fmt::print(" {} tx/s |", name);
        }
        fmt::print(" with keep : without |\n|---|---|---|---|---|\n");
        for (std::size_t load = 0; load < loads.size(); ++load) {
            fmt::print("| {} |", load_names[load]);
            for (const State state : states) {
                const auto figure = a_second(state, loads[load]);
                fmt::print("{} |", figure ? fmt::format(" {:.0f}", *figure) : "");
            }
            const auto window = a_second(State::window, loads[load]);
            const auto without = window ? window : a_second(State::no_job, loads[load]);
            fmt::print(" {:.2f} |\n", a_second(State::keep, loads[load]).value() / without.value());
        }
    }

    Options options_;
    Url url_;
    const EngineFactory& factory_;
    std::unique_ptr<Engine> engine_;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::atomic<std::int64_t> next_id_{1'000'000'000};
    std::map<std::pair<State, Load>, Written> written_;
};

} // namespace

int main(int argc, char** argv) {
    try {
        Options asked;
        po::options_description options{"Usage: turntable_keep_bench --url URL [options]"};
        options.add_options()("help,h", "this text");
        options.add_options()("url", po::value(&asked.url)->required(), "a database that the bench may fill");
        options.add_options()("rows", po::value(&asked.rows)->default_value(100'000), "of the table");
        options.add_options()("turns", po::value(&asked.turns)->default_value(20),
                              "of a quarter of a second, for each figure");
        options.add_options()("sessions", po::value(&asked.sessions)->default_value(2), "that write");
        po::variables_map values;
        po::store(po::parse_command_line(argc, argv, options), values);
        if (values.contains("help")) {
            std::cout << options;
            return 0;
        }
        po::notify(values);
        if (asked.rows < 1 || asked.turns < 1 || asked.sessions < 1) {
            throw po::error{"every number must be at least 1"};
        }
        Bench{asked}.run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "turntable_keep_bench: %s\n", error.what());
        return 2;
    }
}
