#pragma once
// One direction of the mapping, resolved: from which table to which, through which log, by which expressions.
// The replay, the drain under the lock and the verification read this and do not know which direction they
// serve.

#include <string>
#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

struct RouteColumn {
    std::string to;             // column of the to-side
    std::string from_value;     // over the from-side's columns: what is inserted
    std::string from_image;     // over the from-side's columns: the value that must come out
    Image image = Image::plain; // of the to-side's column
    bool compared = true;
    // Back only: the old value stays if the change would make the new value of it.
    std::string from_column, forward_image; // the from-side's column; over the to-side's columns
    Image from_column_image = Image::plain;
};

struct Route {
    Direction direction = Direction::forward;
    std::string from, to, log; // table names, unquoted
    std::vector<KeyPart> from_key, to_key;
    std::vector<std::string> to_key_values; // over the from-side's key columns
    // A key column's collation changes: spellings that are one key on the from-side may be several on the
    // to-side.
    bool spellings_matter = false;
    std::vector<RouteColumn> columns;
    // Foreign keys, others' or the table's own, may refer to the to-side for a moment: what is replayed there
    // must not delete on.
    bool others_refer = false;
    std::vector<CarriedColumn> carried; // back only: columns of the to-side that keep their old value
};

[[nodiscard]] Route make_route(const Blueprint& blueprint, const Detail& detail, Direction direction);

// The to-side's key value i made of the from-side's columns, in the to-side's own collation, so that a
// comparison with the to-side's column uses its index. prefix: "" or "lg." and the like, before bare key
// names.
[[nodiscard]] std::string mapped_key_sql(const Route& route, std::size_t part, const std::string& from_value);

// The condition that the row m (from_image as _tt_c<i>, from_column as _tt_v<i>) and the to-side's row dst
// are the same image in every compared column.
[[nodiscard]] std::string same_row(const Route& route);
// "_tt_c0", …: names under which a derived table gives the from-side's images.
[[nodiscard]] std::string image_alias(std::size_t column);
[[nodiscard]] std::string value_alias(std::size_t column);

// The name of the log's own column.
inline constexpr const char* log_id = "_turntable_id";
// The fixed aliases of the tables in every statement of a route; LOCK TABLES names them too.
inline constexpr const char* from_alias = "src";
inline constexpr const char* to_alias = "dst";
inline constexpr const char* log_alias = "lg";

} // namespace turntable::mysql
