#include "conversion_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "turntable/decimal.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql::conversion {
namespace {

struct KnownType {
    std::string_view name;
    TypeKind kind;
    int bytes = 0; // of an integer
};
constexpr std::array known_types{
    KnownType{"float", TypeKind::float4},        KnownType{"double", TypeKind::float8},
    KnownType{"decimal", TypeKind::decimal},     KnownType{"tinyint", TypeKind::integer, 1},
    KnownType{"smallint", TypeKind::integer, 2}, KnownType{"mediumint", TypeKind::integer, 3},
    KnownType{"int", TypeKind::integer, 4},      KnownType{"integer", TypeKind::integer, 4},
    KnownType{"bigint", TypeKind::integer, 8},   KnownType{"char", TypeKind::text},
    KnownType{"varchar", TypeKind::text},        KnownType{"tinytext", TypeKind::text},
    KnownType{"text", TypeKind::text},           KnownType{"mediumtext", TypeKind::text},
    KnownType{"longtext", TypeKind::text},
};

const KnownType* find_type(std::string_view base) {
    const auto* const found = std::find_if(known_types.begin(), known_types.end(),
                                           [&](const KnownType& known) { return known.name == base; });
    return found == known_types.end() ? nullptr : found;
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

} // namespace

ColumnType column_type(std::string_view text) {
    const std::string lowered = lower(text);
    const std::string_view all = lowered;
    ColumnType type;
    type.base = all.substr(0, all.find_first_of("( "));
    type.is_unsigned = all.find(" unsigned") != std::string_view::npos;
    const KnownType* const known = find_type(type.base);
    type.kind = known == nullptr ? TypeKind::other : known->kind;
    type.length = type.base == "decimal" ? 10 : 0;
    if (const auto open = all.find('('); open != std::string_view::npos) {
        const char* const end = all.data() + all.size();
        const auto first = std::from_chars(all.data() + open + 1, end, type.length);
        if (first.ec == std::errc{} && first.ptr != end && *first.ptr == ',') {
            (void)std::from_chars(first.ptr + 1, end, type.places);
        }
    }
    return type;
}

IntegerRange integer_range(const Conversion& asked, std::string_view text) {
    const ColumnType type = column_type(text);
    const KnownType* const known = find_type(type.base);
    if (known == nullptr || known->kind != TypeKind::integer) {
        throw Error{
            ErrorKind::usage, "bad_conversion",
            fmt::format("the conversion of column {} ({}) yields an integer: type {} is not one of tinyint, "
                        "smallint, mediumint, int, bigint",
                        asked.column, asked.rule, text)};
    }
    const int bits = std::min(known->bytes * 8 - (type.is_unsigned ? 0 : 1), 63);
    const std::int64_t max = static_cast<std::int64_t>((std::uint64_t{1} << static_cast<unsigned>(bits)) - 1);
    return {std::string{text}, type.is_unsigned ? "0" : std::to_string(-max - 1), std::to_string(max)};
}

IntegerRange decimal_range(int precision, int places) {
    const std::string nines(static_cast<std::size_t>(precision), '9');
    return {fmt::format("decimal({},{})", precision, places), "-" + nines, nines};
}

std::string quoted(std::string_view identifier) {
    std::string out{"`"};
    for (const char c : identifier) {
        out += c;
        if (c == '`') {
            out += c;
        }
    }
    return out + '`';
}

std::string literal(std::string_view text) {
    std::string out{"'"};
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            out += c;
        }
        out += c;
    }
    return out + "'";
}

std::string refusal(std::string_view column, std::string_view value_sql, std::string_view reason) {
    return fmt::format("NULLIF(CAST(CONCAT({}, {}, {}) AS SIGNED), 0)", literal(std::string{column} + " = "),
                       value_sql, literal(": " + std::string{reason}));
}

} // namespace turntable::mysql::conversion
