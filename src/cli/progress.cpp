#include "cli/progress.hpp"

#include <mutex>
#include <utility>

#include "cli/json_text.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

constexpr Seconds plain_interval{10};

class Silent final : public run::Observer {
  public:
    void progress(const run::Progress&) override {}
    void note(const std::string&) override {}
};

// What the observers that write have in common: one caller at a time, and nothing said before the first
// phase.
class Writing : public run::Observer {
  public:
    explicit Writing(Sink sink) : sink_(std::move(sink)) {}

    void progress(const run::Progress& progress) final {
        const std::scoped_lock lock{mutex_};
        if (!progress.phase.empty()) {
            show(progress);
        }
    }
    void note(const std::string& text) final {
        const std::scoped_lock lock{mutex_};
        tell(text);
    }

  protected:
    virtual void show(const run::Progress& progress) = 0;
    virtual void tell(const std::string& text) { write(text + "\n"); }
    void write(const std::string& text) const { sink_(text); }

  private:
    std::mutex mutex_;
    Sink sink_;
};

// --progress none: notes all the same.
class NotesOnly final : public Writing {
  public:
    using Writing::Writing;

  protected:
    void show(const run::Progress&) override {}
};

class Plain final : public Writing {
  public:
    Plain(Sink sink, Clock& clock) : Writing(std::move(sink)), clock_(clock) {}

  protected:
    void show(const run::Progress& progress) override {
        const auto now = clock_.now();
        const bool news = progress.phase != phase_ || progress.reason != reason_;
        if (!news && now - last_ < plain_interval) {
            return;
        }
        last_ = now;
        phase_ = progress.phase;
        reason_ = progress.reason;
        write(progress_text(progress) + "\n");
    }

  private:
    Clock& clock_;
    std::chrono::steady_clock::time_point last_;
    std::string phase_, reason_;
};

class JsonLines final : public Writing {
  public:
    using Writing::Writing;

  protected:
    void show(const run::Progress& progress) override { write(progress_json(progress)); }
    void tell(const std::string& text) override { write(dumped({{"note", text}})); }
};

// One line that is written over; a phase that ends leaves its last line standing.
class Bar final : public Writing {
  public:
    Bar(Sink sink, int columns) : Writing(std::move(sink)), columns_(columns) {}
    ~Bar() override {
        if (!shown_.empty()) {
            write("\n");
        }
    }
    Bar(const Bar&) = delete;
    Bar& operator=(const Bar&) = delete;

  protected:
    void show(const run::Progress& progress) override {
        const std::string before = !shown_.empty() && progress.phase != phase_ ? "\n" : "\r";
        phase_ = progress.phase;
        // The last column stays free: a full line would wrap, and "\r" would not reach its start.
        shown_ = progress_bar(progress, columns_ - 1);
        write(before + shown_ + erase_rest);
    }
    void tell(const std::string& text) override { write("\r" + text + erase_rest + "\n" + shown_); }

  private:
    static constexpr const char* erase_rest = "\x1b[K";
    int columns_;
    std::string phase_, shown_;
};

ProgressStyle style_of(const ProgressOutput& output) {
    if (output.style != ProgressStyle::automatic) {
        return output.style;
    }
    return output.device == ProgressOutput::Device::terminal ? ProgressStyle::bar : ProgressStyle::plain;
}

} // namespace

std::unique_ptr<run::Observer> make_observer(const ProgressOutput& output, Clock& clock) {
    if (output.verbosity == Verbosity::quiet) {
        return std::make_unique<Silent>();
    }
    switch (style_of(output)) {
    case ProgressStyle::bar:
        return std::make_unique<Bar>(output.sink, output.columns);
    case ProgressStyle::json:
        return std::make_unique<JsonLines>(output.sink);
    case ProgressStyle::none:
        return std::make_unique<NotesOnly>(output.sink);
    case ProgressStyle::plain:
    case ProgressStyle::automatic:
        return std::make_unique<Plain>(output.sink, clock);
    }
    check(false, "unknown ProgressStyle");
    return nullptr;
}

} // namespace turntable::cli
