#include "run/pipeline.hpp"

namespace turntable::run {
namespace {

class InlinePipeline final : public phase::Pipeline {
  public:
    void run(int, const Source& source, const Work& work) override {
        while (const auto chunk = source()) {
            work (*chunk)();
        }
    }
};

} // namespace

std::unique_ptr<phase::Pipeline> make_inline_pipeline() {
    return std::make_unique<InlinePipeline>();
}

} // namespace turntable::run
