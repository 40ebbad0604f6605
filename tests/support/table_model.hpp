#pragma once
// The table a test changes, and its twin: a second table of the old shape, which writers keep equal to the
// first in the same transactions and which the tool never sees. The twin is the oracle: the table must always
// be f(twin).

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/client.hpp"

namespace turntable::test {

// One value as SQL, as the application writes it before and after the change (amount 17.08, amount_cents
// 1708). An empty `after` is a value that the new application cannot write.
struct Literal {
    std::string before, after;
};
// The same text on both sides.
[[nodiscard]] std::vector<Literal> unchanged(const std::vector<std::string>& literals);

struct Column {
    std::string name;
    std::string type; // with NOT NULL, DEFAULT, COLLATE
    std::vector<Literal> pool;
    std::string after_name; // in the new shape; empty: the new shape has it not
};
[[nodiscard]] Column column(const std::string& name, const std::string& type,
                            const std::vector<std::string>& literals);

struct KeyColumn {
    std::string name, type;
};

struct KeyKind {
    std::string name;
    std::vector<KeyColumn> columns;
    // One SQL literal per column; injective for 0 <= n < 1,000,000.
    std::function<std::vector<std::string>(std::int64_t n)> literals;
    std::string constraint;               // in CREATE TABLE; "@" stands for the table's plain name
    std::string schema, table = "orders"; // plain names
    std::string options;                  // after the closing parenthesis
    std::vector<std::string> before;      // statements before CREATE TABLE: a schema, a collation
    std::vector<std::string> after;       // statements after it, "@" as above
    // For collations in which different texts are equal: another text of the same key.
    std::function<std::vector<std::string>(std::int64_t n)> alias;
    bool integer = false; // an integer that a change can widen
};

struct TableModel {
    Flavor flavor = Flavor::sqlite;
    KeyKind key;
    std::vector<Column> columns;          // without key, grp and uq
    std::vector<std::string> constraints; // in CREATE TABLE, "@" stands for the table's plain name
    std::vector<std::string> after; // statements after it, "@" for the plain and "#" for the quoted name

    [[nodiscard]] std::string table() const; // quoted and qualified
    [[nodiscard]] std::string twin() const;
    // As the command line takes it.
    [[nodiscard]] std::string argument() const;
    [[nodiscard]] std::string quoted(const std::string& identifier) const;
    [[nodiscard]] std::vector<std::string> create() const; // both tables
    [[nodiscard]] std::vector<std::string> create_one(const std::string& plain_name) const;
    // "k = 1 AND l = 'x'"
    [[nodiscard]] std::string where(const std::vector<std::string>& key_literals) const;
    [[nodiscard]] std::vector<std::string> column_names() const; // all, of the old shape, plain
};

} // namespace turntable::test
