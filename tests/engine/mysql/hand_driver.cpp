#include "hand_driver.hpp"

#include <gtest/gtest.h>

namespace turntable::test {
namespace {

Settings shadow_settings() {
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    return settings;
}

} // namespace

HandDriver::HandDriver(Lab& lab_, const ChangeRequest& request)
    : HandDriver(lab_, lab_.plan(request, shadow_settings())) {}

HandDriver::HandDriver(Lab& lab_, Blueprint planned)
    : lab(lab_), engine(lab_.engine()), session(lab_.open()), blueprint(std::move(planned)) {
    blueprint.job = "hand";
}

void HandDriver::prepare() {
    engine.preparer().create_objects(*session, blueprint);
    ASSERT_TRUE(engine.preparer().install_capture(*session, blueprint, {lock_timeout, hold}).granted);
    origin = engine.copier().origin(*session, blueprint);
}

void HandDriver::copy() {
    std::string lower;
    while (const auto chunk = engine.copier().next_chunk(*session, blueprint, origin, lower, 100)) {
        Transaction transaction{*session, TxMode::write};
        const auto copied = engine.copier().copy_chunk(*session, blueprint, origin, *chunk);
        ASSERT_TRUE(std::holds_alternative<CopiedChunk>(copied)) << std::get<DriftReport>(copied).reason;
        transaction.commit();
        lower = chunk->upper;
    }
}

void HandDriver::index() {
    for (std::size_t n = 0; n < engine.indexer().steps(blueprint).size(); ++n) {
        engine.indexer().build(*session, blueprint, n);
    }
}

void HandDriver::replay(Direction direction) {
    std::int64_t entries = 0;
    do {
        Transaction transaction{*session, TxMode::write};
        entries = engine.replayer().replay_batch(*session, blueprint, direction, 1000).entries;
        transaction.commit();
    } while (entries > 0);
}

VerifiedChunk HandDriver::verify() {
    VerifiedChunk sum;
    std::string lower;
    do {
        const auto chunk = engine.verifier().next_chunk(*session, blueprint, lower, 100);
        Transaction snapshot{*session, TxMode::snapshot};
        const VerifiedChunk one = engine.verifier().verify_chunk(*session, blueprint, *chunk, 10);
        sum.source_rows += one.source_rows;
        sum.shadow_rows += one.shadow_rows;
        sum.difference_count += one.difference_count;
        sum.pending.insert(sum.pending.end(), one.pending.begin(), one.pending.end());
        sum.differences.insert(sum.differences.end(), one.differences.begin(), one.differences.end());
        lower = chunk->upper;
    } while (!lower.empty());
    return sum;
}

SwapOutcome HandDriver::swap(SessionSource& sessions, Session& with, Direction direction) {
    const std::vector<std::string> recheck;
    return engine.swapper().swap(sessions, with,
                                 {blueprint,
                                  origin,
                                  direction,
                                  {lock_timeout, hold},
                                  false,
                                  true,
                                  recheck,
                                  [](Session&) {},
                                  [](Session&) {}});
}

SwapOutcome HandDriver::swap(Direction direction) {
    return swap(engine, *session, direction);
}

void HandDriver::up_to_swap() {
    prepare();
    copy();
    index();
    replay();
}

void HandDriver::finalize() {
    ASSERT_TRUE(engine.retirer()
                    .remove_capture(*session, blueprint, Direction::forward, {lock_timeout, hold})
                    .granted);
    while (!engine.retirer().retire_slice(*session, blueprint, Direction::forward, 1000)) {
    }
}

} // namespace turntable::test
