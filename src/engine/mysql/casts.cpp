#include "casts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "conversion_words.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

enum class Family { integer, decimal, real, text, choice, bytes, date, moment, time, json, other };

Family family_of(const Column& column) {
    static const std::set<std::string, std::less<>> integers{"tinyint", "smallint", "mediumint", "int",
                                                             "bigint"};
    static const std::set<std::string, std::less<>> texts{"char", "varchar",    "tinytext",
                                                          "text", "mediumtext", "longtext"};
    static const std::set<std::string, std::less<>> bytes{"binary", "varbinary",  "tinyblob",
                                                          "blob",   "mediumblob", "longblob"};
    const std::string& type = column.data_type;
    if (integers.contains(type)) {
        return Family::integer;
    }
    if (type == "decimal") {
        return Family::decimal;
    }
    if (type == "float" || type == "double") {
        return Family::real;
    }
    if (texts.contains(type)) {
        return Family::text;
    }
    if (type == "enum" || type == "set") {
        return Family::choice;
    }
    if (bytes.contains(type)) {
        return Family::bytes;
    }
    if (type == "datetime" || type == "timestamp") {
        return Family::moment;
    }
    if (type == "date") {
        return Family::date;
    }
    if (type == "time") {
        return Family::time;
    }
    return type == "json" ? Family::json : Family::other;
}

// The number in "datetime(3)", 0 without one.
int precision(const Column& column) {
    const auto open = column.type.find('(');
    int digits = 0;
    if (open != std::string::npos) {
        std::from_chars(column.type.data() + open + 1, column.type.data() + column.type.size(), digits);
    }
    return digits;
}

// "decimal(10,2)" of "decimal(10,2) unsigned zerofill".
std::string bare_type(const Column& column) {
    return column.type.substr(0, column.type.find(' '));
}

