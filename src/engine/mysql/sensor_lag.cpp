// Only our own clock is asked: a beat is a number, and its age is counted from the moment its commit
// returned. So neither the servers' clocks nor their own idea of their lag matter: a replica whose receiving
// thread stands still says that it is zero seconds behind.
#include "sensor_lag.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <thread>

#include "errors.hpp"
#include "options.hpp"
#include "replicas.hpp"
#include "session.hpp"

namespace turntable::mysql {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr Millis wait_max{900}; // sensors are read about once a second
constexpr Millis poll_interval{10};

double milliseconds_since(SteadyClock::time_point moment) {
    return std::chrono::duration<double, std::milli>(SteadyClock::now() - moment).count();
}

// The beats of one sensor, in a row of its own.
class Beats {
  public:
    void prepare(Session& primary) {
        if (!id_.empty()) {
            return;
        }
        primary.run("CREATE TABLE IF NOT EXISTS _turntable_lag (id VARCHAR(64) NOT NULL PRIMARY KEY, beat "
                    "BIGINT NOT NULL, made DATETIME NOT NULL) ENGINE = InnoDB");
        primary.run("DELETE FROM _turntable_lag WHERE made < UTC_TIMESTAMP() - INTERVAL 1 DAY");
        id_ = primary.run("SELECT UUID()").only().value_or("");
    }
    void beat(Session& primary) {
        ++last_;
        primary.run("INSERT INTO _turntable_lag (id, beat, made) VALUES (?, ?, UTC_TIMESTAMP()) ON DUPLICATE "
                    "KEY UPDATE beat = ?, made = UTC_TIMESTAMP()",
                    {id_, last_, last_});
        moments_.push_back(SteadyClock::now());
    }
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::int64_t last() const { return last_; }
    // The age of the first beat that a replica which has shown `shown` lacks.
    [[nodiscard]] double age_after(std::int64_t shown) const {
        const auto first = last_ - static_cast<std::int64_t>(moments_.size()) + 1;
        return milliseconds_since(moments_.at(static_cast<std::size_t>(std::max(shown + 1, first) - first)));
    }
    void forget_until(std::int64_t shown_by_all) {
        while (moments_.size() > 1 &&
               last_ - static_cast<std::int64_t>(moments_.size()) + 1 <= shown_by_all) {
            moments_.pop_front();
        }
    }

  private:
    std::string id_;
    std::int64_t last_ = 0;
    std::deque<SteadyClock::time_point> moments_; // of the newest beats, the newest last
};

struct Follower {
    std::unique_ptr<MysqlSession> session;
    std::int64_t shown = 0; // 0: none of our beats yet
};

class ReplicaLag final : public Sensor {
  public:
    ReplicaLag(Url primary, const std::string& replicas, Millis limit)
        : primary_(std::move(primary)), named_(parse_replicas(replicas)), limit_(limit) {}

    [[nodiscard]] std::string name() const override { return "max-lag"; }

    [[nodiscard]] Reading read(Session& session) override {
        const std::vector<ReplicaAddress> replicas = named_.empty() ? listed_replicas(session) : named_;
        Reading reading{
            .value = 0, .limit = static_cast<double>(limit_.count()), .unit = "ms", .about = "no replica"};
        if (replicas.empty()) {
            return reading;
        }
        beats_.prepare(session);
        beats_.beat(session);
        std::int64_t shown_by_all = beats_.last();
        for (const ReplicaAddress& replica : replicas) {
            const double lag = lag_of(replica);
            shown_by_all = std::min(shown_by_all, followers_[replica.display()].shown);
            if (lag >= reading.value) {
                reading.value = lag;
                reading.about = "replica " + replica.display();
            }
        }
        beats_.forget_until(shown_by_all);
        return reading;
    }

  private:
    // Waits for the last beat no longer than matters.
    double lag_of(const ReplicaAddress& replica) {
        Follower& follower = followers_[replica.display()];
        const double patience = static_cast<double>(std::min(limit_, wait_max).count());
        while (true) {
            look(replica, follower);
            if (follower.shown == beats_.last()) {
                return beats_.age_after(beats_.last() - 1);
            }
            if (beats_.age_after(beats_.last() - 1) > patience) {
                break;
            }
            std::this_thread::sleep_for(poll_interval);
        }
        if (follower.shown == 0) {
            throw Error{ErrorKind::connection, "no_heartbeat",
                        "replica " + replica.display() +
                            " has not shown the heartbeat yet: it lags, or does not replicate this database"};
        }
        return beats_.age_after(follower.shown);
    }

    void look(const ReplicaAddress& replica, Follower& follower) {
        try {
            if (!follower.session || !follower.session->usable()) {
                follower.session = std::make_unique<MysqlSession>(replica_url(primary_, replica), "");
            }
            const ResultSet row =
                follower.session->run("SELECT beat FROM _turntable_lag WHERE id = ?", {beats_.id()});
            if (!row.rows.empty()) {
                follower.shown = std::stoll(row.rows[0][0].value_or("0"));
            }
        } catch (const NativeError& error) {
            throw connect_failure(error, "replica " + replica.display(), connection_options(primary_).tls);
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::no_such_object) { // the table itself lags
                follower.session.reset();
                throw;
            }
        }
    }

    Url primary_;
    std::vector<ReplicaAddress> named_;
    Millis limit_;
    Beats beats_;
    std::map<std::string, Follower> followers_;
};

} // namespace

std::unique_ptr<Sensor> make_lag_sensor(const Url& primary, const std::string& replicas, Millis limit) {
    return std::make_unique<ReplicaLag>(primary, replicas, limit);
}

} // namespace turntable::mysql
