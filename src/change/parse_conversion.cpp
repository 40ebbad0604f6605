// `COLUMN=RULE[,key=value…]`. One table says which key sets which field; `convert = {…}` in a file uses it,
// too.
#include "change/parse.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "change/conversion_keys.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::change {
namespace {

Error bad(std::string_view text, const std::string& why) {
    Error error{ErrorKind::usage, "bad_conversion", fmt::format("--convert {}: {}", std::string{text}, why)};
    error.next("write it as COLUMN=RULE[,key=value…], a value with commas in single quotes; "
               "`turntable conversions` lists the rules");
    return error;
}

// Takes text up to `stop` or `or_stop` off `rest`; inside `quote` the stops mean nothing and a doubled quote
// is one.
std::string take(std::string_view& rest, char quote, std::string_view stops, std::string_view whole) {
    std::string out;
    if (!rest.starts_with(quote)) {
        const auto end = std::min(rest.find_first_of(stops), rest.size());
        out = rest.substr(0, end);
        rest.remove_prefix(end);
        return out;
    }
    rest.remove_prefix(1);
    while (true) {
        const auto end = rest.find(quote);
        if (end == std::string_view::npos) {
            throw bad(whole, "a quote is not closed");
        }
        out += rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (!rest.starts_with(quote)) {
            break;
        }
        out += quote;
        rest.remove_prefix(1);
    }
    if (!rest.empty() && stops.find(rest.front()) == std::string_view::npos) {
        throw bad(whole, "a comma must follow a closing quote");
    }
    return out;
}

void expect(std::string_view& rest, char wanted, std::string_view whole) {
    if (!rest.starts_with(wanted)) {
        throw bad(whole, fmt::format("'{}' was expected before '{}'", wanted, std::string{rest}));
    }
    rest.remove_prefix(1);
}

} // namespace

Conversion parse_conversion(std::string_view text) {
    std::string_view rest = text;
    Conversion conversion;
    conversion.column = take(rest, '"', "=,", text);
    expect(rest, '=', text);
    conversion.rule = take(rest, '\'', ",", text);
    if (conversion.column.empty() || conversion.rule.empty()) {
        throw bad(text, "it needs a column and a rule");
    }
    std::vector<std::string> seen;
    while (!rest.empty()) {
        expect(rest, ',', text);
        const std::string key = take(rest, '\'', "=,", text);
        expect(rest, '=', text);
        const std::string value = take(rest, '\'', ",", text);
        if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
            throw bad(text, fmt::format("{}= is given twice", key));
        }
        seen.push_back(key);
        if (const auto problem = set_conversion_key(conversion, key, value)) {
            throw bad(text, *problem);
        }
    }
    check_conversion(conversion);
    return conversion;
}

} // namespace turntable::change
