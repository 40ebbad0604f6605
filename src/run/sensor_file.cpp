#include <filesystem>

#include "run/sensors.hpp"

namespace turntable::run {
namespace {

class FileSensor final : public Sensor {
  public:
    explicit FileSensor(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] std::string name() const override { return "throttle-file"; }
    [[nodiscard]] Reading read(Session&) override {
        return {std::filesystem::exists(path_) ? 1.0 : 0.0, 0, "", "throttle file " + path_};
    }

  private:
    std::string path_;
};

} // namespace

std::unique_ptr<Sensor> make_file_sensor(const std::string& path) {
    return std::make_unique<FileSensor>(path);
}

std::vector<std::unique_ptr<Sensor>> all_sensors(const Engine& engine, const Settings& settings) {
    auto sensors = engine.sensors(settings);
    if (!settings.throttle_query.empty()) {
        sensors.push_back(make_query_sensor(settings.throttle_query));
    }
    if (!settings.throttle_file.empty()) {
        sensors.push_back(make_file_sensor(settings.throttle_file));
    }
    return sensors;
}

} // namespace turntable::run
