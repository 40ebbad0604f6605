#include "cli/render_schema.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "cli/json_text.hpp"

namespace turntable::cli {

std::string dump_json(const std::vector<SchemaPart>& parts, const std::string& engine) {
    Json statements = Json::array();
    for (const SchemaPart& part : parts) {
        statements.push_back({{"kind", part.kind},
                              {"name", part.name},
                              {"table", part.table.name.empty() ? Json(nullptr) : Json(part.table.display())},
                              {"sql", part.sql}});
    }
    return dumped({{"engine", engine}, {"statements", std::move(statements)}});
}

std::string drift_text(const std::vector<migrate::SchemaDifference>& found) {
    std::string out;
    for (const migrate::SchemaDifference& difference : found) {
        out += fmt::format("{:<11}{} {}\n", migrate::to_string(difference.change), difference.kind,
                           difference.name);
        for (const std::string& line : difference.lacks) {
            out += "  - " + line + "\n";
        }
        for (const std::string& line : difference.has) {
            out += "  + " + line + "\n";
        }
    }
    return out.empty() ? "no drift: the schema is what the applied migrations made\n" : out;
}

std::string drift_json(const std::vector<migrate::SchemaDifference>& found, const std::string& against) {
    Json list = Json::array();
    for (const migrate::SchemaDifference& difference : found) {
        list.push_back({{"change", migrate::to_string(difference.change)},
                        {"kind", difference.kind},
                        {"name", difference.name},
                        {"lacks", difference.lacks},
                        {"has", difference.has}});
    }
    return dumped({{"against", against}, {"drift", std::move(list)}});
}

std::string import_text(const migrate::Imported& imported, const migrate::ImportOptions& options) {
    std::string out;
    for (const migrate::ImportedLine& line : imported.lines) {
        out += fmt::format("{:<8} {}  ({} {})\n", line.applied ? "applied" : "pending", line.file,
                           options.tool, line.key);
    }
    for (const std::string& skipped : imported.skipped) {
        out += "left out " + skipped + "\n";
    }
    const auto applied = std::ranges::count_if(imported.lines, [](const auto& line) { return line.applied; });
    out += fmt::format("{} applied, {} pending\n", applied,
                       static_cast<std::ptrdiff_t>(imported.lines.size()) - applied);
    return options.effect == migrate::ImportOptions::Effect::nothing ? out + "nothing has been written\n"
                                                                     : out;
}

std::string import_json(const migrate::Imported& imported, const migrate::ImportOptions& options) {
    Json lines = Json::array();
    for (const migrate::ImportedLine& line : imported.lines) {
        lines.push_back({{"version", line.version},
                         {"slug", line.slug},
                         {"file", line.file},
                         {"key", line.key},
                         {"state", line.applied ? "applied" : "pending"}});
    }
    return dumped({{"tool", options.tool},
                   {"written", options.effect == migrate::ImportOptions::Effect::everything},
                   {"migrations", std::move(lines)},
                   {"left_out", imported.skipped}});
}

std::string composed_text(const std::string& path, const migrate::Composed& composed) {
    std::string out = path.empty() ? "nothing to write\n" : path + "\n";
    for (const std::string& note : composed.notes) {
        out += "look at it: " + note + "\n";
    }
    for (const std::string& left : composed.leftover) {
        out += "not brought about: " + left + "\n";
    }
    return out;
}

std::string composed_json(const std::string& path, const migrate::Composed& composed) {
    return dumped({{"file", path.empty() ? Json(nullptr) : Json(path)},
                   {"notes", composed.notes},
                   {"leftover", composed.leftover}});
}

} // namespace turntable::cli
