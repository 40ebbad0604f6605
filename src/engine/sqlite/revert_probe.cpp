#include "revert_probe.hpp"

#include <thread>

#include "names.hpp"
#include "replay_batch.hpp"

namespace turntable::sqlite {
namespace {

constexpr std::int64_t page_entries = 5000; // about 50 ms under the write lock
constexpr Millis page_pause{3};

// Sessions for reading refuse to write even what is rolled back.
class WritesAllowed {
  public:
    explicit WritesAllowed(Session& session)
        : session_(session), query_only_(session.run("PRAGMA query_only").only() == "1") {
        session_.run("PRAGMA query_only = OFF");
    }
    ~WritesAllowed() {
        try {
            session_.run(query_only_ ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");
        } catch (...) { // a destructor never throws
            // A dead session writes nothing.
        }
    }
    WritesAllowed(const WritesAllowed&) = delete;
    WritesAllowed& operator=(const WritesAllowed&) = delete;

  private:
    Session& session_;
    bool query_only_;
};

// A row of a later page may only seem to clash, with an old row that is itself about to change.
bool only_seems(const Clash& clash, bool whole_log) {
    return !whole_log && clash.reason.starts_with("UNIQUE constraint failed");
}

} // namespace

std::vector<Clash> probe_way_back(Session& session, const Blueprint& blueprint, int example_keys_max) {
    const WritesAllowed allowed{session};
    const Flow flow = flow_of(blueprint, detail_of(blueprint), Direction::back);
    const std::string log = identifier(flow.log);
    const Cell end = session.run("SELECT max(id) FROM " + log).only();
    const std::int64_t last = end ? std::stoll(*end) : 0;
    std::vector<Clash> out;
    for (std::int64_t first = 0; first < last && out.size() < static_cast<std::size_t>(example_keys_max);) {
        std::int64_t next = last;
        {
            const Transaction rolled_back{session, TxMode::write}; // from here on nobody adds to the log
            next = session
                       .run("SELECT coalesce(max(id), ?) FROM (SELECT id FROM " + log +
                                " WHERE id > ? ORDER BY id LIMIT ?)",
                            {last, first, page_entries})
                       .only_integer();
            const bool whole_log =
                first == 0 &&
                session.run("SELECT 1 FROM " + log + " WHERE id > ? LIMIT 1", {next}).rows.empty();
            for (Clash& clash : ReplayBatch{session, flow, first, next}.run().clashes) {
                if (!only_seems(clash, whole_log) &&
                    out.size() < static_cast<std::size_t>(example_keys_max)) {
                    out.push_back(std::move(clash));
                }
            }
        }
        first = next;
        std::this_thread::sleep_for(page_pause);
    }
    return out;
}

} // namespace turntable::sqlite
