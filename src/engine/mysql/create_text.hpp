#pragma once
// Reading the text of SHOW CREATE TABLE. The server's own index lines are the only faithful definitions:
// expressions, descending parts, parsers, comments and visibility are all in them, ready for ALTER TABLE …
// ADD.

#include <cstdint>
#include <string>
#include <vector>

namespace turntable::mysql {

struct IndexLine {
    std::string name;
    std::string definition; // "UNIQUE KEY `u` (`a`)", without the trailing comma
    enum class Kind { plain, unique, fulltext, spatial };
    Kind kind = Kind::plain;
};

// " AUTO_INCREMENT=17" of the table options is removed.
[[nodiscard]] std::string without_auto_increment(const std::string& create);
// 0 without one.
[[nodiscard]] std::int64_t auto_increment_of(const std::string& create);
// Secondary indexes in their order.
[[nodiscard]] std::vector<IndexLine> index_lines(const std::string& create);
// A named constraint: "CHECK (…)", "FOREIGN KEY (…) REFERENCES …", without the trailing comma.
struct NamedLine {
    std::string name, definition;
};
[[nodiscard]] std::vector<NamedLine> check_lines(const std::string& create);
[[nodiscard]] std::vector<NamedLine> foreign_key_lines(const std::string& create);
// "RENAME INDEX `i` TO `i`, " for each plain index over exactly the columns of one of the keys. MySQL marks
// an index that it made for a foreign key, on the shadow too, and replaces it when a second key comes: it
// would build an index over the whole table, under the lock. Renamed, even to its own name, an index is the
// user's, and stays.
[[nodiscard]] std::string kept_index_clauses(const std::string& create,
                                             const std::vector<std::vector<std::string>>& keys);
// The text with its table's name replaced, foreign keys left out and the lines of indexes and constraints
// sorted: two tables of the same shape give the same text whatever order their indexes were built in.
[[nodiscard]] std::string normalised(const std::string& create, const std::string& name);
// The comments of columns, indexes and the table are removed.
[[nodiscard]] std::string without_comments(const std::string& create);

} // namespace turntable::mysql
