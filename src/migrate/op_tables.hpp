#pragma once
// Readers of the parts of a migration's TOML that are more than a text. Every function throws Error{usage}
// with file and line.

#include <set>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <toml++/toml.h>

#include "change/op_reader.hpp"
#include "migrate/operations.hpp"

namespace turntable::migrate {

// "…" or { postgresql = "…", mysql = "…", mariadb = "…", sqlite = "…", default = "…" }
[[nodiscard]] EngineText read_engine_text(const toml::node& node, const std::string& file);
// The same of a key; not given: empty.
[[nodiscard]] EngineText optional_engine_text(change::OpReader& op, std::string_view key);
[[nodiscard]] EngineText engine_text(change::OpReader& op, std::string_view key);

// The tables of a list of tables; empty if the key is not there.
[[nodiscard]] std::vector<const toml::table*> table_list(change::OpReader& op, std::string_view key);

// A text, a number, true or false.
[[nodiscard]] Literal read_literal(const toml::node& node, const std::string& file);

// Calls read for every [[key]] of the file.
template <typename Read>
void each_table(const toml::table& root, std::string_view key, const std::string& file, const Read& read) {
    const toml::node* const node = root.get(key);
    if (node == nullptr) {
        return;
    }
    const auto* const list = node->as_array();
    if (list == nullptr) {
        throw change::bad_file(file, node->source(), fmt::format("write [[{}]]", std::string{key}));
    }
    for (const toml::node& element : *list) { // a copy would not know its lines
        if (!element.is_table()) {
            throw change::bad_file(file, element.source(), fmt::format("write [[{}]]", std::string{key}));
        }
        read(*element.as_table());
    }
}

[[nodiscard]] NewTable read_new_table(change::OpReader& op);
[[nodiscard]] UpsertRows read_upsert(change::OpReader& op);
[[nodiscard]] DeleteRows read_delete(change::OpReader& op);

} // namespace turntable::migrate
