#include "create_index.hpp"

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

// Positions in "CREATE [UNIQUE] INDEX name ON table (…) [WHERE …]".
struct Layout {
    std::size_t name = 0, table = 0, open = 0, after = 0;
};

Layout layout_of(const Tokens& tokens) {
    Layout out;
    out.name = tokens.is(1, "UNIQUE") ? 3 : 2;
    out.table = out.name + 2;
    out.open = out.table + 1;
    if (!tokens.is(0, "CREATE") || !tokens.is(out.name - 1, "INDEX") || !tokens.is(out.name + 1, "ON") ||
        !tokens.is(out.open, "(")) {
        throw Error{ErrorKind::refused, "unreadable_definition",
                    "an index that cannot be read: " + tokens.text()};
    }
    out.after = tokens.after_parenthesis(out.open);
    return out;
}

IndexedTerm term_of(const Tokens& tokens, TokenRange range) {
    IndexedTerm out;
    if (tokens.is(range.end - 1, "ASC") || tokens.is(range.end - 1, "DESC")) {
        --range.end;
    }
    if (range.end - range.begin > 2 && tokens.is(range.end - 2, "COLLATE")) {
        out.collation = tokens.name(range.end - 1);
        range.end -= 2;
    }
    out.expression = tokens.slice(range);
    return out;
}

} // namespace

CreateIndex CreateIndex::parse(const std::string& text) {
    const Tokens tokens{text};
    const Layout layout = layout_of(tokens);
    CreateIndex out{tokens.name(layout.name), tokens.name(layout.table), {}, {}};
    std::size_t begin = layout.open + 1;
    for (std::size_t i = begin; i < layout.after; ++i) {
        if (tokens.is(i, "(")) {
            i = tokens.after_parenthesis(i) - 1;
        } else if (tokens.is(i, ",") || i + 1 == layout.after) {
            out.terms.push_back(term_of(tokens, {begin, i}));
            begin = i + 1;
        }
    }
    if (tokens.is(layout.after, "WHERE")) {
        out.where = tokens.slice({layout.after + 1, tokens.size()});
    }
    return out;
}

std::string with_index_name(const std::string& text, const std::string& name, const std::string& table) {
    const Tokens tokens{text};
    const Layout layout = layout_of(tokens);
    const Token& old_name = tokens.at(layout.name);
    const Token& old_table = tokens.at(layout.table);
    return text.substr(0, old_name.begin) + identifier(name) +
           text.substr(old_name.end, old_table.begin - old_name.end) + identifier(table) +
           text.substr(old_table.end);
}

} // namespace turntable::sqlite
