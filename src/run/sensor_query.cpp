#include <cstdlib>

#include "run/sensors.hpp"

namespace turntable::run {
namespace {

class QuerySensor final : public Sensor {
  public:
    explicit QuerySensor(std::string sql) : sql_(std::move(sql)) {}
    [[nodiscard]] std::string name() const override { return "throttle-query"; }
    [[nodiscard]] Reading read(Session& session) override {
        const ResultSet result = session.run(sql_);
        if (result.rows.empty() || result.rows.front().empty()) {
            return {0, 0, "", "throttle query"};
        }
        const std::string text = result.rows.front().front().value_or("0");
        const double value = text == "t" || text == "true" ? 1 : std::strtod(text.c_str(), nullptr);
        return {value, 0, "", "throttle query"};
    }

  private:
    std::string sql_;
};

} // namespace

void check_throttle_query(Engine& engine, const std::string& sql) {
    if (sql.empty()) {
        return;
    }
    const auto session = engine.open(SessionUse::read);
    try {
        (void)session->run(sql);
    } catch (const DatabaseError& error) {
        if (error.kind() == DatabaseErrorKind::permanent ||
            error.kind() == DatabaseErrorKind::no_such_object) {
            throw Error{ErrorKind::usage, "bad_throttle_query",
                        "throttle-query '" + sql + "': " + error.what()};
        }
        // Anything else may pass; until then the sensor holds the work and says why.
    }
}

std::unique_ptr<Sensor> make_query_sensor(const std::string& sql) {
    return std::make_unique<QuerySensor>(sql);
}

} // namespace turntable::run
