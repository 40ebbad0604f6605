#pragma once
// The acts of the demo, told on stdout.

#include <filesystem>
#include <string>
#include <vector>

#include "cli/child_process.hpp"
#include "cli/demo_effect.hpp"
#include "cli/demo_shop.hpp"

namespace turntable::cli {

struct DemoOptions {
    Rows rows = 1'000'000;
    int writers = 4;
    int per_second = 50;          // of each writer
    std::chrono::seconds calm{5}; // how long the writers run alone, before and after a change
    std::filesystem::path folder; // for the database and the samples; empty: a new one
    enum class Keep { no, yes } keep = Keep::no;
};

class Show {
  public:
    explicit Show(DemoOptions options);
    Show(const Show&) = delete;
    Show& operator=(const Show&) = delete;
    ~Show();

    // True if everything that was shown held.
    [[nodiscard]] bool run();

  private:
    void open_shop();
    void start_writers();
    void refuse_silent_rounding();
    void change();
    void revert();
    void finalize();
    void stop_writers();
    void summary();

    // Lets the writers run alone.
    void calm(const std::string& title);
    // Runs the tool on the shop as a user would; prints the command and what the tool says. The time counts
    // as one span, or as one per phase.
    enum class Spans { one, per_phase };
    ChildResult tool(const std::string& title, const std::vector<std::string>& arguments, Spans spans);
    void hear(const std::string& line, Spans spans);
    void end_span();
    void begin_span(const std::string& title);

    // Prints the claim with its verdict, and remembers a failure.
    void claim(bool holds, const std::string& text);
    void compare_with_truth(const std::string& when);

    struct NamedSpan {
        std::string title;
        TimeSpan span;
    };

    DemoOptions options_;
    std::filesystem::path database_;
    std::unique_ptr<Shop> shop_;
    std::vector<BackgroundSelf> writers_;
    std::vector<NamedSpan> spans_;
    std::string phase_, job_, definition_, last_said_;
    bool held_ = true;
};

} // namespace turntable::cli
