#include "plan/estimate.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// Rough rates of a server that has its data in memory, for the order of magnitude only.
constexpr Bytes copied_per_second = 60LL * 1024 * 1024;
constexpr Bytes indexed_per_second = 60LL * 1024 * 1024;
constexpr Bytes compared_per_second = 200LL * 1024 * 1024;

// The density that the last VACUUM or ANALYZE saw, over the size of now; of a table that none has seen yet,
// the density of full pages with values of 32 bytes where a type has no length of its own.
Estimate sizes_of(Session& session, const Table& source) {
    const ResultSet found = session.run(
        "SELECT (CASE WHEN c.reltuples > 0 AND c.relpages > 0"
        " THEN c.reltuples / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::numeric)"
        " ELSE pg_relation_size(c.oid) / (28 + (SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen"
        " ELSE 32 END), 0) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0)) END)::bigint,"
        " pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class AS c WHERE c.oid = $1::oid",
        {source.oid});
    check(found.rows.size() == 1, "a table is gone between two looks");
    const Row row{found.rows.front()};
    Estimate estimate;
    estimate.rows = row.integer(0);
    estimate.table_bytes = row.integer(1);
    estimate.index_bytes = row.integer(2);
    return estimate;
}

// A tablespace of its own may be on another disk, which is not looked at.
std::optional<Bytes> free_space(Session& session, const Table& source) {
    if (!source.tablespace.empty()) {
        return std::nullopt;
    }
    const ResultSet found = session.run(
        "SELECT s.setting, extract(epoch FROM pg_postmaster_start_time())::bigint FROM pg_settings AS s"
        " JOIN pg_database AS d ON d.datname = current_database()"
        " JOIN pg_tablespace AS t ON t.oid = d.dattablespace AND t.spcname = 'pg_default'"
        " WHERE s.name = 'data_directory'");
    if (found.rows.size() != 1) {
        return std::nullopt; // not ours to see, or the database is elsewhere
    }
    const Row row{found.rows.front()};
    return free_bytes(row.text(0), row.integer(1));
}

} // namespace

std::optional<Bytes> free_bytes(const std::string& data_directory, std::int64_t server_start) {
    // Another machine may have a directory of the same name: the third line tells when the server was
    // started.
    std::ifstream pid_file{data_directory + "/postmaster.pid"};
    std::string line;
    for (int n = 0; n < 3; ++n) {
        if (!std::getline(pid_file, line)) {
            return std::nullopt;
        }
    }
    constexpr std::int64_t seconds_apart_max = 5;
    if (std::llabs(std::strtoll(line.c_str(), nullptr, 10) - server_start) > seconds_apart_max) {
        return std::nullopt;
    }
    std::error_code failed;
    const auto space = std::filesystem::space(data_directory, failed);
    return failed ? std::nullopt : std::optional<Bytes>{static_cast<Bytes>(space.available)};
}

Estimate estimate_shadow(Session& session, const Table& source) {
    Estimate estimate = sizes_of(session, source);
    // The second table with its indexes, the sort of the largest index build, and the log.
    estimate.disk_needed = (estimate.table_bytes + estimate.index_bytes) * 6 / 5;
    estimate.disk_free = free_space(session, source);
    estimate.expected =
        Seconds{1 + estimate.table_bytes / copied_per_second + estimate.index_bytes / indexed_per_second +
                2 * estimate.table_bytes / compared_per_second};
    return estimate;
}

Estimate estimate_native(Session& session, const Table& source, std::size_t new_indexes) {
    Estimate estimate = sizes_of(session, source);
    estimate.disk_free = free_space(session, source);
    if (new_indexes > 0) {
        const auto known = static_cast<Bytes>(std::max<std::size_t>(source.indexes.size(), 1));
        const Bytes one = std::max(estimate.index_bytes / known, estimate.table_bytes / 10);
        estimate.disk_needed = one * static_cast<Bytes>(new_indexes);
        estimate.expected = Seconds{1 + 2 * estimate.table_bytes / compared_per_second +
                                    estimate.disk_needed / indexed_per_second};
    }
    return estimate;
}

} // namespace turntable::postgresql
