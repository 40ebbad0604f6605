#pragma once
// Foreign keys of the table to itself (a tree) whose ON DELETE changes rows of the table: that fires no
// trigger on these rows. So wherever a row goes, the keys of all rows below it, which go or lose their parent
// with it, are logged first: by a BEFORE DELETE trigger on the table itself, and by those of parents that
// delete its rows (cascades.hpp). ON UPDATE never acts within one table: InnoDB refuses such an update.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

[[nodiscard]] std::vector<CascadeLink> own_cascades(const Table& source);
// Throws Error{refused, "foreign_keys"} where what arrives through parents, or a SET NULL, changes a column
// that a key to the table itself follows.
void check_own_cascades(const Table& source, const std::vector<CascadeLink>& own,
                        const std::vector<CascadePath>& paths);

// The body of the trigger on the table; `table` is its live name. Our own sessions write with
// foreign_key_checks off, when nothing cascades: for them it does nothing.
[[nodiscard]] std::string own_cascade_body(const std::vector<CascadeLink>& own, const std::string& table,
                                           const std::string& log, const std::vector<KeyPart>& key);
// "FROM …" that gives rows of the table which go, under the alias `alias`.
struct RowsThatGo {
    std::string from, alias;
};
// A query for the keys of these rows and of all below them.
[[nodiscard]] std::string keys_with_all_below(const RowsThatGo& rows, const std::vector<CascadeLink>& own,
                                              const std::string& table, const std::vector<KeyPart>& key);
// "BEGIN … END": logs what the query gives, one row at a time. INSERT … SELECT would hold the log's AUTO-INC
// lock to the end of the statement where innodb_autoinc_lock_mode asks for it. `besides`: further statements
// per row.
[[nodiscard]] std::string log_each(const std::string& query, const std::string& log,
                                   const std::vector<KeyPart>& key, const std::string& besides = {});
// The variable in which log_each() has a part of the key.
[[nodiscard]] std::string key_variable(std::size_t part);
[[nodiscard]] std::string insert_key(const std::string& log, const std::vector<KeyPart>& key,
                                     const std::vector<std::string>& values);

} // namespace turntable::mysql
