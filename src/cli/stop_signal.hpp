#pragma once
// SIGINT, SIGTERM and SIGHUP ask for a clean stop.

namespace turntable::cli {

// While one lives, the first such signal only sets the flag; a second one ends the process at once (the job
// can be resumed all the same). A signal that was ignored, as nohup does with SIGHUP, stays ignored. SIGPIPE
// is ignored: a closed terminal must not kill a change. One at a time.
class StopSignal {
  public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    [[nodiscard]] static bool raised() noexcept;
};

} // namespace turntable::cli
