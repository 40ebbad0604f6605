#include "sensors.hpp"

#include "sensor_lag.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

class ThreadsRunning final : public Sensor {
  public:
    explicit ThreadsRunning(int limit) : limit_(limit) {}
    [[nodiscard]] std::string name() const override { return "max-load"; }
    [[nodiscard]] Reading read(Session& session) override {
        const ResultSet found = session.run("SHOW GLOBAL STATUS LIKE 'Threads_running'");
        check(found.rows.size() == 1, "SHOW GLOBAL STATUS gives Threads_running");
        return {std::stod(found.rows[0].at(1).value_or("0")), static_cast<double>(limit_), "sessions",
                "running threads"};
    }

  private:
    int limit_;
};

} // namespace

std::vector<std::unique_ptr<Sensor>> make_sensors(const Url& url, const Settings& settings) {
    std::vector<std::unique_ptr<Sensor>> sensors;
    if (settings.max_load) {
        sensors.push_back(std::make_unique<ThreadsRunning>(*settings.max_load));
    }
    if (settings.max_lag) {
        sensors.push_back(make_lag_sensor(url, settings.replicas, *settings.max_lag));
    }
    return sensors;
}

} // namespace turntable::mysql
