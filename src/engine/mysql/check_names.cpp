#include "check_names.hpp"

#include <algorithm>

#include "catalog.hpp"
#include "create_text.hpp"
#include "quote.hpp"
#include "tokens.hpp"

namespace turntable::mysql {
namespace {

bool is_word(const Token& token, std::string_view word) {
    return token.kind == Token::Kind::word && same_name(token.text, word);
}

// The position of the constraint's name in DROP|ALTER CHECK|CONSTRAINT [IF EXISTS] name, if that begins here.
std::size_t named_check(const std::vector<Token>& tokens, std::size_t at) {
    const auto token = [&](std::size_t i) { return tokens[std::min(i, tokens.size() - 1)]; };
    if (!is_word(token(at), "DROP") && !is_word(token(at), "ALTER")) {
        return 0;
    }
    if (!is_word(token(at + 1), "CHECK") && !is_word(token(at + 1), "CONSTRAINT")) {
        return 0;
    }
    const bool conditional = is_word(token(at + 2), "IF") && is_word(token(at + 3), "EXISTS");
    return at + (conditional ? 4 : 2);
}

} // namespace

std::map<std::string, std::string> check_names(const std::string& source_create,
                                               const std::string& copy_create) {
    std::map<std::string, std::string> names;
    std::vector<NamedLine> copies = check_lines(copy_create);
    for (const NamedLine& line : check_lines(source_create)) {
        const auto copy =
            std::ranges::find_if(copies, [&](const NamedLine& c) { return c.definition == line.definition; });
        if (copy != copies.end()) {
            if (copy->name != line.name) {
                names[line.name] = copy->name;
            }
            copies.erase(copy);
        }
    }
    return names;
}

std::string with_check_names(const std::string& list, const std::map<std::string, std::string>& names) {
    if (names.empty()) {
        return list;
    }
    const std::vector<Token> tokens = tokens_of(list);
    std::string out;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::size_t at = named_check(tokens, i);
        if (at == 0 || at >= tokens.size()) {
            continue;
        }
        const auto name = std::ranges::find_if(
            names, [&](const auto& pair) { return same_name(pair.first, tokens[at].text); });
        if (name != names.end()) {
            out += list.substr(copied, tokens[at].begin - copied) + quote_name(name->second);
            copied = tokens[at].end;
        }
    }
    return out + list.substr(copied);
}

std::map<std::string, std::string> for_copy(std::map<std::string, std::string> names, const std::string& from,
                                            const std::string& to) {
    for (auto& [source, copy] : names) {
        if (copy.starts_with(from + "_chk_")) {
            copy = to + copy.substr(from.size());
        }
    }
    return names;
}

std::size_t longest_made_up_tail(const std::string& create, const std::string& table) {
    std::size_t longest = 0;
    for (const NamedLine& line : check_lines(create)) {
        if (line.name.starts_with(table + "_chk_")) {
            longest = std::max(longest, line.name.size() - table.size());
        }
    }
    return longest;
}

} // namespace turntable::mysql