std::optional<std::string> number_image(const Column& from, const Column& to, const std::string& value) {
    const Family have = family_of(from);
    switch (family_of(to)) {
    case Family::integer:
        return have == Family::integer ? value : fmt::format("ROUND({})", value);
    case Family::decimal:
        return fmt::format("CAST({} AS {})", value, bare_type(to));
    case Family::real:
        // No expression rounds to a 4-byte float as the storage engine does.
        return to.data_type == "double" ? std::optional{value + " + 0e0"} : std::nullopt;
    case Family::text:
        return have == Family::real ? std::nullopt
                                    : std::optional{fmt::format("CONVERT({} USING {})", value, to.charset)};
    case Family::choice:
    case Family::bytes:
    case Family::date:
    case Family::moment:
    case Family::time:
    case Family::json:
    case Family::other:
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::string> text_image(const Column& to, const std::string& value) {
    switch (family_of(to)) {
    case Family::text:
    case Family::choice: {
        const std::string converted = fmt::format("CONVERT({} USING {})", value, to.charset);
        // A CHAR gives its value back without trailing blanks.
        return to.data_type == "char" ? fmt::format("TRIM(TRAILING ' ' FROM {})", converted) : converted;
    }
    case Family::json:
        return fmt::format("CAST({} AS JSON)", value);
    case Family::integer:
    case Family::decimal:
    case Family::real:
    case Family::bytes:
    case Family::date:
    case Family::moment:
    case Family::time:
        return std::nullopt;
    case Family::other:
        return to.data_type == "uuid" ? std::optional{fmt::format("CAST({} AS UUID)", value)} : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::string> moment_image(const Column& from, const Column& to, const std::string& value) {
    const Family have = family_of(from), want = family_of(to);
    if (precision(to) < precision(from)) {
        return std::nullopt; // one server rounds without a word, the other cuts
    }
    if (want == Family::moment && (have == Family::moment || have == Family::date)) {
        return fmt::format("CAST({} AS DATETIME({}))", value, precision(to));
    }
    if (want == Family::time && have == Family::time) {
        return fmt::format("CAST({} AS TIME({}))", value, precision(to));
    }
    return std::nullopt;
}

} // namespace

bool same_type(const Column& a, const Column& b) {
    return a.type == b.type && a.collation == b.collation;
}

std::optional<std::string> image_after_cast(const Column& from, const Column& to) {
    const std::string value = quote_name(from.name);
    if (same_type(from, to)) {
        return value;
    }
    switch (family_of(from)) {
    case Family::integer:
    case Family::decimal:
    case Family::real:
        return number_image(from, to, value);
    case Family::text:
    case Family::choice:
        return text_image(to, value);
    case Family::bytes:
        if (family_of(to) != Family::bytes) {
            return std::nullopt;
        }
        return to.data_type == "binary" ? fmt::format("CAST({} AS {})", value, bare_type(to)) : value;
    case Family::date:
    case Family::moment:
    case Family::time:
        return moment_image(from, to, value);
    case Family::json:
        return family_of(to) == Family::text ? std::optional{fmt::format("CAST({} AS CHAR)", value)}
                                             : std::nullopt;
    case Family::other:
        if (from.data_type == to.data_type) { // bit(3) to bit(8), year to year
            return value;
        }
        return from.data_type == "uuid" && family_of(to) == Family::text
                   ? std::optional{fmt::format("CONVERT({} USING {})", value, to.charset)}
                   : std::nullopt;
    }
    return std::nullopt;
}

std::optional<CheckedInverse> number_of_text(const Column& from, const Column& to) {
    const Family number = family_of(from);
    const bool integer = number == Family::integer;
    constexpr int digits_max = 30; // so that the value beyond all numbers below is beyond them
    if ((!integer && number != Family::decimal) || family_of(to) != Family::text ||
        from.type.find("zerofill") != std::string::npos || (!integer && precision(from) > digits_max)) {
        return std::nullopt;
    }
    const std::string text = quote_name(to.name);
    const std::string_view pattern = integer ? "^-?[0-9]{1,20}$" : "^-?[0-9]{1,30}([.][0-9]{1,30})?$";
    const std::string image =
        fmt::format("IF({0} IS NULL, NULL, IF({0} REGEXP '{1}', CAST({0} AS DECIMAL(65,30)), 1{2:0>34}))",
                    text, pattern, "");
    const std::string exact = integer ? fmt::format("CAST(CAST({} AS DECIMAL(65,30)) AS DECIMAL(65,0))", text)
                                      : fmt::format("CAST({} AS {})", text, bare_type(from));
    // What the number would be shown as must be this text.
    const std::string shown = fmt::format("CAST(CONVERT({} USING utf8mb4) AS BINARY)", exact);
    const std::string value = fmt::format(
        "IF({0} IS NULL OR ({0} REGEXP '{1}' AND {2} = CAST(CONVERT({0} USING utf8mb4) AS BINARY)), "
        "{0}, CONCAT('no number of this column: ', {0}))",
        text, pattern, shown);
    return CheckedInverse{value, image};
}

std::optional<CheckedInverse> integer_of_number(const Column& from, const Column& to) {
    const Family number = family_of(to);
    if (family_of(from) != Family::integer || (number != Family::decimal && number != Family::real)) {
        return std::nullopt;
    }
    const std::string value = quote_name(to.name);
    // The image of what the column cannot hold is beyond all integers, so that it equals none.
    return CheckedInverse{
        fmt::format("IF({0} IS NULL OR {0} = ROUND({0}), ROUND({0}), {1})", value,
                    conversion::refusal(to.name, value, "does not fit " + from.type)),
        fmt::format("IF({0} IS NULL OR {0} = ROUND({0}), ROUND({0}), 1{1:0>34})", value, "")};
}

Image image_of(const Column& column) {
    switch (family_of(column)) {
    case Family::text:
    case Family::choice:
        return Image::text;
    case Family::real:
        return Image::real;
    case Family::json:
        return Image::json;
    case Family::integer:
    case Family::decimal:
    case Family::bytes:
    case Family::date:
    case Family::moment:
    case Family::time:
    case Family::other:
        return Image::plain;
    }
    return Image::plain;
}

std::string same_image(Image image, const std::string& a, const std::string& b) {
    switch (image) {
    case Image::plain:
        return fmt::format("({} <=> {})", a, b);
    case Image::text:
        return fmt::format("(CAST({} AS BINARY) <=> CAST({} AS BINARY))", a, b);
    case Image::real:
        return fmt::format("({0} <=> {1} AND CAST({0} AS CHAR) <=> CAST({1} AS CHAR))", a, b);
    case Image::json:
        return fmt::format("(CAST(CAST({} AS CHAR) AS BINARY) <=> CAST(CAST({} AS CHAR) AS BINARY))", a, b);
    }
    check(false, "unknown Image");
    return {};
}

bool keeps_order(const Column& from, const Column& to) {
    if (same_type(from, to)) {
        return true;
    }
    const auto ordered = [](Family f) {
        return f == Family::integer || f == Family::decimal || f == Family::date || f == Family::moment;
    };
    if (ordered(family_of(from)) && ordered(family_of(to))) {
        return true;
    }
    return !from.collation.empty() && from.collation == to.collation && family_of(from) == Family::text &&
           family_of(to) == Family::text;
}

} // namespace turntable::mysql
