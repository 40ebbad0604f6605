#pragma once
// How a job runs: the options of `alter` that can be steered or must survive a change of host. Saved in the
// journal.

#include <optional>
#include <string>

#include "turntable/units.hpp"

namespace turntable {

enum class StrategyChoice { automatic, instant, online, shadow };
enum class CutoverMode { automatic, manual };
enum class ForeignKeyChoice { automatic, refuse };
enum class VerifyMode { full, sample, none };
enum class DeferIndexes { automatic, always, never };

struct Settings {
    StrategyChoice strategy = StrategyChoice::automatic;
    int workers = 2;
    std::optional<Millis> chunk_time; // empty: the engine's own default (500 ms; SQLite 50 ms)
    Millis lock_timeout{300};
    int lock_retries = 0; // 0: unlimited within cutover_timeout
    Millis drain_budget{300};
    Millis cutover_timeout{3'600'000};
    CutoverMode cutover = CutoverMode::automatic;
    std::optional<Millis> keep_old = Millis{24LL * 3'600'000}; // empty: none, no revert window
    VerifyMode verify = VerifyMode::full;
    ForeignKeyChoice foreign_keys = ForeignKeyChoice::automatic; // through a shadow; native forms keep all
    bool allow_old_snapshots = false;
    std::optional<Millis> max_lag;
    std::string replicas; // "host[:port],…" whose lag counts; empty: the engine finds them (MySQL, MariaDB)
    DeferIndexes defer_indexes = DeferIndexes::automatic; // MySQL, MariaDB
    std::optional<int> max_load;                          // active sessions / Threads_running
    std::string throttle_query;                           // first cell > 0 pauses
    std::string throttle_file;                            // exists: pauses
    int example_keys_max = 10;                            // keys shown per class of a finding
};

} // namespace turntable
