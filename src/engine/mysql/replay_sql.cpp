#include "replay_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "casts.hpp"
#include "key_sql.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

std::string old_alias(std::size_t column) {
    return "_tt_o" + std::to_string(column);
}
std::string forward_alias(std::size_t column) {
    return "_tt_f" + std::to_string(column);
}
std::string from_key_alias(std::size_t part) {
    return "_tt_s" + std::to_string(part);
}
std::string to_key_alias(std::size_t part) {
    return "_tt_m" + std::to_string(part);
}

} // namespace

ReplaySql::ReplaySql(const Route& route) : route_(route) {
    for (std::size_t i = 0; i < route.from_key.size(); ++i) {
        const std::string_view glue = i == 0 ? "" : " AND ";
        join_from_ +=
            fmt::format("{}src.{} = q.{}", glue, quote_name(route.from_key[i].column), from_key_alias(i));
        join_to_ += fmt::format("{}dst.{} = q.{}", glue, quote_name(route.to_key[i].column), to_key_alias(i));
    }
}

std::vector<std::string> ReplaySql::drop_tables() const {
    std::vector<std::string> out;
    for (const char* const name : {"_tt_ids", "_tt_keys", "_tt_same", "_tt_old"}) {
        out.push_back(fmt::format("DROP TEMPORARY TABLE IF EXISTS {}", name));
    }
    return out;
}

std::vector<std::string> ReplaySql::create_tables() const {
    std::vector<std::string> out = drop_tables();
    out.emplace_back(
        "CREATE TEMPORARY TABLE _tt_ids (_tt_id BIGINT UNSIGNED NOT NULL PRIMARY KEY) ENGINE = InnoDB");
    std::string keys = "CREATE TEMPORARY TABLE _tt_keys (_tt_n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY";
    for (std::size_t i = 0; i < route_.from_key.size(); ++i) {
        keys += fmt::format(", {} {} NULL, {} {} NULL", from_key_alias(i), declared(route_.from_key[i]),
                            to_key_alias(i), declared(route_.to_key[i]));
    }
    out.push_back(keys + ", _tt_first BOOLEAN NOT NULL) ENGINE = InnoDB");
    out.emplace_back("CREATE TEMPORARY TABLE _tt_same (_tt_n BIGINT NOT NULL PRIMARY KEY) ENGINE = InnoDB");
    return out;
}

std::string ReplaySql::take_entries(Rows limit) const {
    return fmt::format("INSERT INTO _tt_ids (_tt_id) SELECT lg.{0} FROM {1} AS lg ORDER BY lg.{0} LIMIT {2}",
                       log_id, quote_name(route_.log), limit);
}

std::string ReplaySql::take_keys() const {
    std::string names, inner, outer, spellings, partition;
    for (std::size_t i = 0; i < route_.from_key.size(); ++i) {
        const std::string column = "lg." + quote_name(route_.from_key[i].column);
        const std::string_view comma = i == 0 ? "" : ", ";
        names += fmt::format("{}, {}, ", from_key_alias(i), to_key_alias(i));
        inner += fmt::format("{}{} AS {}, {} AS {}", comma, column, from_key_alias(i),
                             route_.to_key_values[i], to_key_alias(i));
        outer += fmt::format("d.{}, d.{}, ", from_key_alias(i), to_key_alias(i));
        // Keys are told apart bytewise: two spellings that the source's collation holds for one may be two
        // rows on the to-side. Both are removed there, and the source's row is inserted once, by the first of
        // them.
        spellings +=
            fmt::format("{}{}", comma,
                        route_.from_key[i].kind == KeyKind::text ? "CAST(" + column + " AS BINARY)" : column);
        partition += fmt::format("{}d.{}", comma, from_key_alias(i));
    }
    return fmt::format(
        "INSERT INTO _tt_keys ({}_tt_first) SELECT {}ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {}) = 1 "
        "FROM (SELECT {} FROM _tt_ids AS i STRAIGHT_JOIN {} AS lg ON lg.{} = i._tt_id GROUP BY {}) AS d",
        names, outer, partition, partition, inner, quote_name(route_.log), log_id, spellings);
}

std::string ReplaySql::find_same() const {
    std::string selected = "q._tt_n AS _tt_n";
    for (std::size_t i = 0; i < route_.to_key.size(); ++i) {
        selected += fmt::format(", q.{0} AS {0}", to_key_alias(i));
    }
    for (std::size_t i = 0; i < route_.columns.size(); ++i) {
        const RouteColumn& column = route_.columns[i];
        if (column.compared) {
            selected += fmt::format(", {} AS {}", column.from_image, image_alias(i));
            if (!column.forward_image.empty()) {
                selected += fmt::format(", src.{} AS {}", quote_name(column.from_column), value_alias(i));
            }
        }
    }
    std::string join;
    for (std::size_t i = 0; i < route_.to_key.size(); ++i) {
        join += fmt::format("{}dst.{} = m.{}", i == 0 ? "" : " AND ", quote_name(route_.to_key[i].column),
                            to_key_alias(i));
    }
    return fmt::format(
        "INSERT INTO _tt_same (_tt_n) SELECT m._tt_n FROM (SELECT {} FROM _tt_keys AS q STRAIGHT_JOIN "
        "{} AS src ON {}) AS m STRAIGHT_JOIN {} AS dst ON {} WHERE {}",
        selected, quote_name(route_.from), join_from_, quote_name(route_.to), join, same_row(route_));
}

