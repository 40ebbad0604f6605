#include "key_text.hpp"

#include <nlohmann/json.hpp>

#include "turntable/error.hpp"

namespace turntable::postgresql {

std::string encoded(const KeyText& key) {
    return nlohmann::json(key).dump();
}

KeyText decoded(const std::string& text) {
    try {
        return nlohmann::json::parse(text).get<KeyText>();
    } catch (const nlohmann::json::exception&) {
        throw Error{ErrorKind::needs_repair, "journal_damaged",
                    "a key in the journal is unreadable: " + text};
    }
}

namespace {

// "amount" -> amount; other names keep their quotes.
std::string bare(const std::string& name) {
    const bool plain = name.size() > 2 && name.front() == '"' && name.find('"', 1) == name.size() - 1;
    return plain ? name.substr(1, name.size() - 2) : name;
}

} // namespace

std::string shown(const std::vector<std::string>& names, const KeyText& key) {
    std::string out;
    for (std::size_t i = 0; i < key.size() && i < names.size(); ++i) {
        out += (i == 0 ? "" : ", ") + bare(names[i]) + "=" + key[i];
    }
    return out;
}

std::vector<std::string> source_names(const Detail& detail) {
    std::vector<std::string> names;
    for (const KeyDetail& column : detail.key) {
        names.push_back(column.source);
    }
    return names;
}

std::vector<std::string> target_names(const Detail& detail) {
    std::vector<std::string> names;
    for (const KeyDetail& column : detail.key) {
        names.push_back(column.target);
    }
    return names;
}

std::string array_literal(const std::vector<Cell>& elements) {
    std::string out = "{";
    for (const Cell& element : elements) {
        if (out.size() > 1) {
            out += ',';
        }
        if (!element) {
            out += "NULL";
            continue;
        }
        out += '"';
        for (const char c : *element) {
            if (c == '"' || c == '\\') {
                out += '\\';
            }
            out += c;
        }
        out += '"';
    }
    return out + "}";
}

std::vector<Value> key_arrays(const std::vector<KeyText>& keys, std::size_t columns) {
    std::vector<Value> arrays;
    for (std::size_t column = 0; column < columns; ++column) {
        std::vector<Cell> values;
        values.reserve(keys.size());
        for (const KeyText& key : keys) {
            values.emplace_back(key.at(column));
        }
        arrays.emplace_back(array_literal(values));
    }
    return arrays;
}

KeyText key_of(const std::vector<Cell>& row, std::size_t columns) {
    KeyText key;
    for (std::size_t column = 0; column < columns; ++column) {
        check(row.at(column).has_value(), "a key column is never NULL");
        key.push_back(*row[column]);
    }
    return key;
}

} // namespace turntable::postgresql
