#include "change/op_reader.hpp"

#include <fmt/format.h>

#include "change/conversion_keys.hpp"
#include "turntable/conversion_rules.hpp"

namespace turntable::change {
namespace {

// A scalar as the text that stands for it in SQL; nullopt for dates, arrays and tables.
std::optional<std::string> scalar_text(const toml::node& node) {
    if (const auto* const text = node.as_string()) {
        return text->get();
    }
    if (const auto* const integer = node.as_integer()) {
        return std::to_string(integer->get());
    }
    if (const auto* const real = node.as_floating_point()) {
        return fmt::format("{}", real->get());
    }
    if (const auto* const boolean = node.as_boolean()) {
        return boolean->get() ? "true" : "false";
    }
    return std::nullopt;
}

} // namespace

Error bad_file(const std::string& file_name, const toml::source_region& where, const std::string& why) {
    return Error{ErrorKind::usage, "bad_change_file",
                 fmt::format("{}, line {}: {}", file_name, static_cast<unsigned>(where.begin.line), why)};
}

OpReader::OpReader(const toml::table& table, std::string file_name, const toml::source_region& where)
    : table_(table), file_name_(std::move(file_name)), where_(where) {
    if (where_.begin.line == 0) {
        where_ = table_.source();
    }
    for (const auto& [key, node] : table_) {
        const auto line = key.source().begin.line;
        if (line != 0 && (table_.source().begin.line == 0) &&
            (where_.begin.line == 0 || line < where_.begin.line)) {
            where_ = key.source();
        }
    }
}

Error OpReader::bad(const std::string& why) const {
    return bad_file(file_name_, where_, why);
}

Error OpReader::bad_value(std::string_view key, const toml::node& node, const std::string& wanted) const {
    const bool knows = node.source().begin.line != 0;
    return bad_file(file_name_, knows ? node.source() : where_,
                    fmt::format("{} must be {}", std::string{key}, wanted));
}

const toml::node* OpReader::find(std::string_view key) {
    known_.emplace(key);
    return table_.get(key);
}

std::string OpReader::text(std::string_view key) {
    auto value = optional_text(key);
    if (!value) {
        throw bad(fmt::format("the operation lacks {}", std::string{key}));
    }
    return *std::move(value);
}

std::optional<std::string> OpReader::optional_text(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto* const text = node->as_string();
    if (text == nullptr || text->get().empty()) {
        throw bad_value(key, *node, "a text that is not empty");
    }
    return text->get();
}

std::optional<std::string> OpReader::optional_sql(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    auto value = scalar_text(*node);
    if (!value || value->empty()) {
        throw bad_value(key, *node, "an SQL expression, a number or a boolean");
    }
    return value;
}

std::vector<std::string> OpReader::texts(std::string_view key) {
    auto values = optional_texts(key);
    if (values.empty()) {
        throw bad(fmt::format("the operation lacks {}", std::string{key}));
    }
    return values;
}

std::vector<std::string> OpReader::optional_texts(std::string_view key) {
    const toml::node* const node = find(key);
    std::vector<std::string> values;
    if (node == nullptr) {
        return values;
    }
    const auto* const array = node->as_array();
    for (const toml::node& element : array == nullptr ? toml::array{} : *array) {
        const auto* const text = element.as_string();
        if (text == nullptr || text->get().empty()) {
            throw bad_value(key, *node, "a list of names");
        }
        values.push_back(text->get());
    }
    if (values.empty()) {
        throw bad_value(key, *node, "a list of names");
    }
    return values;
}

bool OpReader::flag(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) {
        return false;
    }
    const auto* const boolean = node->as_boolean();
    if (boolean == nullptr) {
        throw bad_value(key, *node, "true or false");
    }
    return boolean->get();
}

std::optional<Conversion> OpReader::conversion(std::string_view key, const std::string& column) {
    const toml::node* const node = find(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto* const table = node->as_table();
    if (table == nullptr) {
        throw bad_value(key, *node, "a table: convert = { rule = \"cents\", … }");
    }
    Conversion conversion;
    conversion.column = column;
    for (const auto& [name, value] : *table) {
        auto text = scalar_text(value);
        if (!text) {
            throw bad_value(name.str(), value, "a text, a number or a boolean");
        }
        if (name.str() == "rule") {
            conversion.rule = *text;
            continue;
        }
        const bool boolean = value.is_boolean();
        const std::string given = boolean ? (*text == "true" ? "yes" : "no") : *text;
        if (const auto problem = set_conversion_key(conversion, name.str(), given)) {
            throw bad_file(file_name_, value.source(), *problem);
        }
    }
    if (conversion.rule.empty()) {
        throw bad_value(key, *node, "a table that names a rule");
    }
    return conversion;
}

void OpReader::expect_nothing_else() const {
    for (const auto& [name, value] : table_) {
        if (!known_.contains(name.str())) {
            throw bad_file(file_name_, name.source().begin.line != 0 ? name.source() : where_,
                           fmt::format("unknown key '{}'", std::string{name.str()}));
        }
    }
}

} // namespace turntable::change
