#include <nlohmann/json.hpp>

#include "run/monitor.hpp"

namespace turntable::run {

std::string to_json(const Progress& progress) {
    const nlohmann::json object{
        {"job", progress.job},
        {"table", progress.table},
        {"phase", progress.phase},
        {"rows_done", progress.rows_done},
        {"rows_total", progress.rows_total},
        {"rows_per_second", progress.rows_per_second},
        {"backlog", progress.backlog},
        {"eta_seconds", progress.eta ? nlohmann::json(progress.eta->count()) : nlohmann::json(nullptr)},
        {"reason", progress.reason}};
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Progress progress_from_json(const std::string& text) {
    Progress progress;
    const auto object = nlohmann::json::parse(text, nullptr, false);
    if (object.is_discarded() || !object.contains("phase")) {
        return progress;
    }
    progress.job = object.value("job", "");
    progress.table = object.value("table", "");
    progress.phase = object.value("phase", "");
    progress.rows_done = object.value("rows_done", Rows{0});
    progress.rows_total = object.value("rows_total", Rows{0});
    progress.rows_per_second = object.value("rows_per_second", 0.0);
    progress.backlog = object.value("backlog", std::int64_t{0});
    if (object.contains("eta_seconds") && object["eta_seconds"].is_number()) {
        progress.eta = Seconds{object["eta_seconds"].get<std::int64_t>()};
    }
    progress.reason = object.value("reason", "");
    return progress;
}

} // namespace turntable::run
