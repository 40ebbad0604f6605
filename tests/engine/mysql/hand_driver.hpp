#pragma once
// The phases driven by hand, so that a test can stop between any two of them and look, or interfere.

#include "lab.hpp"

namespace turntable::test {

class HandDriver {
  public:
    HandDriver(Lab& lab, const ChangeRequest& request);
    HandDriver(Lab& lab, Blueprint planned);

    void prepare(); // shadow, logs, triggers, origin
    void copy();    // all chunks
    void index();
    void replay(Direction direction = Direction::forward); // until nothing is left
    [[nodiscard]] VerifiedChunk verify();                  // everything, summed
    // One try with these sessions; the lab's own by default.
    [[nodiscard]] SwapOutcome swap(SessionSource& sessions, Session& session,
                                   Direction direction = Direction::forward);
    [[nodiscard]] SwapOutcome swap(Direction direction = Direction::forward);
    void up_to_swap();
    void finalize();

    Lab& lab;
    Engine& engine;
    std::unique_ptr<Session> session;
    Blueprint blueprint;
    std::string origin;
    Millis lock_timeout{2000}, hold{5000};
};

} // namespace turntable::test
