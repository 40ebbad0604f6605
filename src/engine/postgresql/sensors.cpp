// What PostgreSQL itself can say about replicas and load. Roles without pg_read_all_stats see NULLs: a
// reading that could be wrong is an error, and an error pauses the work.
#include <charconv>

#include "parts.hpp"

namespace turntable::postgresql {
namespace {

[[noreturn]] void refuse_blind_reading(const std::string& sensor) {
    throw Error{ErrorKind::connection, "no_statistics",
                sensor + " cannot be read: the role may not see other sessions' statistics"}
        .next("GRANT pg_read_all_stats to the role, or leave the option out");
}

class ReplicaLag final : public Sensor {
  public:
    explicit ReplicaLag(Millis limit) : limit_(limit) {}
    [[nodiscard]] std::string name() const override { return "max-lag"; }

    // replay_lag is NULL on an idle replica too, so a replica that has replayed everything counts as zero.
    [[nodiscard]] Reading read(Session& session) override {
        const ResultSet worst = session.run(
            "SELECT coalesce(nullif(application_name, ''), '?') || coalesce(' ' || client_addr::text, ''),"
            " CASE WHEN replay_lsn IS NULL AND state IS NULL THEN NULL"
            "      WHEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn) <= 0 THEN 0"
            "      ELSE coalesce((extract(epoch FROM replay_lag) * 1000)::bigint, 0) END AS lag"
            " FROM pg_catalog.pg_stat_replication WHERE state IS DISTINCT FROM 'backup'"
            " ORDER BY lag DESC NULLS FIRST LIMIT 1");
        Reading reading{
            .value = 0, .limit = static_cast<double>(limit_.count()), .unit = "ms", .about = "no replica"};
        if (worst.rows.empty()) {
            return reading;
        }
        const std::vector<Cell>& row = worst.rows.front();
        if (!row[1]) {
            refuse_blind_reading("max-lag");
        }
        reading.about = "replica " + row[0].value_or("?");
        reading.value = std::stod(*row[1]);
        return reading;
    }

  private:
    Millis limit_;
};

class ActiveSessions final : public Sensor {
  public:
    explicit ActiveSessions(int limit) : limit_(limit) {}
    [[nodiscard]] std::string name() const override { return "max-load"; }

    [[nodiscard]] Reading read(Session& session) override {
        const ResultSet counts = session.run(
            "SELECT count(*) FILTER (WHERE state = 'active'), count(*) FILTER (WHERE state IS NULL)"
            " FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_catalog.pg_backend_pid() AND application_name NOT LIKE 'turntable %'");
        const std::vector<Cell>& row = counts.rows.at(0);
        if (row[1] != "0") {
            refuse_blind_reading("max-load");
        }
        return {.value = std::stod(row[0].value_or("0")),
                .limit = static_cast<double>(limit_),
                .unit = "sessions",
                .about = "active sessions"};
    }

  private:
    int limit_;
};

} // namespace

std::vector<std::unique_ptr<Sensor>> make_sensors(const Settings& settings) {
    std::vector<std::unique_ptr<Sensor>> sensors;
    if (settings.max_lag) {
        sensors.push_back(std::make_unique<ReplicaLag>(*settings.max_lag));
    }
    if (settings.max_load) {
        sensors.push_back(std::make_unique<ActiveSessions>(*settings.max_load));
    }
    return sensors;
}

} // namespace turntable::postgresql
