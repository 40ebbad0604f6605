#include "migrate/sql/flavor.hpp"

#include <algorithm>

#include "turntable/error.hpp"

namespace turntable::migrate {

std::string_view to_string(SqlFlavor flavor) {
    switch (flavor) {
    case SqlFlavor::postgresql:
        return "postgresql";
    case SqlFlavor::mysql:
        return "mysql";
    case SqlFlavor::mariadb:
        return "mariadb";
    case SqlFlavor::sqlite:
        return "sqlite";
    }
    check(false, "unknown SqlFlavor");
    return "";
}

std::optional<SqlFlavor> flavor_named(std::string_view name) {
    if (name == "postgres") {
        return SqlFlavor::postgresql;
    }
    const auto* const found = std::find_if(sql_flavors.begin(), sql_flavors.end(),
                                           [name](SqlFlavor flavor) { return to_string(flavor) == name; });
    return found == sql_flavors.end() ? std::nullopt : std::optional{*found};
}

} // namespace turntable::migrate
