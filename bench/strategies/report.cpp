#include "report.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace turntable::bench {
namespace {

std::string seconds(const std::optional<double>& value) {
    return value ? fmt::format("{:.2f}", *value) : "";
}

double milliseconds(std::chrono::microseconds span) {
    return static_cast<double>(span.count()) / 1000.0;
}

std::string name(const Measurement& m) {
    if (m.workers == 0) {
        return m.strategy;
    }
    return fmt::format("{}, {} worker{}{}", m.strategy, m.workers, m.workers == 1 ? "" : "s",
                       m.chunk_time.empty() ? "" : ", chunks of " + m.chunk_time);
}

// Millions of rows and of bytes a second.
std::string speed(const Measurement& m, double in) {
    return in <= 0 ? ""
                   : fmt::format("{:.2f} M, {:.0f} MB", static_cast<double>(m.rows) / in / 1e6,
                                 static_cast<double>(m.bytes) / in / 1e6);
}

// The server's own blocking form is measured first: all others are ratios to it in the same run.
std::string ratio(const Measurement& m, const std::vector<Measurement>& all) {
    for (const Measurement& other : all) {
        if (other.beside_writers == m.beside_writers) {
            return other.workers == 0 && other.seconds > 0 ? fmt::format("{:.2f}", m.seconds / other.seconds)
                                                           : "";
        }
    }
    return "";
}

std::string whole(const Measurement& m) {
    return m.seconds_min < m.seconds_max
               ? fmt::format("{:.2f} ({:.2f} to {:.2f})", m.seconds, m.seconds_min, m.seconds_max)
               : fmt::format("{:.2f}", m.seconds);
}

std::string row_alone(const Measurement& m, const std::vector<Measurement>& all) {
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name(m), whole(m), ratio(m, all),
                       speed(m, m.seconds), seconds(m.copy), speed(m, m.copy.value_or(0)), seconds(m.index),
                       seconds(m.verify), seconds(m.swap));
}

std::string row_beside(const Measurement& m, const std::vector<Measurement>& all) {
    const cli::Effect& e = m.effect;
    const cli::Effect& outside = m.effect_outside_index;
    return fmt::format(
        "| {} | {} | {} | {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {} |\n", name(m),
        whole(m), ratio(m, all), seconds(m.copy), speed(m, m.copy.value_or(0)), milliseconds(e.p50),
        milliseconds(e.p99), milliseconds(e.max), milliseconds(e.longest_stop), milliseconds(outside.p99),
        milliseconds(outside.longest_stop), e.failed);
}

std::string failures(const std::vector<Measurement>& measurements) {
    std::string text;
    for (const Measurement& m : measurements) {
        if (!m.error.empty()) {
            text += fmt::format("\n{}: {}\n", name(m), m.error);
        }
    }
    return text;
}

} // namespace

std::string markdown(const std::string& title, const std::vector<Measurement>& measurements) {
    std::string alone, beside;
    for (const Measurement& m : measurements) {
        (m.beside_writers ? beside : alone) +=
            m.beside_writers ? row_beside(m, measurements) : row_alone(m, measurements);
    }
    std::string text = fmt::format("### {}\n\n", title);
    if (!alone.empty()) {
        text += "Alone; seconds, and rows and bytes a second. The whole is without the probe, which native "
                "forms do not have.\n\n| | whole s | ratio | whole/s | copy s | copy/s | index s | verify s "
                "| swap s "
                "|\n|---|---|---|---|---|---|---|---|---|\n" +
                alone;
    }
    if (!beside.empty()) {
        text += "\nBeside open-loop writers; milliseconds, from the moment a write was due.\n\n| | whole s | "
                "ratio | "
                "copy s | copy/s | p50 | p99 | worst | longest stop | p99 outside index builds | longest "
                "stop outside "
                "index builds | failed |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n" +
                beside;
    }
    return text + failures(measurements);
}

std::string json(const std::string& server, const std::vector<Measurement>& measurements) {
    auto list = nlohmann::ordered_json::array();
    const auto optional = [](const std::optional<double>& value) {
        return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
    };
    for (const Measurement& m : measurements) {
        list.push_back({{"server", server},
                        {"strategy", m.strategy},
                        {"workers", m.workers},
                        {"chunk_time", m.chunk_time},
                        {"beside_writers", m.beside_writers},
                        {"rows", m.rows},
                        {"bytes", m.bytes},
                        {"seconds",
                         {{"whole", m.seconds},
                          {"whole_min", m.seconds_min},
                          {"whole_max", m.seconds_max},
                          {"probe", optional(m.probe)},
                          {"copy", optional(m.copy)},
                          {"index", optional(m.index)},
                          {"replay", optional(m.replay)},
                          {"verify", optional(m.verify)},
                          {"swap", optional(m.swap)}}},
                        {"writers",
                         {{"transactions", m.effect.transactions},
                          {"failed", m.effect.failed},
                          {"p50_ms", milliseconds(m.effect.p50)},
                          {"p99_ms", milliseconds(m.effect.p99)},
                          {"max_ms", milliseconds(m.effect.max)},
                          {"longest_stop_ms", milliseconds(m.effect.longest_stop)}}},
                        {"error", m.error}});
    }
    return list.dump(2);
}

} // namespace turntable::bench
