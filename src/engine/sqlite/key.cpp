#include "key.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || c == ':' || c == '@';
}

std::string hex_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return {hex_digits[byte >> 4U], hex_digits[byte & 15U]};
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += is_plain(c) ? std::string{c} : "%" + hex_byte(c);
    }
    return out;
}

char byte_at(std::string_view text, std::size_t i) {
    int value = 0;
    const auto parsed =
        std::from_chars(text.data() + i, text.data() + std::min(i + 2, text.size()), value, 16);
    if (parsed.ec != std::errc{}) {
        throw Error{ErrorKind::needs_repair, "bad_key", "a stored key cannot be read: " + std::string{text}};
    }
    return static_cast<char>(value);
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            out += byte_at(text, i + 1);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string encode_real(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    auto bits = std::bit_cast<std::uint64_t>(value);
    std::string out(16, '0');
    for (auto digit = out.rbegin(); digit != out.rend(); ++digit, bits >>= 4U) {
        *digit = hex_digits[bits & 15U];
    }
    return out;
}

Value decode_part(std::string_view part) {
    const std::string_view body = part.substr(std::min<std::size_t>(1, part.size()));
    if (part.starts_with('i')) {
        std::int64_t value = 0;
        std::from_chars(body.data(), body.data() + body.size(), value);
        return value;
    }
    if (part.starts_with('r')) {
        std::uint64_t bits = 0;
        std::from_chars(body.data(), body.data() + body.size(), bits, 16);
        return std::bit_cast<double>(bits);
    }
    if (part.starts_with('t')) {
        return unescaped(body);
    }
    if (part.starts_with('b')) {
        return Blob{unescaped(body)};
    }
    throw Error{ErrorKind::needs_repair, "bad_key", "a stored key cannot be read: " + std::string{part}};
}

bool one_direction(const KeyTerms& terms) {
    return std::all_of(terms.begin(), terms.end(),
                       [&](const KeyTerm& term) { return term.descending == terms.front().descending; });
}

std::string placeholders(std::size_t count) {
    std::string out = count == 1 ? "?" : "(?";
    for (std::size_t i = 1; i < count; ++i) {
        out += ", ?";
    }
    return count == 1 ? out : out + ")";
}

KeyRange row_value_range(const KeyTerms& terms, const std::string& lower, const std::string& upper) {
    KeyRange out{"1", {}};
    const bool descending = terms.front().descending;
    for (const auto& [bound, comparison] :
         {std::pair{lower, descending ? " < " : " > "}, std::pair{upper, descending ? " >= " : " <= "}}) {
        if (!bound.empty()) {
            out.where += " AND " + key_tuple(terms) + comparison + placeholders(terms.size());
            const std::vector<Value> values = decode_key(bound);
            out.arguments.insert(out.arguments.end(), values.begin(), values.end());
        }
    }
    return out;
}

void add_term(KeyRange& range, const KeyTerm& term, const char* ascending, const char* descending,
              const Value& value) {
    range.where += " AND " + term.sql + (term.descending ? descending : ascending) + "?";
    range.arguments.push_back(value);
}

// One run of keys that agree with `prefix` on the first columns and lie between two values of the next one.
KeyRange run_of(const KeyTerms& terms, const std::vector<Value>& prefix, std::size_t length,
                const Value* after, const Value* before, bool including) {
    KeyRange out{"1", {}};
    for (std::size_t i = 0; i < length; ++i) {
        add_term(out, terms[i], " = ", " = ", prefix[i]);
    }
    if (after != nullptr) {
        add_term(out, terms[length], " > ", " < ", *after);
    }
    if (before != nullptr) {
        add_term(out, terms[length], including ? " <= " : " < ", including ? " >= " : " > ", *before);
    }
    return out;
}

// Lexicographic order with mixed directions, as the runs of the index that it is made of.
std::vector<KeyRange> mixed_ranges(const KeyTerms& terms, const std::string& lower,
                                   const std::string& upper) {
    const std::vector<Value> low = lower.empty() ? std::vector<Value>{} : decode_key(lower);
    const std::vector<Value> high = upper.empty() ? std::vector<Value>{} : decode_key(upper);
    std::size_t common = 0;
    while (common < low.size() && common < high.size() && low[common] == high[common]) {
        ++common;
    }
    std::vector<KeyRange> out;
    if (common == terms.size()) {
        return out; // the range between a key and itself
    }
    for (std::size_t length = terms.size() - 1; length > common && !low.empty(); --length) {
        out.push_back(run_of(terms, low, length, &low[length], nullptr, false));
    }
    const bool last = common + 1 == terms.size();
    out.push_back(run_of(terms, low, common, low.empty() ? nullptr : &low[common],
                         high.empty() ? nullptr : &high[common], last));
    for (std::size_t length = common + 1; length < terms.size() && !high.empty(); ++length) {
        out.push_back(run_of(terms, high, length, nullptr, &high[length], length + 1 == terms.size()));
    }
    return out;
}

} // namespace

