#pragma once
// A CREATE INDEX as SQLite stores it: what is indexed, and the same index under another name or on another
// table.

#include <optional>
#include <string>
#include <vector>

#include "tokenizer.hpp"

namespace turntable::sqlite {

struct IndexedTerm {
    std::string expression; // as written, without COLLATE and ASC or DESC
    std::optional<std::string> collation;
};

struct CreateIndex {
    std::string name, table;
    std::vector<IndexedTerm> terms;
    std::string where; // "" if not partial

    // Throws Error{refused,"unreadable_definition"}.
    [[nodiscard]] static CreateIndex parse(const std::string& text);
};

[[nodiscard]] std::string with_index_name(const std::string& text, const std::string& name,
                                          const std::string& table);

} // namespace turntable::sqlite
