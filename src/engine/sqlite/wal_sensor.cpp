#include "wal_sensor.hpp"

#include "turntable/units.hpp"

namespace turntable::sqlite {
namespace {

constexpr double waiting_bytes_max = 256.0 * 1024 * 1024;

class WalSensor final : public Sensor {
  public:
    [[nodiscard]] std::string name() const override { return "wal-size"; }

    // A passive checkpoint waits for nobody and tells both positions; outside WAL mode both are -1.
    [[nodiscard]] Reading read(Session& session) override {
        const auto row = session.run("PRAGMA wal_checkpoint(PASSIVE)").rows.at(0);
        const double page = static_cast<double>(session.run("PRAGMA page_size").only_integer());
        const double waiting = std::stod(row[1].value_or("0")) - std::stod(row[2].value_or("0"));
        return {waiting * page, waiting_bytes_max, "bytes", "write-ahead log not checkpointed"};
    }
};

} // namespace

std::unique_ptr<Sensor> make_wal_sensor() {
    return std::make_unique<WalSensor>();
}

} // namespace turntable::sqlite
