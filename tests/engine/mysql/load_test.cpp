// What the copy does beside an application that is at work.
#include "on_both_servers.hpp"
#include "turntable/settings.hpp"

namespace turntable::test {
namespace {

class Load : public OnBothServers {};

TEST_P(Load, BesideAnApplicationOneSessionCopiesUnlessMoreWereAskedFor) {
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)");
    lab.sql("INSERT INTO t VALUES (1, 0), (2, 0)");
    Writers writers{lab, 2, [](Session& session, unsigned random) {
                        session.run("UPDATE t SET v = v + 1 WHERE id = " + std::to_string(1 + random % 2));
                    }};
    while (writers.steps() == 0) {
        std::this_thread::yield();
    }
    const auto session = lab.open();
    const Copier& copier = lab.engine().copier();
    EXPECT_EQ(copier.sessions(*session, Settings{}.workers), 1);
    EXPECT_EQ(copier.sessions(*session, Settings{}.workers + 1), Settings{}.workers + 1);
    writers.stop();
    EXPECT_EQ(writers.error(), "");
}

TURNTABLE_ON_BOTH_SERVERS(Load);

} // namespace
} // namespace turntable::test
