#pragma once
// A text of SQL into its statements. Statements end with `;`, outside quotes, comments, parentheses and the
// bodies of routines and triggers; on MySQL and MariaDB `DELIMITER` changes that as in their client. Where
// the shape of a body is beyond it, `-- turntable:statement-begin` and `-- turntable:statement-end` on lines
// of their own make one statement of what is between them.

#include <string>
#include <string_view>
#include <vector>

#include "migrate/sql/flavor.hpp"

namespace turntable::migrate {

struct SqlPiece {
    std::string text; // one statement, from its first to its last token: no terminator, no comment around it
    int line = 1;     // of its first token
};

// Throws Error{usage, "bad_sql"} with the line: something that begins and does not end (quote, comment,
// parenthesis, body, executable comment), a closing parenthesis too many, a NUL byte, and what only a client
// program understands: commands of psql, mysql and sqlite3, COPY … FROM STDIN. first_line: the line number of
// the text's first line, where it is cut out of a file.
[[nodiscard]] std::vector<SqlPiece> split_sql(std::string_view text, SqlFlavor flavor, int first_line = 1);

} // namespace turntable::migrate
