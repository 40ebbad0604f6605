#include "cli/demo_show.hpp"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "cli/demo_writer.hpp"
#include "cli/json_text.hpp"

namespace turntable::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t shown_max = 150; // of a message of the tool

template <typename... Arguments>
void tell(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    fmt::print(text, std::forward<Arguments>(arguments)...);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

std::filesystem::path new_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "turntable-demo.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw Error{ErrorKind::failed, "system", "cannot make a directory like " + name};
    }
    return name;
}

std::string milliseconds_text(std::chrono::microseconds span) {
    const double milliseconds = static_cast<double>(span.count()) / 1000.0;
    return fmt::format("{:.{}f} ms", milliseconds, milliseconds < 10 ? 1 : 0);
}

// The last JSON object that the tool printed; an empty one if it printed none.
Json outcome_of(const ChildResult& result) {
    Json outcome = Json::parse(result.output, nullptr, false);
    return outcome.is_object() ? outcome : Json::object();
}

} // namespace

Show::Show(DemoOptions options) : options_(std::move(options)) {
    if (options_.folder.empty()) {
        options_.folder = new_folder();
    }
    std::filesystem::create_directories(options_.folder / "samples");
    database_ = options_.folder / "shop.db";
    if (std::filesystem::exists(database_)) {
        throw Error{ErrorKind::refused, "exists", database_.string() + " exists already"};
    }
}

Show::~Show() {
    writers_.clear(); // before their files go
    shop_.reset();
    std::error_code ignored;
    if (options_.keep == DemoOptions::Keep::no) {
        std::filesystem::remove_all(options_.folder, ignored);
    }
}

bool Show::run() {
    open_shop();
    start_writers();
    refuse_silent_rounding();
    change();
    revert();
    finalize();
    stop_writers();
    summary();
    return held_;
}

void Show::open_shop() {
    tell("1. A shop with {} payments. Their amount is a float (REAL), and it is to become integer cents.",
         grouped(options_.rows));
    shop_ = std::make_unique<Shop>(database_);
    shop_->create(options_.rows);
    definition_ = shop_->definition();
    const Shop::Naive naive = shop_->naive_conversions();
    tell("   {} of them have a fraction of a cent, like {}.", grouped(shop_->fractional_rows()),
         shop_->untouched_fraction(Shape::amount));
    tell("   CAST(amount * 100 AS INTEGER) would get {} wrong by a cent, round(amount * 100) {}.",
         grouped(naive.truncated), grouped(naive.float_rounded));
}

void Show::start_writers() {
    tell("\n2. {} programs write to it from now on, {} transactions a second in all, until the end of this "
         "show:\n"
         "   updates, inserts and deletes. In the same transaction each keeps a second table up to date, "
         "which\n"
         "   turntable does not know: the truth to compare with. They know both shapes of the table.",
         options_.writers, options_.writers * options_.per_second);
    for (int number = 0; number < options_.writers; ++number) {
        const auto samples = options_.folder / "samples" / std::to_string(number);
        writers_.emplace_back(
            writer_arguments({database_, samples, number, options_.per_second, options_.rows}));
    }
    calm("before");
}

void Show::calm(const std::string& title) {
    begin_span(title);
    std::this_thread::sleep_for(options_.calm);
    end_span();
}

void Show::refuse_silent_rounding() {
    tell("\n3. turntable looks at every row first, and does not round money unless it is told how.");
    const ChildResult refused =
        tool("refused try", {"alter", "payments", "--convert", "amount=cents,into=amount_cents", "--execute"},
             Spans::one);
    claim(refused.exit_code == 3,
          fmt::format("refused with exit code {}, nothing was changed", refused.exit_code));
}

void Show::change() {
    tell("\n4. Told how to round, it copies, replays what the writers do meanwhile, compares every row, and "
         "swaps.");
    const ChildResult done =
        tool("plan",
             {"alter", "payments", "--convert", "amount=cents,into=amount_cents,round=half_up,inexact=report",
              "--execute"},
             Spans::per_phase);
    const Json outcome = outcome_of(done);
    job_ = outcome.value("job", "");
    claim(done.exit_code == 0 && outcome.value("state", "") == "swapped",
          fmt::format("exit code {}, state {}", done.exit_code, outcome.value("state", "unknown")));
    if (outcome.contains("rows") && outcome.contains("conversions") && !outcome["conversions"].empty()) {
        const Json& rows = outcome["rows"];
        const Json& cents = outcome["conversions"][0];
        tell("   {} rows copied, {} replayed; {} were exact, {} were rounded.",
             grouped(rows.value("copied", Rows{0})), grouped(rows.value("replayed", Rows{0})),
             grouped(cents.value("exact", Rows{0})), grouped(cents.value("rounded", Rows{0})));
        tell("   The total is conserved: {} before, {} cents after, and the difference is the rounding "
             "reported.",
             cents["sum_source"].is_string() ? cents["sum_source"].get<std::string>() : "?",
             cents["sum_target"].is_string() ? cents["sum_target"].get<std::string>() : "?");
        claim(outcome.value("verified", false) && outcome.value("mismatches", 1) == 0,
              "turntable compared every row of both tables before the swap: no difference");
    }
    claim(shop_->shape() == Shape::amount_cents, "payments has the column amount_cents now");
    calm("after the change");
    compare_with_truth("after the change");
}

