#include "migrate/lint/reserved_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

// Words that people give to tables and columns, as each engine's manual lists them; not the many that
// nobody would.
constexpr std::array everywhere{
    "add",        "all",    "alter",   "and",    "as",       "between", "case",       "check",  "collate",
    "constraint", "create", "default", "delete", "distinct", "drop",    "else",       "exists", "foreign",
    "from",       "group",  "having",  "in",     "index",    "insert",  "into",       "is",     "join",
    "not",        "null",   "on",      "or",     "order",    "primary", "references", "select", "set",
    "table",      "then",   "to",      "union",  "unique",   "update",  "values",     "when",   "where"};
constexpr std::array in_postgresql{"add",          "all",
                                   "analyse",      "analyze",
                                   "and",          "any",
                                   "array",        "as",
                                   "asc",          "asymmetric",
                                   "both",         "case",
                                   "cast",         "check",
                                   "collate",      "column",
                                   "constraint",   "create",
                                   "current_date", "current_role",
                                   "current_time", "current_timestamp",
                                   "current_user", "default",
                                   "deferrable",   "desc",
                                   "distinct",     "do",
                                   "else",         "end",
                                   "except",       "false",
                                   "fetch",        "for",
                                   "foreign",      "from",
                                   "grant",        "group",
                                   "having",       "in",
                                   "initially",    "intersect",
                                   "into",         "lateral",
                                   "leading",      "limit",
                                   "localtime",    "localtimestamp",
                                   "not",          "null",
                                   "offset",       "on",
                                   "only",         "or",
                                   "order",        "placing",
                                   "primary",      "references",
                                   "returning",    "select",
                                   "session_user", "some",
                                   "symmetric",    "table",
                                   "then",         "to",
                                   "trailing",     "true",
                                   "union",        "unique",
                                   "user",         "using",
                                   "variadic",     "when",
                                   "where",        "window",
                                   "with"};
constexpr std::array in_mysql{
    "accessible", "analyze",   "asc",       "before",   "blob",      "both",     "by",        "call",
    "cascade",    "change",    "char",      "column",   "condition", "convert",  "cross",     "database",
    "databases",  "dec",       "decimal",   "declare",  "delayed",   "desc",     "describe",  "div",
    "double",     "each",      "enclosed",  "escaped",  "exit",      "explain",  "false",     "fetch",
    "float",      "for",       "force",     "fulltext", "grant",     "ignore",   "inner",     "int",
    "integer",    "interval",  "iterate",   "key",      "keys",      "kill",     "leading",   "leave",
    "left",       "like",      "limit",     "linear",   "lines",     "load",     "lock",      "long",
    "loop",       "match",     "mod",       "natural",  "numeric",   "option",   "out",       "outer",
    "outfile",    "partition", "procedure", "purge",    "range",     "read",     "reads",     "real",
    "regexp",     "release",   "rename",    "repeat",   "replace",   "require",  "resignal",  "restrict",
    "return",     "revoke",    "right",     "rlike",    "schema",    "schemas",  "sensitive", "separator",
    "show",       "signal",    "smallint",  "spatial",  "sql",       "ssl",      "starting",  "terminated",
    "trailing",   "trigger",   "true",      "undo",     "unlock",    "unsigned", "usage",     "use",
    "using",      "varchar",   "while",     "with",     "write",     "xor",      "zerofill"};
constexpr std::array in_mysql_8{"cube",      "dense_rank", "empty",      "except", "first_value",  "function",
                                "grouping",  "groups",     "json_table", "lag",    "last_value",   "lateral",
                                "lead",      "ntile",      "of",         "over",   "percent_rank", "rank",
                                "recursive", "row",        "row_number", "rows",   "system",       "window"};
constexpr std::array in_mariadb{"current_role", "except",    "intersect",  "offset", "over",
                                "recursive",    "returning", "row_number", "rows",   "window"};
constexpr std::array in_sqlite{"commit", "deferrable", "escape",  "except",    "intersect",   "isnull",
                               "limit",  "notnull",    "nothing", "returning", "transaction", "using"};

template <typename Words>
bool has(const Words& words, const std::string& word) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view known) { return known == word; });
}

} // namespace

unsigned reserving_engines(const std::string& word) {
    unsigned engines = has(everywhere, word) ? on_all : 0;
    engines |= has(in_postgresql, word) ? on_postgresql : 0;
    engines |= has(in_mysql, word) ? on_mysql_family : 0;
    engines |= has(in_mysql_8, word) ? on_mysql : 0;
    engines |= has(in_mariadb, word) ? on_mariadb : 0;
    engines |= has(in_sqlite, word) ? on_sqlite : 0;
    return engines;
}

} // namespace turntable::migrate::lint
