#include "plan/shown_value.hpp"

#include <fmt/core.h>

namespace turntable::plan {
namespace {

constexpr std::size_t characters_max = 60;

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::string escaped(char byte) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code != 0x7F) {
        return {byte};
    }
    return byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : fmt::format("\\x{:02X}", code);
}

} // namespace

std::string shown_value(std::string_view value) {
    std::string out;
    std::size_t characters = 0;
    std::size_t shown = 0; // characters
    for (const char byte : value) {
        characters += begins_character(byte) ? 1 : 0;
        if (characters <= characters_max) {
            out += escaped(byte);
            shown = characters;
        }
    }
    return characters == shown ? out : fmt::format("{}… ({} characters)", out, characters);
}

} // namespace turntable::plan
