#include "create_text.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "catalog.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

constexpr std::string_view position = " AUTO_INCREMENT=";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

// The start of the line of table options; the position of AUTO_INCREMENT is only looked for from there on.
std::size_t options_start(const std::string& create) {
    const auto at = create.rfind("\n) ");
    return at == std::string::npos ? create.size() : at;
}

std::string without_comma(std::string line) {
    if (line.ends_with(',')) {
        line.pop_back();
    }
    return line;
}

std::string quoted_name(std::string_view text) {
    std::string name;
    for (std::size_t i = text.find('`') + 1; i < text.size(); ++i) {
        if (text[i] == '`') {
            if (i + 1 >= text.size() || text[i + 1] != '`') {
                break;
            }
            ++i;
        }
        name += text[i];
    }
    return name;
}

bool is_foreign_key(const std::string& line) {
    return line.starts_with("  CONSTRAINT `") && line.find("` FOREIGN KEY (") != std::string::npos;
}

std::vector<NamedLine> named_lines(const std::string& create, std::string_view mark) {
    std::vector<NamedLine> found;
    for (const std::string& line : lines_of(create)) {
        const auto at = line.find(mark);
        if (line.starts_with("  CONSTRAINT `") && at != std::string::npos) {
            found.push_back({quoted_name(line), without_comma(line.substr(at + 2))});
        }
    }
    return found;
}

// Past the quoted text that begins at `at`; a doubled quote and one after a backslash do not end it.
std::size_t end_of_quoted(const std::string& text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\' && quote == '\'') {
            ++i;
        } else if (text[i] == quote && (i + 1 == text.size() || text[i + 1] != quote)) {
            return i + 1;
        } else if (text[i] == quote) {
            ++i;
        }
    }
    return text.size();
}

// The names in the first parentheses of "KEY `i` (`a`,`b` DESC) …".
std::vector<std::string> columns_of_index(const std::string& definition) {
    std::vector<std::string> names; // the index's own first
    for (std::size_t at = 0; at < definition.size() && definition[at] != ')';) {
        if (definition[at] != '`') {
            ++at;
            continue;
        }
        const std::size_t end = end_of_quoted(definition, at);
        names.push_back(quoted_name(definition.substr(at, end - at)));
        at = end;
    }
    names.erase(names.begin());
    return names;
}

} // namespace

std::string without_comments(const std::string& create) {
    std::string out;
    for (std::size_t at = 0; at < create.size();) {
        std::size_t end = at + 1;
        if (create[at] == '`' || create[at] == '\'') {
            end = end_of_quoted(create, at);
        } else if (const std::string_view rest = std::string_view{create}.substr(at);
                   rest.starts_with(" COMMENT '") || rest.starts_with(" COMMENT='")) {
            at = end_of_quoted(create, at + std::string_view{" COMMENT="}.size());
            continue;
        }
        out += create.substr(at, end - at);
        at = end;
    }
    return out;
}

std::string without_auto_increment(const std::string& create) {
    const auto at = create.find(position, options_start(create));
    if (at == std::string::npos) {
        return create;
    }
    auto end = at + position.size();
    while (end < create.size() && create[end] >= '0' && create[end] <= '9') {
        ++end;
    }
    return create.substr(0, at) + create.substr(end);
}

std::int64_t auto_increment_of(const std::string& create) {
    const auto at = create.find(position, options_start(create));
    return at == std::string::npos
               ? 0
               : static_cast<std::int64_t>(std::stoull(create.substr(at + position.size())));
}

std::vector<IndexLine> index_lines(const std::string& create) {
    std::vector<IndexLine> found;
    for (const std::string& line : lines_of(create)) {
        using Kind = IndexLine::Kind;
        for (const auto& [prefix, kind] : {std::pair{"  KEY `", Kind::plain},
                                           {"  UNIQUE KEY `", Kind::unique},
                                           {"  FULLTEXT KEY `", Kind::fulltext},
                                           {"  SPATIAL KEY `", Kind::spatial}}) {
            if (line.starts_with(prefix)) {
                found.push_back({quoted_name(line), without_comma(line.substr(2)), kind});
            }
        }
    }
    return found;
}

std::vector<NamedLine> check_lines(const std::string& create) {
    return named_lines(create, "` CHECK (");
}

std::vector<NamedLine> foreign_key_lines(const std::string& create) {
    return named_lines(create, "` FOREIGN KEY (");
}

std::string kept_index_clauses(const std::string& create, const std::vector<std::vector<std::string>>& keys) {
    std::string clauses;
    for (const IndexLine& index : index_lines(create)) {
        const std::vector<std::string> columns = columns_of_index(index.definition);
        const auto is_over = [&](const auto& key) { return std::ranges::equal(columns, key, same_name); };
        if (index.kind == IndexLine::Kind::plain && std::ranges::any_of(keys, is_over)) {
            clauses += "RENAME INDEX " + quote_name(index.name) + " TO " + quote_name(index.name) + ", ";
        }
    }
    return clauses;
}

std::string normalised(const std::string& create, const std::string& name) {
    std::vector<std::string> body, tail;
    for (const std::string& line : lines_of(without_auto_increment(create))) {
        if (line.starts_with("CREATE TABLE ") || is_foreign_key(line)) {
            continue;
        }
        if (line.starts_with("  CONSTRAINT `") && line.find("` CHECK (") != std::string::npos) {
            // MySQL makes up the names of a copied table's checks
            tail.push_back(without_comma(line.substr(line.find("` CHECK (") + 2)));
            continue;
        }
        // Column lines keep their order; what follows them is a set.
        (line.starts_with("  `") || line.starts_with(')') ? body : tail).push_back(without_comma(line));
    }
    std::ranges::sort(tail);
    std::string out = "CREATE TABLE " + name + "\n";
    for (const auto& part : {tail, body}) {
        for (const std::string& line : part) {
            out += line + "\n";
        }
    }
    return out;
}

} // namespace turntable::mysql
