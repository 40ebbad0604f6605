// index: what was deferred is built on the shadow after the copy; the key index first, statistics last.
#include <algorithm>

#include "phase/workshop.hpp"

namespace turntable::phase {
namespace {

// Several at once where the engine finds that the load allows it. What was built so is only completed by its
// own step.
void build_beside_each_other(Workshop& shop, std::size_t number) {
    const Indexer& indexer = shop.engine.indexer();
    const std::vector<std::size_t> steps =
        indexer.beside_each_other(shop.control, shop.blueprint, number, shop.settings.workers);
    if (steps.size() < 2) {
        return;
    }
    const int sessions = std::min(shop.settings.workers, static_cast<int>(steps.size()));
    auto next = steps.begin();
    const auto source = [&]() -> std::optional<Chunk> {
        if (next == steps.end()) {
            return std::nullopt;
        }
        Chunk step;
        step.number = static_cast<std::int64_t>(*next++);
        return step;
    };
    const auto work = [&](const Chunk& step) -> Pipeline::Landing {
        const auto session = shop.sessions.lend(SessionUse::copy);
        indexer.build_beside(*session, shop.blueprint, static_cast<std::size_t>(step.number), sessions);
        return [] {};
    };
    shop.pipeline.run(sessions, source, work);
}

} // namespace

machine::Event build_index(Workshop& shop, std::size_t number) {
    shop.fence(shop.control);
    build_beside_each_other(shop, number);
    shop.engine.indexer().build(shop.control, shop.blueprint, number);
    return machine::Done{};
}

} // namespace turntable::phase
