#pragma once
// A change of one small table whose blueprint is written by hand, so that the runtime parts are tested
// without the planner; and the phases of the protocol as single steps, between which a test lets the
// application write.
//
//   payments (id bigint primary key, account text unique, amount double precision, note numeric, ratio double
//   precision, extra json, legacy text) -> the same with amount_cents bigint (half_even) and without legacy

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "detail.hpp"
#include "runtime_database.hpp"

namespace turntable::test {

class RuntimeJob {
  public:
    // Creates payments with `rows` rows and writes the blueprint.
    explicit RuntimeJob(ScratchDatabase& database, int rows);

    Session& control() { return *control_; }
    Session& copier() { return *copier_; }
    Session& reader() { return *reader_; }
    Engine& engine() { return database_.engine(); }
    const Blueprint& blueprint() const { return blueprint_; }
    const postgresql::Detail& detail() const { return detail_; }
    const std::string& origin() const { return origin_; }
    // Changes the blueprint before prepare().
    void alter(const std::function<void(Blueprint&, postgresql::Detail&)>& change);

    // Until the rows are older than every transaction that still runs in this database (an autovacuum's,
    // say): from then on a copy that is begun leaves none of them to the replay.
    void until_rows_are_old();
    void prepare();                      // objects, capture, origin
    void copy(Rows rows_per_chunk = 50); // all chunks from the beginning
    std::vector<Chunk> chunks(Rows rows_per_chunk);
    CopiedChunk copy_one(const Chunk& chunk);
    void index();
    // Until the log is empty or no pass makes progress; returns the clashes of the last pass.
    std::vector<Clash> replay(Direction direction = Direction::forward, Rows keys_max = 1000);
    VerifiedChunk verify(); // all chunks, added up
    SwapOutcome swap(Direction direction = Direction::forward,
                     LockBudget budget = {Millis{300}, Millis{5000}});
    void until_swapped(); // prepare … swap
    // The verdict of the copier's own check of the source.
    Drift drift();
    // Forgets the copy and begins again, as the driver does after Drift::restart_copy.
    void restart_copy();
    // Rows that differ between payments and the shadow by an independent query; 0 is right.
    std::int64_t differing_rows();

  private:
    ScratchDatabase& database_;
    std::unique_ptr<Session> control_, copier_, reader_;
    Blueprint blueprint_;
    postgresql::Detail detail_;
    std::string origin_;
};

} // namespace turntable::test
