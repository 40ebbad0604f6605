// PostgreSQL 16 says itself whether a text is JSON. 15 only fails: there regular expressions take strings,
// then numbers and words, out of the text, and then the innermost arrays and objects, round by round, until
// one value is left or not. jsonb keeps the last one of two members of one name, which is why both are
// refused.
#include "conversion_json.hpp"

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/json_rules.hpp"

namespace turntable::postgresql::conversion {
namespace {

constexpr int first_with_is_json = 160000;
constexpr int depth_before_16 = 31;
constexpr int usual_depth = 12; // more rounds than that are computed where there are more brackets

constexpr std::string_view string_pattern = R"("(?:[^"\\\u0001-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")";
// An exponent has up to four digits: jsonb's numbers end at 131072 digits.
constexpr std::string_view scalar_pattern =
    R"(-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?0*[0-9]{1,4})?|true|false|null)";
// chr(1) stands for a string, chr(2) for any other value.
constexpr std::string_view innermost_pattern =
    R"(\[(?:[\u0001\u0002](?:,[\u0001\u0002])*)?\]|\{(?:\u0001:[\u0001\u0002](?:,\u0001:[\u0001\u0002])*)?\})";

std::string replaced(const std::string& text, std::string_view pattern, std::string_view by) {
    return fmt::format("regexp_replace({}, {}, {}, 'g')", text, literal(pattern), by);
}

std::string brackets(const std::string& text) {
    return fmt::format("length({0}) - length(translate({0}, '[{{', ''))", text);
}

std::string colons(const std::string& text) {
    const std::string bare = replaced(text, string_pattern, "''");
    return fmt::format("length({0}) - length(replace({0}, ':', ''))", bare);
}

// One value is left after so many rounds.
std::string reducible(const std::string& text, int rounds) {
    std::string left =
        fmt::format("translate({}, E' \\t\\r\\n', '')",
                    replaced(replaced(text, string_pattern, "chr(1)"), scalar_pattern, "chr(2)"));
    for (int i = 0; i < rounds; ++i) {
        left = replaced(left, innermost_pattern, "chr(2)");
    }
    return fmt::format("{} IN (chr(1), chr(2))", left);
}

// \u0000, and halves of surrogate pairs; simple escapes first, so that each \u is one.
std::string bad_escapes(const std::string& text) {
    const std::string rest = replaced(replaced(text, R"(\\["\\/bfnrt])", "' '"),
                                      R"(\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2})", "' '");
    return fmt::format("{} ~ {}", rest, literal(R"(\\u(?:0000|[dD][89a-fA-F]))"));
}

std::string member_lost(const std::string& text) {
    return fmt::format(" WHEN {} <> {} THEN true", colons(text), colons(text + "::jsonb::text"));
}

// Conditions of a CASE, in this order.
std::string rejected_before_16(const std::string& text, bool unique_keys) {
    std::string out = fmt::format(
        " WHEN {} ~ {} THEN true WHEN NOT CASE WHEN {} <= {} THEN {} ELSE {} END THEN true WHEN {} THEN true",
        text, literal(R"([\u0001-\u0008\u000b\u000c\u000e-\u001f])"), brackets(text), usual_depth,
        reducible(text, usual_depth), reducible(text, depth_before_16), bad_escapes(text));
    return unique_keys ? out + member_lost(text) : out;
}

// The parser's stack is limited, and a text that is nested too deep for it is an error: brackets alone, all
// of one kind, are looked at first, by a pattern of so many levels.
std::string rejected(const std::string& text, bool unique_keys) {
    const std::string brackets_only = fmt::format(
        "translate({}, '{{}}', '[]')", replaced(replaced(text, string_pattern, "''"), R"([^][{}])", "''"));
    std::string out = fmt::format(" WHEN CASE WHEN {0} > {1} THEN {2} !~ ('^' || repeat({3}, {1}) || "
                                  "repeat({4}, {1}) || '$') ELSE false END "
                                  "THEN true WHEN NOT pg_input_is_valid({5}, 'jsonb') THEN true",
                                  brackets(text), json_depth_max, brackets_only, literal(R"((?:\[)"),
                                  literal(R"(\])*)"), text);
    if (unique_keys) {
        out += fmt::format(" WHEN {} IS NOT JSON WITH UNIQUE KEYS THEN true", text);
    }
    return out;
}

std::string target_of(const Conversion& asked) {
    const std::string type = native_type(asked.type.value_or("jsonb"));
    if (type != "jsonb" && type != "json") {
        throw Error{
            ErrorKind::usage, "bad_conversion",
            fmt::format("the conversion of column {} (json) yields jsonb or json: type {} is none of them",
                        asked.column, *asked.type)};
    }
    return type;
}

// "17" of "character varying(17)"; "" without one.
std::string length_of(const std::string& type) {
    const auto open = type.find('(');
    return open == std::string::npos ? "" : type.substr(open + 1, type.find(')') - open - 1);
}

} // namespace

ConversionPlan compile_json(const Conversion& asked, const ConvertedColumn& source) {
    if (kind_of(source.type) != TypeKind::text) {
        throw Error{ErrorKind::refused, "not_supported",
                    fmt::format("column {} is of type {}: json converts text, varchar and char", source.name,
                                source.type)};
    }
    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = target_of(asked);
    const bool unique_keys = plan.target_type == "jsonb" && !takes_duplicate_keys(asked);
    const std::string text = quoted(source.name) + "::text";
    plan.is_rejected =
        fmt::format("CASE WHEN {} IS NULL THEN false{} ELSE false END", quoted(source.name),
                    source.server_version >= first_with_is_json ? rejected(text, unique_keys)
                                                                : rejected_before_16(text, unique_keys));
    const auto failing = [&](const std::string& column, const std::string& value, const std::string& reason,
                             const std::string& type) {
        return fmt::format("({})::text::{}", refusal(column, value, reason, "bigint"), type);
    };
    const bool fails = unit_conversion(asked).malformed == BadValuePolicy::fail;
    std::string refuses = plan.is_rejected;
    if (fails &&
        source.server_version < first_with_is_json) { // the cast refuses the rest, and is much shorter
        refuses = unique_keys ? fmt::format("CASE{} ELSE false END", member_lost(text)) : "false";
    }
    plan.forward_sql =
        fmt::format("CASE WHEN {} THEN {} ELSE {}::{} END", refuses,
                    fails ? failing(source.name, quoted(source.name), "not JSON", plan.target_type) : "NULL",
                    text, plan.target_type);
    // A cast to a type with a length would cut the text.
    const std::string y = quoted(plan.target_column);
    const std::string length = length_of(source.type);
    plan.inverse_sql =
        length.empty()
            ? y + "::text"
            : fmt::format("CASE WHEN length({0}::text) > {1} THEN {2} ELSE {0}::text END", y, length,
                          failing(plan.target_column, y, "does not fit " + source.type, "text"));
    return plan;
}

} // namespace turntable::postgresql::conversion
