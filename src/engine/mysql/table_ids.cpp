// How InnoDB names tables in its own dictionary, and the ids found there.
#include <fmt/format.h>

#include "catalog.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

// A regular expression for the file-name form of an identifier: ASCII letters, digits and '_' stand for
// themselves, other ASCII becomes @00xx. Beyond ASCII a character is @ and two or four more, by a table of
// the servers' own; only names of the same length and the same ASCII characters can be taken for one another.
std::string file_name_pattern(std::string_view name) {
    std::string out;
    for (const char character : name) {
        const auto c = static_cast<unsigned char>(character);
        if ((c & 0xC0U) == 0x80U) {
            continue; // inside a character
        }
        if (c >= 0x80) {
            out += "@([0-9a-z]{2}|[0-9a-f]{4})";
        } else if (c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            out += character;
        } else {
            out += fmt::format("@{:04x}", c);
        }
    }
    return out;
}

ResultSet ids_by_scan(Session& session, ServerKind kind, const std::string& schema, const std::string& name) {
    const std::string pattern = "^" + file_name_pattern(schema) + "/" + file_name_pattern(name) + "(#.*)?$";
    return session.run(fmt::format("SELECT TABLE_ID FROM {} WHERE NAME REGEXP {} ORDER BY 1",
                                   innodb_tables_view(kind), quote_text(pattern)));
}

// MySQL opens every table of the server for its list of tables. A table with a tablespace of its own, and
// each partition, is found there by name, and gets a new one by TRUNCATE and every rebuild.
ResultSet ids_of_mysql(Session& session, const std::string& schema, const std::string& name) {
    const std::string file = schema + "/" + name;
    ResultSet spaces = session.run(fmt::format(
        "SELECT CAST(SPACE AS UNSIGNED) FROM information_schema.INNODB_TABLESPACES_BRIEF WHERE NAME = "
        "{} OR (NAME >= {} AND NAME < {}) ORDER BY 1",
        quote_text(file), quote_text(file + "#p#"), quote_text(file + "#p$")));
    if (!spaces.rows.empty()) {
        return spaces;
    }
    return ids_by_scan(session, ServerKind::mysql, schema, name);
}

} // namespace

std::string table_ids(Session& session, ServerKind kind, const std::string& schema, const std::string& name) {
    const ResultSet result = kind == ServerKind::mysql ? ids_of_mysql(session, schema, name)
                                                       : ids_by_scan(session, kind, schema, name);
    std::string ids;
    for (const auto& row : result.rows) {
        ids += (ids.empty() ? "" : ",") + row[0].value_or("");
    }
    return ids;
}

std::vector<std::string> referring_keys(Session& session, ServerKind kind, const std::string& schema,
                                        const std::string& name) {
    const std::string pattern = "^" + file_name_pattern(schema) + "/" + file_name_pattern(name) + "$";
    std::vector<std::string> keys;
    for (const auto& row :
         session
             .run(
                 fmt::format("SELECT ID FROM {} WHERE REF_NAME REGEXP {} AND FOR_NAME <> REF_NAME ORDER BY 1",
                             innodb_foreign_view(kind), quote_text(pattern)))
             .rows) {
        keys.push_back(row[0].value_or(""));
    }
    return keys;
}

bool is_referred_to(Session& session, ServerKind kind, const std::string& schema, const std::string& name) {
    return !referring_keys(session, kind, schema, name).empty();
}

} // namespace turntable::mysql
