#include "key_sql.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

#include "quote.hpp"

namespace turntable::mysql {
namespace {

KeyKind kind_of(const Column& column) {
    static const std::set<std::string, std::less<>> numbers{"tinyint", "smallint", "mediumint", "int",
                                                            "bigint",  "decimal",  "year"};
    static const std::set<std::string, std::less<>> bytes{"binary", "varbinary",  "tinyblob",
                                                          "blob",   "mediumblob", "longblob"};
    static const std::set<std::string, std::less<>> temporal{"date", "datetime", "timestamp", "time"};
    static const std::set<std::string, std::less<>> ordinal{"enum", "set", "bit"};
    if (numbers.contains(column.data_type)) {
        return KeyKind::number;
    }
    if (ordinal.contains(column.data_type)) {
        return KeyKind::ordinal;
    }
    if (bytes.contains(column.data_type)) {
        return KeyKind::bytes;
    }
    if (temporal.contains(column.data_type)) {
        return KeyKind::temporal;
    }
    return column.charset.empty() ? KeyKind::other : KeyKind::text;
}

std::string column_sql(const KeyPart& part, std::string_view alias) {
    return (alias.empty() ? std::string{} : std::string{alias} + ".") + quote_name(part.column);
}

std::string text_sql(const KeyPart& part, std::string_view alias) {
    switch (part.kind) {
    case KeyKind::text:
    case KeyKind::bytes:
        return "HEX(" + column_sql(part, alias) + ")";
    case KeyKind::ordinal:
        return "CAST(" + column_sql(part, alias) + " + 0 AS CHAR)";
    case KeyKind::number:
    case KeyKind::temporal:
    case KeyKind::other:
        return "CAST(" + column_sql(part, alias) + " AS CHAR)";
    }
    check(false, "unknown KeyKind");
    return {};
}

std::string bytes_of_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

std::string for_people(const KeyPart& part, const std::string& text) {
    switch (part.kind) {
    case KeyKind::text:
        return part.charset.starts_with("utf8") || part.charset == "ascii" || part.charset == "latin1"
                   ? "'" + bytes_of_hex(text) + "'"
                   : "x'" + text + "'";
    case KeyKind::bytes:
        return "x'" + text + "'";
    case KeyKind::temporal:
    case KeyKind::other:
        return "'" + text + "'";
    case KeyKind::number:
    case KeyKind::ordinal:
        return text;
    }
    check(false, "unknown KeyKind");
    return {};
}

// The lexicographic comparison, spelt out: the row form (a, b) > (x, y) finds no index range on these
// servers.
std::string compare(const std::vector<KeyPart>& key, const KeyTexts& texts, std::string_view alias,
                    std::string_view strict, std::string_view last) {
    std::string out, equal;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const std::string operand = key_operand(key[i], alias);
        const std::string literal = key_literal(key[i], texts[i]);
        const std::string_view op = i + 1 == key.size() ? last : strict;
        out += fmt::format("{}({}{} {} {})", i == 0 ? "" : " OR ", equal, operand, op, literal);
        equal += fmt::format("{} = {} AND ", operand, literal);
    }
    if (key.size() == 1) {
        return out;
    }
    // The first column alone, so that a range on the index is seen at once.
    return fmt::format("({} {}= {} AND ({}))", key_operand(key[0], alias), strict,
                       key_literal(key[0], texts[0]), out);
}

} // namespace

std::string declared(const KeyPart& part) {
    return part.charset.empty()
               ? part.type
               : fmt::format("{} CHARACTER SET {} COLLATE {}", part.type, part.charset, part.collation);
}

KeyPart key_part(const Column& column) {
    return {column.name, column.type, column.charset, column.collation, kind_of(column)};
}

KeyTexts decode_key(const std::string& encoded) {
    return encoded.empty() ? KeyTexts{} : nlohmann::json::parse(encoded).get<KeyTexts>();
}

std::string encode_key(const KeyTexts& texts) {
    return nlohmann::json(texts).dump();
}

std::string display_key(const std::vector<KeyPart>& key, const KeyTexts& texts) {
    std::string out;
    for (std::size_t i = 0; i < key.size(); ++i) {
        out += (i == 0 ? "" : ", ") + key[i].column + "=" + for_people(key[i], texts[i]);
    }
    return out;
}

std::string key_texts_sql(const std::vector<KeyPart>& key, std::string_view alias) {
    std::string out;
    for (const KeyPart& part : key) {
        out += (out.empty() ? "" : ", ") + text_sql(part, alias);
    }
    return out;
}

std::string key_names(const std::vector<KeyPart>& key, std::string_view alias) {
    std::string out;
    for (const KeyPart& part : key) {
        out += (out.empty() ? "" : ", ") + column_sql(part, alias);
    }
    return out;
}

std::string key_operand(const KeyPart& part, std::string_view alias) {
    // An ENUM compared with a string compares as a string, but it is ordered by its number.
    return part.kind == KeyKind::ordinal ? "(" + column_sql(part, alias) + " + 0)" : column_sql(part, alias);
}

std::string key_literal(const KeyPart& part, const std::string& text) {
    switch (part.kind) {
    case KeyKind::number:
    case KeyKind::ordinal:
        return text;
    case KeyKind::text:
        return fmt::format("(_{} x'{}' COLLATE {})", part.charset, text, part.collation);
    case KeyKind::bytes:
        return "x'" + text + "'";
    case KeyKind::temporal:
    case KeyKind::other:
        return quote_text(text);
    }
    check(false, "unknown KeyKind");
    return {};
}

std::string key_after(const std::vector<KeyPart>& key, const KeyTexts& texts, std::string_view alias) {
    return texts.empty() ? "TRUE" : compare(key, texts, alias, ">", ">");
}

std::string key_up_to(const std::vector<KeyPart>& key, const KeyTexts& texts, std::string_view alias) {
    return texts.empty() ? "TRUE" : compare(key, texts, alias, "<", "<=");
}

std::string key_equals(const std::vector<KeyPart>& key, const KeyTexts& texts, std::string_view alias) {
    std::string out;
    for (std::size_t i = 0; i < key.size(); ++i) {
        out += fmt::format("{}{} = {}", i == 0 ? "" : " AND ", key_operand(key[i], alias),
                           key_literal(key[i], texts[i]));
    }
    return out;
}

std::string key_range(const std::vector<KeyPart>& key, const std::string& lower, const std::string& upper,
                      std::string_view alias) {
    return "(" + key_after(key, decode_key(lower), alias) + " AND " +
           key_up_to(key, decode_key(upper), alias) + ")";
}

std::string key_in(const std::vector<KeyPart>& key, const std::vector<KeyTexts>& keys,
                   std::string_view alias) {
    if (keys.empty()) {
        return "FALSE";
    }
    std::string operands, list;
    for (const KeyPart& part : key) {
        operands += (operands.empty() ? "" : ", ") + key_operand(part, alias);
    }
    for (const KeyTexts& texts : keys) {
        std::string row;
        for (std::size_t i = 0; i < key.size(); ++i) {
            row += (row.empty() ? "" : ", ") + key_literal(key[i], texts[i]);
        }
        list += (list.empty() ? "(" : ", (") + row + ")";
    }
    return "(" + operands + ") IN (" + list + ")";
}

} // namespace turntable::mysql
