#pragma once
// One measurement: a strategy on a fresh table, alone or beside writers.

#include <optional>
#include <string>
#include <vector>

#include "load.hpp"
#include "table.hpp"

namespace turntable::bench {

struct Bench {
    std::string url;
    Rows rows = 0;
    int writes_per_second = 300;
    std::vector<int> workers{1, 2};
    std::vector<std::string> chunk_times{""}; // empty: the engine's default
    enum class Peer { no, yes } pt_osc = Peer::no;
    std::string only; // measure strategies whose name contains this
    int rounds = 1;   // everything that often, in turn; the middle one of each is reported
};

struct Measurement {
    std::string strategy;
    int workers = 0;        // 0: not a matter of workers
    std::string chunk_time; // empty: the default
    bool beside_writers = false;
    double seconds = 0;                                             // of the whole, without the probe
    double seconds_min = 0, seconds_max = 0;                        // over all rounds
    std::optional<double> probe, copy, index, replay, verify, swap; // turntable's own
    Bytes bytes = 0;                                                // of the table without its indexes
    Rows rows = 0;
    cli::Effect effect; // on the writers
    // The same without what was due while indexes were built: where one build holds the only write lock, its
    // whole length shows in the figures above.
    cli::Effect effect_outside_index;
    std::string error; // why there is no figure, or the first error that a writer met
};

// All strategies of this bench on this database, first alone, then beside writers: the middle one of all
// rounds by its time. Tells each as it is done.
[[nodiscard]] std::vector<Measurement> measure_all(Engine& engine, const Bench& bench);

} // namespace turntable::bench
