#include "conversion_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "turntable/error.hpp"

namespace turntable::postgresql::conversion {
namespace {

struct KnownType {
    std::string_view name;
    TypeKind kind;
};
constexpr std::array known_types{
    KnownType{"real", TypeKind::float4},
    KnownType{"float4", TypeKind::float4},
    KnownType{"double precision", TypeKind::float8},
    KnownType{"float8", TypeKind::float8},
    KnownType{"numeric", TypeKind::numeric},
    KnownType{"decimal", TypeKind::numeric},
    KnownType{"smallint", TypeKind::integer},
    KnownType{"int2", TypeKind::integer},
    KnownType{"integer", TypeKind::integer},
    KnownType{"int", TypeKind::integer},
    KnownType{"int4", TypeKind::integer},
    KnownType{"bigint", TypeKind::integer},
    KnownType{"int8", TypeKind::integer},
    KnownType{"text", TypeKind::text},
    KnownType{"character varying", TypeKind::text},
    KnownType{"varchar", TypeKind::text},
    KnownType{"character", TypeKind::text},
    KnownType{"char", TypeKind::text},
};

} // namespace

TypeKind kind_of(std::string_view type) {
    const std::string_view base = type.substr(0, type.find('('));
    const auto* const found = std::find_if(known_types.begin(), known_types.end(),
                                           [&](const KnownType& known) { return known.name == base; });
    return found == known_types.end() ? TypeKind::other : found->kind;
}

IntegerRange integer_range(const Conversion& asked, std::string_view type) {
    if (type == "bigint" || type == "int8" || type == "int64") {
        return {"bigint", "-9223372036854775808", "9223372036854775807"};
    }
    if (type == "integer" || type == "int" || type == "int4" || type == "int32") {
        return {"integer", "-2147483648", "2147483647"};
    }
    if (type == "smallint" || type == "int2" || type == "int16") {
        return {"smallint", "-32768", "32767"};
    }
    throw Error{
        ErrorKind::usage, "bad_conversion",
        fmt::format("the conversion of column {} ({}) yields an integer: type {} is not one of smallint, "
                    "integer, bigint",
                    asked.column, asked.rule, type)};
}

IntegerRange decimal_range(int precision, int places) {
    const std::string nines(static_cast<std::size_t>(precision), '9');
    return {fmt::format("numeric({},{})", precision, places), "-" + nines, nines};
}

std::string quoted(std::string_view identifier) {
    std::string out{"\""};
    for (const char c : identifier) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    return out + '"';
}

std::string literal(std::string_view text) {
    std::string out;
    bool escaped = false;
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            out += c;
        }
        escaped = escaped || c == '\\';
        out += c;
    }
    return (escaped ? " E'" : "'") + out + "'";
}

std::string refusal(std::string_view column, std::string_view value_sql, std::string_view reason,
                    std::string_view type) {
    return fmt::format("({} || {}::text || {})::{}", literal(std::string{column} + " = "), value_sql,
                       literal(": " + std::string{reason}), type);
}

} // namespace turntable::postgresql::conversion
