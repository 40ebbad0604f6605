#include "names.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

constexpr std::size_t suffix_characters = 12; // "_tt2_scratch" without its first underscore, and one more
constexpr std::size_t added_characters = 8;   // of the names made of a helper's: "_del", "_chk_999"
constexpr std::size_t head_characters_max = name_characters_max - 1 - suffix_characters - added_characters;
constexpr std::size_t hash_characters = 8;

std::string first_characters(const std::string& text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size() && count > 0; --count) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
            ++at;
        }
    }
    return text.substr(0, at);
}

// FNV-1a; tells long names with the same head apart.
std::string short_hash(const std::string& text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return fmt::format("{:08x}", hash);
}

// What the helper names of this table begin with.
std::string head_of(const std::string& table) {
    if (characters(table) <= head_characters_max) {
        return table + "_"; // the table's name is a prefix, so everything longer sorts after it
    }
    // A long name is cut. U+FFFD sorts after every character that an identifier can have at the cut but
    // U+FFFE and U+FFFF, which are no characters.
    return first_characters(table, head_characters_max - hash_characters - 1) + "\xEF\xBF\xBD" +
           short_hash(table);
}

} // namespace

std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

HelperNames helper_names(const std::string& table, int number) {
    const std::string head = head_of(table) + (number == 1 ? "_tt" : "_tt" + std::to_string(number));
    HelperNames names{head + "_new", head + "_log", head + "_rev", head + "_old", head + "_scratch"};
    for (const std::string* const name : {&names.shadow, &names.log, &names.reverse_log, &names.old}) {
        check(*name > table, "a helper name must sort after the table's");
        check(characters(*name) + added_characters <= name_characters_max, "a helper name is too long");
    }
    return names;
}

std::string trigger_name(const std::string& log_table, const std::string& event) {
    return log_table + "_" + event;
}

} // namespace turntable::mysql
