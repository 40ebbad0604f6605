#include "route.hpp"

#include <algorithm>

#include "casts.hpp"
#include "foreign_keys.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

const MappedColumn& mapped_target(const Blueprint& blueprint, const std::string& target) {
    const auto found =
        std::ranges::find_if(blueprint.columns, [&](const MappedColumn& m) { return m.target == target; });
    check(found != blueprint.columns.end(), "a key column without a mapping");
    return *found;
}

Route forward_route(const Blueprint& blueprint, const Detail& detail) {
    Route route;
    route.from = blueprint.source.name;
    route.to = blueprint.shadow_name;
    route.log = blueprint.log_name;
    route.from_key = detail.source_key;
    route.to_key = detail.target_key;
    for (const KeyPart& part : detail.target_key) {
        route.to_key_values.push_back(mapped_target(blueprint, part.column).forward_sql);
    }
    for (std::size_t i = 0; i < detail.columns.size(); ++i) {
        const ColumnDetail& column = detail.columns[i];
        if (column.inserted) {
            route.columns.push_back({column.target, blueprint.columns[i].forward_sql, column.image_sql,
                                     column.image, blueprint.columns[i].compared, "", "", Image::plain});
        }
    }
    return route;
}

Route back_route(const Blueprint& blueprint, const Detail& detail) {
    Route route;
    route.direction = Direction::back;
    route.from = blueprint.source.name;
    route.to = blueprint.old_name;
    route.log = blueprint.reverse_log_name;
    route.from_key = detail.target_key;
    route.to_key = detail.source_key;
    route.carried = detail.carried;
    for (const KeyPart& part : detail.target_key) {
        route.to_key_values.push_back(mapped_target(blueprint, part.column).inverse_sql.value_or(""));
    }
    for (std::size_t i = 0; i < detail.columns.size(); ++i) {
        const ColumnDetail& column = detail.columns[i];
        const MappedColumn& mapped = blueprint.columns[i];
        if (mapped.source && mapped.inverse_sql && column.source_inserted) {
            route.columns.push_back({*mapped.source, *mapped.inverse_sql, column.inverse_image_sql,
                                     column.source_image, true, column.target,
                                     mapped.identity ? "" : column.image_sql, column.image});
        } else if (mapped.source && column.source_inserted) {
            route.carried.push_back({*mapped.source, column.source_image});
        }
    }
    return route;
}

} // namespace

Route make_route(const Blueprint& blueprint, const Detail& detail, Direction direction) {
    Route route =
        direction == Direction::forward ? forward_route(blueprint, detail) : back_route(blueprint, detail);
    route.others_refer = !detail.inbound.empty() || has_own_key(blueprint, detail);
    for (std::size_t i = 0; i < route.from_key.size(); ++i) {
        route.spellings_matter =
            route.spellings_matter || route.from_key[i].collation != route.to_key[i].collation;
    }
    return route;
}

std::string mapped_key_sql(const Route& route, std::size_t part, const std::string& from_value) {
    const KeyPart& to = route.to_key.at(part);
    if (to.kind != KeyKind::text || to.collation == route.from_key.at(part).collation) {
        return from_value;
    }
    return "(CONVERT(" + from_value + " USING " + to.charset + ") COLLATE " + to.collation + ")";
}

std::string image_alias(std::size_t column) {
    return "_tt_c" + std::to_string(column);
}

std::string value_alias(std::size_t column) {
    return "_tt_v" + std::to_string(column);
}

std::string same_row(const Route& route) {
    std::string out = "TRUE";
    for (std::size_t i = 0; i < route.columns.size(); ++i) {
        const RouteColumn& column = route.columns[i];
        if (!column.compared) {
            continue;
        }
        std::string same = same_image(column.image, "m." + image_alias(i),
                                      std::string{to_alias} + "." + quote_name(column.to));
        if (!column.forward_image.empty()) {
            same = "(" + same + " OR " +
                   same_image(column.from_column_image, column.forward_image, "m." + value_alias(i)) + ")";
        }
        out += " AND " + same;
    }
    return out;
}

} // namespace turntable::mysql
