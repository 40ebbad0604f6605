#pragma once
// What MODIFY and CHANGE COLUMN have to say again: the servers drop every attribute that a redefinition does
// not name, without a word.

#include <string>

#include "catalog.hpp"

namespace turntable::mysql {

struct ColumnRest {
    std::string attributes; // " ON UPDATE …", " AUTO_INCREMENT", " INVISIBLE": before a comment
    std::string check;      // " CHECK (…)" of the column itself, the last word; MariaDB only
};

// Throws Error{refused, "column_attribute"} for what a redefinition here cannot carry: generated columns, a
// spatial reference system, a storage format.
[[nodiscard]] ColumnRest rest_of(const Table& table, const Column& column);

// "CHECK (…)" of the column itself; "" for none, and always on MySQL.
[[nodiscard]] std::string own_check(const Table& table, const Column& column);

// The type with the column's character set and collation, if it is one of strings that names none itself.
[[nodiscard]] std::string with_charset_of(const Column& column, const std::string& type);

} // namespace turntable::mysql
