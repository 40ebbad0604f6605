// Arrays that the server sends as JSON: no other form survives every name.
#include <nlohmann/json.hpp>

#include "plan/read_table.hpp"

namespace turntable::postgresql {

std::vector<std::string> strings_of_json(const std::string& text) {
    return text.empty() ? std::vector<std::string>{}
                        : nlohmann::json::parse(text).get<std::vector<std::string>>();
}

} // namespace turntable::postgresql
