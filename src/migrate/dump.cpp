#include "migrate/dump.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace turntable::migrate {
namespace {

bool is_mysql_like(std::string_view engine) {
    return engine == "mysql" || engine == "mariadb";
}

bool has_body(const SchemaPart& part) {
    return (part.kind == "routine" || part.kind == "trigger" || part.kind == "event") &&
           part.sql.find(';') != std::string::npos;
}

// A word of the client that the body does not have.
std::string delimiter_for(const std::string& sql) {
    std::string word = "$$";
    while (sql.find(word) != std::string::npos) {
        word += '$';
    }
    return word;
}

} // namespace

std::string statement_text(const SchemaPart& part, std::string_view engine) {
    if (is_mysql_like(engine) && has_body(part)) {
        const std::string word = delimiter_for(part.sql);
        return fmt::format("DELIMITER {0}\n{1}\n{0}\nDELIMITER ;\n", word, part.sql);
    }
    return part.sql + ";\n";
}

std::string dump_text(const std::vector<SchemaPart>& parts, std::string_view engine) {
    // The server would look for tables of a body that come later.
    const bool bodies = engine == "postgresql" &&
                        std::ranges::any_of(parts, [](const SchemaPart& p) { return p.kind == "routine"; });
    std::string out = bodies ? "SET check_function_bodies = false;\n" : "";
    for (const SchemaPart& part : parts) {
        out += (out.empty() ? "" : "\n") + statement_text(part, engine);
    }
    return out + (bodies ? "\nRESET check_function_bodies;\n" : "");
}

} // namespace turntable::migrate