std::string key_list(const KeyTerms& terms) {
    std::vector<std::string> parts;
    std::transform(terms.begin(), terms.end(), std::back_inserter(parts),
                   [](const KeyTerm& t) { return t.sql; });
    return joined(parts, ", ");
}

std::string key_tuple(const KeyTerms& terms) {
    return terms.size() == 1 ? terms.front().sql : "(" + key_list(terms) + ")";
}

std::string key_cells(const KeyTerms& terms) {
    std::vector<std::string> parts;
    std::transform(terms.begin(), terms.end(), std::back_inserter(parts),
                   [](const KeyTerm& t) { return "typeof(" + t.sql + "), " + t.sql; });
    return joined(parts, ", ");
}

std::string key_order(const KeyTerms& terms) {
    std::vector<std::string> parts;
    std::transform(terms.begin(), terms.end(), std::back_inserter(parts),
                   [](const KeyTerm& t) { return t.sql + (t.descending ? " DESC" : ""); });
    return joined(parts, ", ");
}

std::string encode_key(const std::vector<Cell>& row, std::size_t first, std::size_t columns) {
    std::string out;
    for (std::size_t i = 0; i < columns; ++i) {
        const Cell& type = row.at(first + 2 * i);
        const Cell& value = row.at(first + 2 * i + 1);
        check(type.has_value() && value.has_value(), "a key value is never NULL");
        out += out.empty() ? "" : ",";
        if (*type == "integer") {
            out += "i" + *value;
        } else if (*type == "real") {
            out += "r" + encode_real(*value);
        } else {
            out += (*type == "text" ? "t" : "b") + escaped(*value);
        }
    }
    return out;
}

std::vector<Value> decode_key(const std::string& encoded) {
    std::vector<Value> out;
    for (std::size_t begin = 0; begin <= encoded.size();) {
        const std::size_t end = std::min(encoded.find(',', begin), encoded.size());
        out.push_back(decode_part(std::string_view{encoded}.substr(begin, end - begin)));
        begin = end + 1;
    }
    return out;
}

std::string shown_key(const std::vector<std::string>& names, const std::string& encoded) {
    const std::vector<Value> values = decode_key(encoded);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::string value;
        if (const auto* integer = std::get_if<std::int64_t>(&values[i])) {
            value = std::to_string(*integer);
        } else if (const auto* real = std::get_if<double>(&values[i])) {
            value = std::to_string(*real);
        } else if (const auto* text = std::get_if<std::string>(&values[i])) {
            value = text_literal(*text);
        } else if (const auto* blob = std::get_if<Blob>(&values[i])) {
            value = "x'";
            for (const char c : blob->bytes) {
                value += hex_byte(c);
            }
            value += "'";
        }
        parts.push_back(names.at(i) + "=" + value);
    }
    return joined(parts, ", ");
}

std::vector<KeyRange> ranges_of(const KeyTerms& terms, const std::string& lower, const std::string& upper) {
    if (one_direction(terms)) {
        return {row_value_range(terms, lower, upper)};
    }
    return mixed_ranges(terms, lower, upper);
}

namespace {

// The key at this position of the range, in the order of the key.
std::optional<std::string> key_at(const Query& query, const std::string& table, const KeyTerms& terms,
                                  const KeyRange& range, Rows position) {
    std::vector<Value> arguments = range.arguments;
    arguments.emplace_back(position);
    const auto found = query("SELECT " + key_cells(terms) + " FROM " + identifier(table) + " WHERE " +
                                 range.where + " ORDER BY " + key_order(terms) + " LIMIT 1 OFFSET ?",
                             arguments)
                           .rows;
    return found.empty() ? std::nullopt : std::optional{encode_key(found.front(), 0, terms.size())};
}

} // namespace

std::string key_after(const Query& query, const std::string& table, const KeyTerms& terms,
                      const std::string& lower, const std::string& upper, Rows rows) {
    std::string last;
    for (const KeyRange& range : ranges_of(terms, lower, upper)) {
        while (true) {
            const auto found = key_at(query, table, terms, range, rows - 1);
            if (found) {
                return *found;
            }
            const auto count =
                query("SELECT count(*) FROM " + identifier(table) + " WHERE " + range.where, range.arguments)
                    .only_integer();
            if (count == 0) {
                break;
            }
            // Each statement sees its own moment: where rows went away in between, look again.
            if (const auto end = key_at(query, table, terms, range, count - 1)) {
                rows -= count;
                last = *end;
                break;
            }
        }
        if (rows <= 0) {
            break;
        }
    }
    return last;
}

} // namespace turntable::sqlite