void Show::revert() {
    tell("\n5. Back again: `revert` returns to the old shape, with every write made since the swap.");
    const ChildResult back = tool("revert", {"revert", job_}, Spans::one);
    claim(back.exit_code == 0, fmt::format("exit code {}", back.exit_code));
    claim(shop_->shape() == Shape::amount, "payments has the column amount again");
    calm("after the revert");
    compare_with_truth("after the revert");
    claim(shop_->untouched_fraction(Shape::amount) == "1.005",
          fmt::format("a payment that nobody touched is {} again, not 1.01",
                      shop_->untouched_fraction(Shape::amount)));
}

void Show::finalize() {
    tell("\n6. `finalize` removes what the change left.");
    const ChildResult final = tool("finalize", {"finalize", job_}, Spans::one);
    claim(final.exit_code == 0, fmt::format("exit code {}", final.exit_code));
    claim(shop_->definition() == definition_,
          "payments and its index are defined as they were at the beginning");
}

void Show::stop_writers() {
    int worst = 0;
    for (BackgroundSelf& writer : writers_) {
        worst = std::max(worst, writer.stop());
    }
    writers_.clear();
    claim(worst == 0, "the writers ended in good order");
    compare_with_truth("at the end");
}

void Show::compare_with_truth(const std::string& when) {
    const Rows wrong = shop_->rows_wrong(shop_->shape());
    claim(wrong == 0, fmt::format("{}, {} payments against the truth: {} missing, extra or wrong", when,
                                  grouped(shop_->rows()), grouped(wrong)));
}

void Show::summary() {
    const std::vector<Sample> samples = read_samples(options_.folder / "samples");
    tell("\n7. What the writers felt. Latency counts from the moment a transaction was due, so waiting shows "
         "in full.");
    tell("   {:<22}{:>8}{:>10}{:>10}{:>10}{:>14}{:>8}", "", "tx", "p50", "p99", "worst", "longest stop",
         "failed");
    std::int64_t failed = 0;
    for (const auto& [title, span] : spans_) {
        const Effect effect = effect_of(samples, span);
        if (effect.transactions == 0) {
            continue;
        }
        failed += effect.failed;
        tell("   {:<22}{:>8}{:>10}{:>10}{:>10}{:>14}{:>8}", title, grouped(effect.transactions),
             milliseconds_text(effect.p50), milliseconds_text(effect.p99), milliseconds_text(effect.max),
             milliseconds_text(effect.longest_stop), effect.failed);
    }
    claim(failed == 0 && !samples.empty(),
          fmt::format("{} transactions, {} failed", grouped(static_cast<Rows>(samples.size())), failed));
    tell("\n{}", held_ ? "Nothing was lost, and no transaction failed. Where writers stood longest, during "
                         "index, SQLite itself holds the\n"
                         "file's write lock for the whole of one CREATE INDEX."
                       : "Something above did not hold: see FAILED.");
    if (options_.keep == DemoOptions::Keep::yes) {
        tell("The database is {}.", database_.string());
    }
}

ChildResult Show::tool(const std::string& title, const std::vector<std::string>& arguments, Spans spans) {
    std::string shown;
    for (const std::string& argument : arguments) {
        shown += " " + argument;
    }
    tell("   $ turntable{}", shown);
    std::vector<std::string> all{"--url", "sqlite://" + database_.string(), "--format", "json", "--progress",
                                 "json"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    phase_ = title;
    begin_span(title);
    ChildResult result = run_program(this_program, all, [&](const std::string& line) { hear(line, spans); });
    end_span();
    return result;
}

// A line of the tool's stderr: progress and notes as JSON, anything else as it is.
void Show::hear(const std::string& line, Spans spans) {
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object() && !event.contains("note")) {
        const std::string phase = event.value("phase", "");
        if (!phase.empty() && phase != phase_) {
            phase_ = phase;
            tell("     {}", phase);
            if (spans == Spans::per_phase) {
                end_span();
                begin_span(phase);
            }
        }
        return;
    }
    std::string text = event.is_object() ? event["note"].get<std::string>() : line;
    text.erase(0, text.find_first_not_of(' '));
    if (!text.empty() && text != last_said_) {
        tell("     {}", text.size() > shown_max ? text.substr(0, shown_max) + "..." : text);
    }
    last_said_ = text;
}

void Show::begin_span(const std::string& title) {
    spans_.push_back({title, {Clock::now(), Clock::time_point::max()}});
}

void Show::end_span() {
    spans_.back().span.end = Clock::now();
}

void Show::claim(bool holds, const std::string& text) {
    tell("   {} {}", holds ? "ok:" : "FAILED:", text);
    held_ = held_ && holds;
}

} // namespace turntable::cli
