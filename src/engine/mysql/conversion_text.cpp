// CONVERT … USING writes ? for what a character set does not have. So a text is lost where it does not come
// back the same, and a ? that was there before is none of that. MariaDB fails at such a CONVERT inside of
// INSERT, where a policy may want to go on: there the three character sets that matter are told by their code
// points.
#include "conversion_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::mysql::conversion {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Unicode has all of its characters.
bool within_unicode(std::string_view charset) {
    return is_one_of(charset,
                     {"utf8mb4", "utf8mb3", "utf8", "ascii", "latin1", "ucs2", "utf16", "utf16le", "utf32"});
}

bool is_all_of_unicode(std::string_view charset) {
    return is_one_of(charset, {"utf8mb4", "utf16", "utf16le", "utf32"});
}

// The class of characters that a character set does not have, as MariaDB's regular expressions write it; ""
// for one that is not known here. latin1 is Windows-1252, its five holes being control characters.
std::string missing_characters(std::string_view charset) {
    if (charset == "ascii") {
        return R"([^\x00-\x7F])";
    }
    if (charset == "utf8mb3" || charset == "utf8") {
        return R"([^\x{0}-\x{FFFF}])";
    }
    return charset == "latin1"
               ? R"([^\x{00}-\x{7F}\x{81}\x{8D}\x{8F}\x{90}\x{9D}\x{A0}-\x{FF}\x{20AC}\x{201A}\x{0192}\x{201E}\x{2026})"
                 R"(\x{2020}\x{2021}\x{02C6}\x{2030}\x{0160}\x{2039}\x{0152}\x{017D}\x{2018}\x{2019}\x{201C}\x{201D})"
                 R"(\x{2022}\x{2013}\x{2014}\x{02DC}\x{2122}\x{0161}\x{203A}\x{0153}\x{017E}\x{0178}])"
               : "";
}

std::string bytes(const std::string& value) {
    return fmt::format("CAST(CONVERT({} USING utf8mb4) AS BINARY)", value);
}

std::string checked_name(const Conversion& asked, const std::string& name) {
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
    });
    if (!plain) {
        throw Error{
            ErrorKind::usage, "bad_conversion",
            fmt::format("the conversion of column {} ({}) is not usable: '{}' is no name of the server's",
                        asked.column, asked.rule, name)};
    }
    return name;
}

void need_text(const Conversion& asked, const ConvertedColumn& source) {
    if (column_type(source.type).kind != TypeKind::text) {
        throw Error{ErrorKind::refused, "not_supported",
                    fmt::format("column {} is of type {}: {} converts char, varchar and text", source.name,
                                source.type, asked.rule)};
    }
}

// Bytes that the type holds at the most; 0: its length counts characters.
int bytes_max(const std::string& type) {
    const std::string base = column_type(type).base;
    return base == "tinytext" ? 255 : base == "text" ? 65'535 : base == "mediumtext" ? 16'777'215 : 0;
}

// What undoes the conversion is read from it.
std::string full_type(const ConvertedColumn& source) {
    return source.collation.empty()
               ? source.type
               : fmt::format("{} CHARACTER SET {} COLLATE {}", source.type, source.charset, source.collation);
}

void refuse_unknown_policy(const Conversion& asked, const ConvertedColumn& source, const std::string& to) {
    const bool known = !missing_characters(to).empty() && within_unicode(source.charset);
    if (source.mariadb && !known && unit_conversion(asked).malformed != BadValuePolicy::fail) {
        throw Error{
            ErrorKind::refused, "not_supported",
            fmt::format("column {}: MariaDB fails at a text that {} cannot hold, so malformed= must be fail "
                        "(null and quarantine are there for ascii, latin1 and utf8mb3)",
                        source.name, to)};
    }
}

} // namespace

