#pragma once
// The lexical level of an ALTER TABLE clause list, under the pinned sql_mode: backquoted names, 'strings' and
// "strings", numbers, words, symbols. Executable comments are refused: their text runs on some versions only.

#include <string>
#include <string_view>
#include <vector>

namespace turntable::mysql {

struct Token {
    enum class Kind { word, name, string, number, symbol, end };
    Kind kind = Kind::end;
    std::string text;      // name and string: unquoted; word: as written
    std::size_t begin = 0; // in the source text
    std::size_t end = 0;
};

// The last token is of kind end. Throws Error{usage, "bad_clause"}.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);

} // namespace turntable::mysql
