// index: what was deferred is built on the shadow after the copy; the key index first, statistics last.
#include "phase/workshop.hpp"

namespace turntable::phase {

machine::Event build_index(Workshop& shop, std::size_t number) {
    shop.fence(shop.control);
    shop.engine.indexer().build(shop.control, shop.blueprint, number);
    return machine::Done{};
}

} // namespace turntable::phase