std::string lost_in(const std::string& to, const std::string& from, const std::string& value, bool mariadb) {
    std::string lost;
    const std::string missing = missing_characters(to);
    if (mariadb && !missing.empty() && within_unicode(from)) {
        lost = is_one_of(from, {"ascii"}) || from == to
                   ? ""
                   : fmt::format("CONVERT({} USING utf8mb4) COLLATE utf8mb4_bin REGEXP {}", value,
                                 literal(missing));
    } else if (!is_all_of_unicode(to) && from != to && from != "ascii") {
        lost = fmt::format("{} <> {}", bytes(fmt::format("CONVERT({} USING {})", value, to)), bytes(value));
    }
    if (!within_unicode(from) && from != to) {
        lost += fmt::format("{}CHAR_LENGTH(REPLACE(CONVERT({} USING utf8mb4), '?', '')) <> "
                            "CHAR_LENGTH(REPLACE({}, '?', ''))",
                            lost.empty() ? "" : " OR ", value, value);
    }
    return lost;
}

std::string written_in(const std::string& to, const std::string& from, const std::string& value, bool mariadb,
                       const std::string& refused) {
    const std::string lost = lost_in(to, from, value, mariadb);
    return lost.empty()
               ? fmt::format("CONVERT({} USING {})", value, to)
               : fmt::format("CONVERT(CASE WHEN {} THEN {} ELSE {} END USING {})", lost, refused, value, to);
}

ConversionPlan compile_charset(const Conversion& asked, const ConvertedColumn& source) {
    need_text(asked, source);
    const std::string to = checked_name(asked, wanted_name(asked));
    const auto collation = asked.extra.find("collation");
    ConversionPlan plan = started_plan(asked, source.name, full_type(source));
    plan.target_type = fmt::format("{} CHARACTER SET {}", source.type, to);
    if (collation != asked.extra.end()) {
        plan.target_type +=
            " COLLATE " +
            (collation->second == binary_collation ? to + "_bin" : checked_name(asked, collation->second));
    }
    const std::string x = quoted(source.name);
    const std::string y = quoted(plan.target_column);
    const UnitConversion unit = unit_conversion(asked);
    const std::string lost = lost_in(to, source.charset, x, source.mariadb);
    const int limit = bytes_max(source.type);
    if (lost.empty() && limit == 0) { // the server's own conversion loses nothing
        plan.forward_sql = x;
        plan.inverse_sql = y;
        return plan;
    }
    std::string cases = fmt::format("WHEN {} IS NULL THEN NULL", x);
    if (!lost.empty()) {
        refuse_unknown_policy(asked, source, to);
        plan.is_rejected = fmt::format("COALESCE({}, FALSE)", lost);
        cases += fmt::format(" WHEN {} THEN {}", lost,
                             unit.malformed != BadValuePolicy::fail
                                 ? "NULL"
                                 : refusal(source.name, x, "the character set " + to + " cannot hold it"));
    }
    if (limit > 0) {
        const std::string longer = fmt::format("LENGTH(CONVERT({} USING {})) > {}", x, to, limit);
        plan.is_out_of_range = lost.empty()
                                   ? fmt::format("COALESCE({}, FALSE)", longer)
                                   : fmt::format("CASE WHEN {} THEN FALSE ELSE COALESCE({}, FALSE) END",
                                                 plan.is_rejected, longer);
        cases += fmt::format(" WHEN {} THEN {}", longer,
                             unit.overflow != BadValuePolicy::fail
                                 ? "NULL"
                                 : refusal(source.name, fmt::format("LEFT({}, 40)", x),
                                           "it becomes longer than the type " + source.type));
    }
    plan.forward_sql = fmt::format("CONVERT(CASE {} ELSE {} END USING {})", cases, x, to);
    plan.inverse_sql =
        written_in(source.charset, to, y, source.mariadb,
                   refusal(plan.target_column, y, "the character set " + source.charset + " cannot hold it"));
    return plan;
}

ConversionPlan compile_collation(const Conversion& asked, const ConvertedColumn& source) {
    need_text(asked, source);
    const std::string to = checked_name(asked, wanted_name(asked));
    ConversionPlan plan = started_plan(asked, source.name, full_type(source));
    plan.target_type = fmt::format("{} CHARACTER SET {} COLLATE {}", source.type, source.charset,
                                   to == binary_collation ? source.charset + "_bin" : to);
    plan.forward_sql = quoted(source.name);
    plan.inverse_sql = quoted(plan.target_column);
    return plan;
}

} // namespace turntable::mysql::conversion
