// Tables of another kind than a plain, permanent heap table.
#include <fmt/core.h>

#include "plan/helper_names.hpp"
#include "plan/quoting.hpp"
#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* kind_sql = R"(
SELECT c.relkind, c.relpersistence, coalesce(am.amname, ''), c.reloftype <> 0, c.relispartition,
       (SELECT string_agg(i.inhparent::regclass::text, ', ') FROM pg_inherits AS i WHERE i.inhrelid = c.oid),
       (SELECT string_agg(i.inhrelid::regclass::text, ', ') FROM pg_inherits AS i WHERE i.inhparent = c.oid),
       (SELECT string_agg(e.extname, ', ') FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
           AND d.refclassid = 'pg_extension'::regclass)
  FROM pg_class AS c LEFT JOIN pg_am AS am ON am.oid = c.relam
 WHERE c.oid = $1::oid)";

[[noreturn]] void refuse(const char* code, const Subject& subject, const std::string& why) {
    throw Error{ErrorKind::refused, code, fmt::format("{} {}", subject.sql(), why)};
}

const char* word_of(char kind) {
    switch (kind) {
    case 'v':
        return "is a view";
    case 'm':
        return "is a materialized view";
    case 'f':
        return "is a foreign table";
    case 'p':
        return "is a partitioned table";
    case 'S':
        return "is a sequence";
    case 'i':
    case 'I':
        return "is an index";
    default:
        return "is no table";
    }
}

} // namespace

void refuse_kind(Session& session, const Subject& subject) {
    if (subject.schema == "pg_catalog" || subject.schema == "information_schema" ||
        subject.schema == "pg_toast") {
        refuse("system_catalog", subject, "belongs to the server itself");
    }
    if (subject.schema == our_schema) {
        refuse("own_table", subject, "is one of turntable's own tables");
    }
    const ResultSet found = session.run(kind_sql, {subject.oid});
    check(found.rows.size() == 1, "a table is gone between two looks");
    const Row row{found.rows.front()};
    if (row.letter(0) != 'r') {
        refuse("unsupported_kind", subject, word_of(row.letter(0)));
    }
    if (row.letter(1) != 'p') {
        refuse("unsupported_kind", subject,
               row.letter(1) == 'u' ? "is unlogged: a crash would empty it" : "is a temporary table");
    }
    if (row.text(2) != "heap") {
        refuse("unsupported_kind", subject, fmt::format("is kept by the access method {}", row.text(2)));
    }
    if (row.truth(3)) {
        refuse("unsupported_kind", subject, "is a typed table (OF a composite type)");
    }
    if (row.cell(5)) {
        refuse("inheritance", subject,
               fmt::format("is {} {}", row.truth(4) ? "a partition of" : "a child of", row.text(5)));
    }
    if (row.cell(6)) {
        refuse("inheritance", subject, fmt::format("has child tables: {}", row.text(6)));
    }
    if (row.cell(7)) {
        refuse("extension_member", subject, fmt::format("belongs to the extension {}", row.text(7)));
    }
}

std::string named(Session& session, const std::string& sql, const std::vector<Value>& arguments) {
    std::vector<std::string> names;
    for (const auto& row : session.run(sql, arguments).rows) {
        names.push_back(row.front().value_or(""));
    }
    return joined(names, ", ");
}

} // namespace turntable::postgresql
