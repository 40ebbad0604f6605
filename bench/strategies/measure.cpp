#include "measure.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "cli/child_process.hpp"
#include "peer.hpp"

namespace turntable::bench {
namespace {

using Clock = std::chrono::steady_clock;
enum class Writers { none, beside };

Measurement named(std::string strategy, int workers = 0, std::string chunk_time = {}) {
    Measurement measurement;
    measurement.strategy = std::move(strategy);
    measurement.workers = workers;
    measurement.chunk_time = std::move(chunk_time);
    return measurement;
}

// The i-th measurement of the round that took the middle time for it; an error in any round stays visible.
Measurement middle_of(const std::vector<std::vector<Measurement>>& rounds, std::size_t i) {
    std::vector<Measurement> all;
    std::string error;
    for (const auto& round : rounds) {
        all.push_back(round.at(i));
        error = error.empty() ? round[i].error : error;
    }
    std::ranges::sort(all, {}, &Measurement::seconds);
    Measurement middle = all.at((all.size() - 1) / 2);
    middle.seconds_min = all.front().seconds;
    middle.seconds_max = all.back().seconds;
    middle.error = error;
    return middle;
}

// When each phase began, by the program's own progress.
class Phases {
  public:
    void hear(const std::string& line) {
        const auto said = nlohmann::json::parse(line, nullptr, false);
        if (!said.is_object() || !said.contains("phase")) {
            return;
        }
        const auto phase = said.at("phase").get<std::string>();
        if (begins_.empty() || begins_.back().first != phase) {
            begins_.emplace_back(phase, Clock::now());
        }
    }

    // From the first index step to what follows the last one; empty where there was none.
    [[nodiscard]] cli::TimeSpan index(Clock::time_point end_of_all) const {
        cli::TimeSpan span{end_of_all, end_of_all};
        for (std::size_t i = 0; i < begins_.size(); ++i) {
            if (begins_[i].first == "index") {
                span.begin = std::min(span.begin, begins_[i].second);
                span.end = i + 1 < begins_.size() ? begins_[i + 1].second : end_of_all;
            }
        }
        return span;
    }

  private:
    std::vector<std::pair<std::string, Clock::time_point>> begins_;
};

cli::Effect effect_outside(std::vector<cli::Sample> samples, const cli::TimeSpan& whole,
                           const cli::TimeSpan& index) {
    const auto before = cli::effect_of(samples, {whole.begin, index.begin}).longest_stop;
    const auto after = cli::effect_of(samples, {index.end, whole.end}).longest_stop;
    std::erase_if(samples, [&](const cli::Sample& sample) {
        return sample.due >= index.begin && sample.due < index.end;
    });
    cli::Effect effect = cli::effect_of(samples, whole);
    effect.longest_stop = std::max(before, after);
    return effect;
}

class Measurer {
  public:
    Measurer(Engine& engine, const Bench& bench)
        : engine_(engine),
          bench_(bench),
          table_(make_table(engine.traits().name)),
          session_(engine.open(SessionUse::control)) {
        run_all(*session_, table_->application_settings());
        std::fprintf(stderr, "making %lld rows\n", static_cast<long long>(bench.rows));
        table_->make_base(*session_, bench.rows);
    }

    std::vector<Measurement> all() {
        std::vector<Measurement> middles;
        for (const Writers writers : {Writers::none, Writers::beside}) {
            if (writers == Writers::beside && bench_.writes_per_second == 0) {
                continue;
            }
            std::vector<std::vector<Measurement>> rounds;
            for (int round = 0; round < bench_.rounds; ++round) {
                rounds.push_back(one_round(writers));
            }
            for (std::size_t i = 0; i < rounds.at(0).size(); ++i) {
                middles.push_back(middle_of(rounds, i));
            }
        }
        return middles;
    }

  private:
    std::vector<Measurement> one_round(Writers writers) {
        natives(writers);
        changes(writers);
        if (bench_.pt_osc == Bench::Peer::yes) {
            measure(named("pt-online-schema-change"), writers,
                    [this](Measurement& result) { change_by_pt_osc(bench_.url, result.error); });
        }
        return std::exchange(results_, {});
    }

    void natives(Writers writers) {
        for (const Native& native : table_->natives()) {
            if (!is_wanted(native.name)) {
                continue;
            }
            const auto prepare = [&] { run_all(*session_, native.before); };
            const auto run = [&](Measurement&) { run_all(*session_, native.timed); };
            measure(named(native.name), writers, run, prepare);
            run_all(*session_, native.after);
        }
    }

