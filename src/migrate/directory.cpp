#include "migrate/directory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/core.h>

#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

namespace fs = std::filesystem;

void refuse_doubles(const std::vector<MigrationFile>& files) {
    std::map<std::string, std::string> seen;
    for (const MigrationFile& file : files) {
        for (const auto& [what, word] : {std::pair{"version", file.version}, std::pair{"slug", file.slug}}) {
            const auto [known, fresh] = seen.emplace(std::string{what} + " " + word, file.path);
            if (!fresh) {
                throw Error{
                    ErrorKind::usage, "duplicate_migration",
                    fmt::format("{} and {} have the same {}: {}", known->second, file.path, what, word)}
                    .next("rename the one that is nowhere applied yet");
            }
        }
    }
}

} // namespace

std::string canonical_text(std::string_view bytes) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (bytes.starts_with(byte_order_mark)) {
        bytes.remove_prefix(byte_order_mark.size());
    }
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != '\r') {
            text += bytes[i];
        } else if (i + 1 == bytes.size() || bytes[i + 1] != '\n') {
            text += '\n';
        }
    }
    return text;
}

MigrationFile parse_migration(std::string_view bytes, const FileName& name, const std::string& path) {
    MigrationFile file;
    file.version = name.version;
    file.slug = name.slug;
    file.kind = name.kind;
    file.path = path;
    file.text = canonical_text(bytes);
    switch (name.kind) {
    case FileKind::toml:
        parse_toml_migration(file);
        break;
    case FileKind::sql:
        parse_sql_migration(file);
        break;
    }
    return file;
}

std::string read_bytes(const std::string& path) {
    std::ostringstream text;
    std::ifstream file{path, std::ios::binary};
    if (file && file.peek() != std::ifstream::traits_type::eof()) {
        text << file.rdbuf(); // a directory opens, and fails here
    }
    if (!text || file.bad() || !file.is_open()) {
        throw Error{ErrorKind::usage, "unreadable_file", fmt::format("the file {} cannot be read", path)};
    }
    return text.str();
}

std::vector<MigrationFile> read_directory(const std::string& folder) {
    if (!fs::is_directory(folder)) {
        throw Error{ErrorKind::usage, "no_migrations",
                    fmt::format("there is no folder {} with migrations", folder)}
            .next("`turntable new \"what it does\"` makes the first one; --dir names another folder");
    }
    std::vector<MigrationFile> files;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        if (!entry.is_regular_file()) {
            continue;
        }
        if (const auto name = parse_file_name(entry.path().filename().string())) {
            files.push_back(parse_migration(read_bytes(entry.path().string()), *name, entry.path().string()));
        }
    }
    std::ranges::sort(files, {}, &MigrationFile::version);
    refuse_doubles(files);
    return files;
}

} // namespace turntable::migrate