std::string ReplaySql::forget_same() const {
    return "DELETE q FROM _tt_same AS s STRAIGHT_JOIN _tt_keys AS q ON q._tt_n = s._tt_n";
}

bool ReplaySql::keeps_rows() const {
    return route_.direction == Direction::back;
}

bool ReplaySql::keeps_values() const {
    return keeps_rows() &&
           (!route_.carried.empty() || std::ranges::any_of(route_.columns, [](const RouteColumn& column) {
               return !column.forward_image.empty();
           }));
}

std::string ReplaySql::keep_old() const {
    if (!keeps_rows()) {
        return {};
    }
    std::string selected = "q._tt_n AS _tt_n";
    for (std::size_t i = 0; i < route_.columns.size(); ++i) {
        const RouteColumn& column = route_.columns[i];
        if (!column.forward_image.empty()) {
            selected += fmt::format(", dst.{} AS {}, {} AS {}", quote_name(column.to), old_alias(i),
                                    column.forward_image, forward_alias(i));
        }
    }
    for (std::size_t i = 0; i < route_.carried.size(); ++i) {
        selected += fmt::format(", dst.{} AS {}", quote_name(route_.carried[i].column),
                                old_alias(route_.columns.size() + i));
    }
    return fmt::format(
        "CREATE TEMPORARY TABLE _tt_old (_tt_n BIGINT NOT NULL PRIMARY KEY) ENGINE = InnoDB AS SELECT {} "
        "FROM _tt_keys AS q STRAIGHT_JOIN {} AS dst ON {}",
        selected, quote_name(route_.to), join_to_);
}

std::string ReplaySql::remove() const {
    return fmt::format("DELETE dst FROM _tt_keys AS q STRAIGHT_JOIN {} AS dst ON {}", quote_name(route_.to),
                       join_to_);
}

std::string ReplaySql::value_of(const RouteColumn& column, std::size_t i, bool with_old) const {
    if (!with_old || column.forward_image.empty()) {
        return column.from_value;
    }
    return fmt::format("IF({}, o.{}, {})",
                       same_image(column.from_column_image, "o." + forward_alias(i),
                                  "src." + quote_name(column.from_column)),
                       old_alias(i), column.from_value);
}

std::string ReplaySql::insert_statement(Keys keys, bool with_old) const {
    std::string names, values;
    for (std::size_t i = 0; i < route_.columns.size(); ++i) {
        names += i == 0 ? "" : ", ";
        values += i == 0 ? "" : ", ";
        names += quote_name(route_.columns[i].to);
        values += value_of(route_.columns[i], i, with_old);
    }
    if (with_old) {
        for (std::size_t i = 0; i < route_.carried.size(); ++i) {
            names += ", " + quote_name(route_.carried[i].column);
            values += ", o." + old_alias(route_.columns.size() + i);
        }
    }
    std::string old;
    if (keeps_rows()) {
        old = with_old ? " STRAIGHT_JOIN _tt_old AS o ON o._tt_n = q._tt_n"
                       : " LEFT JOIN _tt_old AS o ON o._tt_n = q._tt_n";
    }
    std::string where = " WHERE q._tt_first";
    if (keeps_rows() && !with_old) {
        where += " AND o._tt_n IS NULL";
    }
    if (keys == Keys::range) {
        where += " AND q._tt_n BETWEEN ? AND ?";
    }
    return fmt::format("INSERT INTO {} ({}) SELECT {} FROM _tt_keys AS q STRAIGHT_JOIN {} AS src ON {}{}{}",
                       quote_name(route_.to), names, values, quote_name(route_.from), join_from_, old, where);
}

std::vector<std::string> ReplaySql::insert(Keys keys) const {
    if (!keeps_rows()) {
        return {insert_statement(keys, false)};
    }
    return {insert_statement(keys, true), insert_statement(keys, false)};
}

std::string ReplaySql::requeue_where(std::string_view condition) const {
    std::string values;
    for (std::size_t i = 0; i < route_.from_key.size(); ++i) {
        values += (i == 0 ? "q." : ", q.") + from_key_alias(i);
    }
    return fmt::format("INSERT INTO {} ({}) SELECT {} FROM _tt_keys AS q WHERE {}", quote_name(route_.log),
                       key_names(route_.from_key), values, condition);
}

std::string ReplaySql::requeue() const {
    return requeue_where("q._tt_n = ?");
}

std::string ReplaySql::requeue_spellings() const {
    return requeue_where("NOT q._tt_first");
}

std::string ReplaySql::requeue_all() const {
    return requeue_where("TRUE");
}

std::string ReplaySql::forget_spellings() const {
    return "DELETE FROM _tt_keys WHERE NOT _tt_first";
}

std::string ReplaySql::forget_key() const {
    return "DELETE FROM _tt_keys WHERE _tt_n = ?";
}

std::string ReplaySql::consume() const {
    return fmt::format("DELETE lg FROM _tt_ids AS i STRAIGHT_JOIN {} AS lg ON lg.{} = i._tt_id",
                       quote_name(route_.log), log_id);
}

std::string ReplaySql::key_numbers() const {
    return "SELECT q._tt_n FROM _tt_keys AS q ORDER BY q._tt_n";
}

std::string ReplaySql::key_texts() const {
    std::vector<KeyPart> key = route_.from_key;
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i].column = from_key_alias(i);
    }
    return fmt::format("SELECT {} FROM _tt_keys AS q WHERE q._tt_n = ?", key_texts_sql(key, "q"));
}

} // namespace turntable::mysql
