#pragma once
// SQL over keys: how a key is read as text, written as a literal, ordered and cut into ranges. A key in the
// engine's encoding is a JSON array of these texts.

#include <string>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

using KeyTexts = std::vector<std::string>;

[[nodiscard]] KeyPart key_part(const Column& column);
// The type as a column or a variable is declared with it.
[[nodiscard]] std::string declared(const KeyPart& part);
// "" becomes an empty vector.
[[nodiscard]] KeyTexts decode_key(const std::string& encoded);
[[nodiscard]] std::string encode_key(const KeyTexts& texts);
// For people: "id=17, name='x'".
[[nodiscard]] std::string display_key(const std::vector<KeyPart>& key, const KeyTexts& texts);

// "HEX(src.`a`), CAST(src.`b` AS CHAR)": reads a key as texts. alias "" for bare names.
[[nodiscard]] std::string key_texts_sql(const std::vector<KeyPart>& key, std::string_view alias);
[[nodiscard]] std::string key_names(const std::vector<KeyPart>& key, std::string_view alias = {});
[[nodiscard]] std::string key_literal(const KeyPart& part, const std::string& text);
// alias.`column`, or the form in which an ENUM, SET or BIT is compared by its number.
[[nodiscard]] std::string key_operand(const KeyPart& part, std::string_view alias);

// key > texts, key <= texts, key = texts; "TRUE" for empty texts.
[[nodiscard]] std::string key_after(const std::vector<KeyPart>& key, const KeyTexts& texts,
                                    std::string_view alias);
[[nodiscard]] std::string key_up_to(const std::vector<KeyPart>& key, const KeyTexts& texts,
                                    std::string_view alias);
[[nodiscard]] std::string key_equals(const std::vector<KeyPart>& key, const KeyTexts& texts,
                                     std::string_view alias);
// lower < key <= upper, both encoded, "" is open.
[[nodiscard]] std::string key_range(const std::vector<KeyPart>& key, const std::string& lower,
                                    const std::string& upper, std::string_view alias);
// key IN (…), "FALSE" for none.
[[nodiscard]] std::string key_in(const std::vector<KeyPart>& key, const std::vector<KeyTexts>& keys,
                                 std::string_view alias);

} // namespace turntable::mysql
