#pragma once
// One batch of replay, inside the caller's write transaction: makes the to-side equal to the from-side for a
// set of keys. Deletes every stale row of the batch first and inserts after, so that rows may trade unique
// values. A key whose row the to-side refuses stays out of the batch untouched (its old row may hold values
// that nothing else knows) and goes back into the log.

#include <cstdint>
#include <string>
#include <vector>

#include "flow.hpp"

namespace turntable::sqlite {

class ReplayBatch {
  public:
    // Takes all entries after log id `first` up to and including `last`.
    ReplayBatch(Session& session, const Flow& flow, std::int64_t first, std::int64_t last);

    // Applies the batch, deletes its entries, re-queues what clashed.
    [[nodiscard]] Replayed run();

  private:
    struct Refused {
        std::int64_t row;
        std::string reason;
    };

    void create_tables();
    void take_keys();
    void compute_wanted();
    void apply();
    [[nodiscard]] bool applied_at_once();
    [[nodiscard]] std::vector<Refused> find_refused();
    void leave_out(const Refused& refused);
    void delete_stale();
    void insert_wanted(const std::string& condition, const std::vector<Value>& arguments);
    void finish();

    [[nodiscard]] std::string wanted_select(const std::string& keys) const;
    [[nodiscard]] std::string from_rows() const;
    [[nodiscard]] std::string to_rows() const;
    [[nodiscard]] std::string shown_values(std::int64_t row, const std::string& message);

    Session& session_;
    const Flow& flow_;
    std::int64_t first_, last_;
    Replayed result_;
};

} // namespace turntable::sqlite
