#pragma once
// control::ChunkSizer behind a mutex, for the stages of a pipeline.

#include <mutex>

#include "control/chunk_sizer.hpp"
#include "phase/workshop.hpp"

namespace turntable::run {

class SharedSizer final : public phase::Sizer {
  public:
    SharedSizer(Rows first, Millis target) : sizer_(first, target) {}
    [[nodiscard]] Rows rows() const override {
        const std::scoped_lock lock{mutex_};
        return sizer_.rows();
    }
    void measured(Rows asked, std::chrono::microseconds took) override {
        const std::scoped_lock lock{mutex_};
        sizer_.measured(asked, took);
    }
    void set_target(Millis target) override {
        const std::scoped_lock lock{mutex_};
        sizer_.set_target(target);
    }

  private:
    mutable std::mutex mutex_;
    control::ChunkSizer sizer_;
};

} // namespace turntable::run