    void changes(Writers writers) {
        for (const int workers : table_->one_worker() ? std::vector<int>{1} : bench_.workers) {
            for (const std::string& chunk_time : bench_.chunk_times) {
                measure(named("turntable", workers, chunk_time), writers,
                        [&](Measurement& result) { change(result); });
            }
        }
    }

    [[nodiscard]] bool is_wanted(const std::string& strategy) const {
        return strategy.find(bench_.only) != std::string::npos;
    }

    template <typename Run, typename Prepare = void (*)()>
    void measure(
        Measurement result, Writers writers, const Run& run, const Prepare& prepare = [] {}) {
        if (!is_wanted(result.strategy)) {
            return;
        }
        table_->make_fresh(*session_);
        prepare();
        result.beside_writers = writers == Writers::beside;
        result.rows = bench_.rows;
        result.bytes = table_->data_bytes(*session_);
        std::optional<Load> load;
        if (writers == Writers::beside) {
            load.emplace(engine_, *table_, LoadOptions{4, bench_.writes_per_second, bench_.rows});
            std::this_thread::sleep_for(std::chrono::seconds{2}); // so that they have begun
        }
        phases_ = {};
        const auto begin = Clock::now();
        run(result);
        const auto end = Clock::now();
        result.seconds = std::chrono::duration<double>(end - begin).count() - result.probe.value_or(0);
        if (load) {
            load->stop();
            result.effect = cli::effect_of(load->samples(), {begin, end});
            result.effect_outside_index = effect_outside(load->samples(), {begin, end}, phases_.index(end));
            result.error = result.error.empty() ? load->first_error() : result.error;
        }
        finish_job();
        tell(result);
        results_.push_back(std::move(result));
    }

    // By the released program, as a user would.
    void change(Measurement& result) {
        std::vector<std::string> arguments{
            "--url",      bench_.url, "--format",  "json",      "--progress",
            "json",       "alter",    "payments",  "--convert", "amount=cents,same_name=accept",
            "--strategy", "shadow",   "--execute", "--workers", std::to_string(result.workers)};
        if (!result.chunk_time.empty()) {
            arguments.insert(arguments.end(), {"--chunk-time", result.chunk_time});
        }
        std::string messages;
        const cli::ChildResult done =
            cli::run_program(TURNTABLE_BINARY, arguments, [&](const std::string& line) {
                phases_.hear(line);
                messages += line + "\n";
            });
        const auto outcome = nlohmann::json::parse(done.output, nullptr, false);
        if (done.exit_code != 0 || !outcome.is_object() || !outcome.value("verified", false)) {
            result.error = fmt::format("exit code {}: {}{}", done.exit_code, messages, done.output);
            return;
        }
        job_ = outcome.at("job").get<std::string>();
        const auto& seconds = outcome.at("seconds");
        result.probe = seconds.at("probe").get<double>();
        result.copy = seconds.at("copy").get<double>();
        result.index = seconds.at("index").get<double>();
        result.replay = seconds.at("replay").get<double>();
        result.verify = seconds.at("verify").get<double>();
        result.swap = seconds.at("swap").get<double>();
    }

    // Not timed: the old table and the triggers go, so that the next run starts clean.
    void finish_job() {
        if (job_.empty()) {
            return;
        }
        const cli::ChildResult done =
            cli::run_program(TURNTABLE_BINARY, {"--url", bench_.url, "--progress", "none", "finalize", job_},
                             [](const std::string&) {});
        check(done.exit_code == 0, "finalize failed");
        job_.clear();
    }

    static void tell(const Measurement& result) {
        std::fprintf(stderr, "%s%s, %s: %.2f s%s%s\n", result.strategy.c_str(),
                     result.workers > 0 ? fmt::format(" with {} workers", result.workers).c_str() : "",
                     result.beside_writers ? "beside writers" : "alone", result.seconds,
                     result.error.empty() ? "" : ", ", result.error.c_str());
    }

    Engine& engine_;
    const Bench& bench_;
    std::unique_ptr<Table> table_;
    std::unique_ptr<Session> session_;
    std::string job_;
    Phases phases_; // of the running measurement
    std::vector<Measurement> results_;
};

} // namespace

std::vector<Measurement> measure_all(Engine& engine, const Bench& bench) {
    return Measurer{engine, bench}.all();
}

} // namespace turntable::bench
