// How InnoDB names tables in its own dictionary, and the ids found there.
#include <fmt/format.h>

#include "catalog.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

// A LIKE pattern (escape '|') for the file-name form of an identifier: ASCII letters, digits and '_' stand
// for themselves, other ASCII becomes @00xx. Beyond ASCII the servers use tables of their own, so such a
// character becomes '@%'. A pattern that also meets a sibling's name only makes the check stricter.
std::string file_name_pattern(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = static_cast<unsigned char>(name[i]);
        if (c >= 0x80) {
            if (!out.ends_with("@%")) {
                out += "@%";
            }
        } else if (c == '_') {
            out += "|_";
        } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            out += static_cast<char>(c);
        } else {
            out += fmt::format("@{:04x}", c);
        }
    }
    return out;
}

} // namespace

std::string table_ids(Session& session, ServerKind kind, const std::string& schema, const std::string& name) {
    const std::string pattern = file_name_pattern(schema) + "/" + file_name_pattern(name);
    const ResultSet result = session.run(fmt::format(
        "SELECT TABLE_ID, NAME FROM {} WHERE NAME LIKE {} ESCAPE '|' OR NAME LIKE {} ESCAPE '|' ORDER BY 1",
        innodb_tables_view(kind), quote_text(pattern), quote_text(pattern + "#%")));
    std::string ids;
    for (const auto& row : result.rows) {
        ids += (ids.empty() ? "" : ",") + row[0].value_or("");
    }
    return ids;
}

} // namespace turntable::mysql
