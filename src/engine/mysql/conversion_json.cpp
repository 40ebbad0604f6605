// MySQL parses a document: the last one of two members of one name stays, numbers become doubles, a NUL ends
// the text for JSON_VALID, and one level too many is an error instead of an answer. MariaDB keeps the text
// and is satisfied with less than JSON (1., "\x"); its JSON_VALID warns of what it does not take, and a
// warning stops the copy. But its regular expressions can recurse: there the grammar is one of them.
#include "conversion_json.hpp"

#include <fmt/format.h>

#include "conversion_text.hpp"
#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/json_rules.hpp"

namespace turntable::mysql::conversion {
namespace {

constexpr int mariadb_depth = 31; // the CHECK of its JSON columns ends there

constexpr std::string_view string_pattern = R"("[^"\\]*+(?:\\.[^"\\]*+)*+")";

// Possessive throughout: what was read is not read again in another way.
constexpr std::string_view grammar =
    R"((?(DEFINE)(?<w>[ \t\r\n]*+))"
    R"((?<s>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u(?:[0-9abcefABCEF][0-9a-fA-F]{3}|[dD](?:[0-7][0-9a-fA-F]{2}|)"
    R"([89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))))*+"))"
    R"((?<n>-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+))"
    R"((?<v>(?&w)(?:(?&s)|(?&n)|true|false|null|\[(?:(?&w)\]|(?&v)(?:,(?&v))*+\])|)"
    R"(\{(?:(?&w)\}|(?&m)(?:,(?&m))*+\}))(?&w))(?<m>(?&w)(?&s)(?&w):(?&v)))\A(?&v)\z)";

// Digit strings of the same length as `limit` that are more.
std::string more_than(std::string_view limit) {
    std::string out;
    for (std::size_t i = 0; i < limit.size(); ++i) {
        if (limit[i] != '9') {
            out += fmt::format("{}{}[{}-9][0-9]{{{}}}", out.empty() ? "" : "|", limit.substr(0, i),
                               static_cast<char>(limit[i] + 1), limit.size() - i - 1);
        }
    }
    return out;
}

// A number that a document would not give back as it is, in a text without its strings (json_rules.hpp).
std::string number_pattern() {
    return "(?<![0-9.eE+-])(?:[0-9]{21,}|" + more_than("18446744073709551615") + ")(?![0-9.eE])" +
           "|(?<![eE])-(?:[0-9]{20,}|" + more_than("9223372036854775808") + ")(?![0-9.eE])" +
           R"(|(?<![0-9.eE+])(?=[0-9]+[.eE])[0-9.]*?[1-9](?:\.?[0-9]){16,}\.?[1-9])"
           R"(|[eE]-0*(?:1[5-9][0-9]|[2-9][0-9]{2}|[1-9][0-9]{3,})(?![0-9]))"
           R"(|(?<![0-9])0\.0{150})";
}

std::string without_strings(const std::string& text) {
    return fmt::format("REGEXP_REPLACE({}, {}, '')", text, literal(string_pattern));
}

std::string colons(const std::string& text) {
    return fmt::format("CHAR_LENGTH({0}) - CHAR_LENGTH(REPLACE({0}, ':', ''))", without_strings(text));
}

// JSON_VALID fails where the nesting is too deep, so that is looked at first: brackets alone, all of one
// kind, as a pattern of so many levels.
std::string too_deep(const std::string& text, int depth) {
    const std::string brackets =
        fmt::format("REPLACE(REPLACE(REGEXP_REPLACE({}, {}, ''), '{{', '['), '}}', ']')",
                    without_strings(text), literal(R"([^\[\]{}])"));
    return fmt::format(
        "CASE WHEN LENGTH({0}) - LENGTH(REPLACE(REPLACE({0}, '[', ''), '{{', '')) > {1} THEN {2} NOT "
        "REGEXP CONCAT('^', REPEAT({3}, {1}), REPEAT({4}, {1}), '$') ELSE FALSE END",
        text, depth, brackets, literal(R"((?:\[)"), literal(R"(\])*+)"));
}

// The part of a CASE that is true for what is no JSON.
std::string rejected(const std::string& text, const Conversion& asked, bool mariadb) {
    if (mariadb) {
        return fmt::format("WHEN {} THEN TRUE WHEN {} COLLATE utf8mb4_bin NOT REGEXP {} THEN TRUE",
                           too_deep(text, mariadb_depth), text, literal(grammar));
    }
    std::string out =
        fmt::format("WHEN LOCATE(CHAR(0), CAST({0} AS BINARY)) > 0 THEN TRUE WHEN {1} THEN TRUE WHEN "
                    "NOT JSON_VALID({0}) THEN TRUE",
                    text, too_deep(text, json_depth_max));
    if (!takes_duplicate_keys(asked)) {
        out += fmt::format(" WHEN {} <> {} THEN TRUE", colons(text),
                           colons(fmt::format("CAST(CAST({} AS JSON) AS CHAR)", text)));
    }
    return out;
}

void check_type(const Conversion& asked, const ConvertedColumn& source) {
    if (asked.type && native_type(*asked.type) != "json") {
        throw Error{
            ErrorKind::usage, "bad_conversion",
            fmt::format("the conversion of column {} (json) yields json, not {}", asked.column, *asked.type)};
    }
    if (column_type(source.type).kind != TypeKind::text) {
        throw Error{ErrorKind::refused, "not_supported",
                    fmt::format("column {} is of type {}: json converts char, varchar and text", source.name,
                                source.type)};
    }
}

} // namespace

ConversionPlan compile_json(const Conversion& asked, const ConvertedColumn& source) {
    check_type(asked, source);
    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = "json";
    const UnitConversion unit = unit_conversion(asked);
    const std::string x = quoted(source.name);
    const std::string text = fmt::format("CONVERT({} USING utf8mb4)", x);
    plan.is_rejected = fmt::format("CASE WHEN {} IS NULL THEN FALSE {} ELSE FALSE END", x,
                                   rejected(text, asked, source.mariadb));
    const auto refused = [&](BadValuePolicy policy, const std::string& reason) {
        return policy != BadValuePolicy::fail ? "NULL" : refusal(source.name, x, reason);
    };
    std::string value =
        fmt::format("CASE WHEN {} THEN {}", plan.is_rejected, refused(unit.malformed, "not JSON"));
    if (!source.mariadb) {
        plan.is_out_of_range =
            fmt::format("CASE WHEN {0} IS NULL OR {1} THEN FALSE ELSE {2} REGEXP {3} END", x,
                        plan.is_rejected, without_strings(text), literal(number_pattern()));
        value += fmt::format(" WHEN {} THEN {}", plan.is_out_of_range,
                             refused(unit.overflow, "a number that JSON here would change"));
    }
    value += fmt::format(" ELSE {} END", text);
    plan.forward_sql = source.mariadb ? fmt::format("CONVERT({} USING utf8mb4)", value)
                                      : fmt::format("CAST({} AS JSON)", value);
    const std::string y = quoted(plan.target_column);
    plan.inverse_sql =
        written_in(source.charset, "utf8mb4", source.mariadb ? y : fmt::format("CAST({} AS CHAR)", y),
                   source.mariadb, refusal(plan.target_column, y, "does not fit " + source.type));
    return plan;
}

} // namespace turntable::mysql::conversion
