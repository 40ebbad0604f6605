#pragma once
// JSON as this program prints it: keys in the order written, one line per value, never failing on odd bytes.
// A heavy header; for the few files that render JSON.

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace turntable::cli {

using Json = nlohmann::ordered_json;

[[nodiscard]] inline std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <typename T>
[[nodiscard]] Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

} // namespace turntable::cli
