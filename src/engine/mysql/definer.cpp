#include "definer.hpp"

#include <algorithm>

namespace turntable::mysql {
namespace {

// The end of one part of the account: `name`, with a backquote in it doubled.
std::size_t end_of_name(const std::string& text, std::size_t from) {
    if (from >= text.size() || text[from] != '`') {
        return std::min(text.find_first_of("@ ", from), text.size());
    }
    std::size_t at = from + 1;
    while (at < text.size() && (text[at] != '`' || text.compare(at, 2, "``") == 0)) {
        at += text[at] == '`' ? 2 : 1;
    }
    return std::min(at + 1, text.size());
}

} // namespace

std::string without_definer(std::string create) {
    const std::string word = "DEFINER=";
    const auto at = create.find(word);
    // Only among the words before the object's own name, which the server quotes.
    if (at == std::string::npos || at > create.find('`')) {
        return create;
    }
    std::size_t end = end_of_name(create, at + word.size());
    if (end < create.size() && create[end] == '@') {
        end = end_of_name(create, end + 1);
    }
    create.erase(at, std::min(end + 1, create.size()) - at);
    return create;
}

} // namespace turntable::mysql
