#include "replay_sql.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

// The batch's keys with their images on the to-side: k0, f0, …
std::string batch(const Detail& detail, Side side) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        const bool forward = side == Side::source;
        columns.push_back((forward ? key.source : key.target) + " AS " + numbered('k', i));
        columns.push_back(fmt::format("CAST(({}) AS {}){} AS {}", forward ? key.forward_sql : key.inverse_sql,
                                      forward ? key.target_type : key.source_type,
                                      forward ? key.target_collation : key.source_collation,
                                      numbered('f', i)));
    }
    return fmt::format("(SELECT {} FROM {} AS q) AS d", joined(columns, ", "), keys_from(detail, side, 1));
}

std::vector<std::string> list(std::string_view prefix, char letter, const Detail& detail) {
    return numbered_list(prefix, letter, detail.key.size());
}

// The source as the shadow should hold it: key k0…, its image f0…, columns c0….
std::string mapped_source(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> columns = mapped_key(detail);
    const std::vector<std::string> compared = mapped_columns(blueprint, detail);
    columns.insert(columns.end(), compared.begin(), compared.end());
    return fmt::format("(SELECT {} FROM {}) AS s", joined(columns, ", "), detail.names.source);
}

} // namespace

std::string delete_stale(const Blueprint& blueprint, const Detail& detail) {
    return fmt::format(
        "DELETE FROM {} AS t USING {} WHERE {} AND NOT EXISTS (SELECT FROM {} WHERE {} AND NOT {})",
        detail.names.shadow, batch(detail, Side::source),
        keys_equal(detail, Side::target, prefixed("t.", target_names(detail)), list("d.", 'f', detail)),
        mapped_source(blueprint, detail),
        keys_equal(detail, Side::source, list("s.", 'k', detail), list("d.", 'k', detail)),
        images_differ(compared_pairs(blueprint, detail, ShadowColumns::named)));
}

std::string delete_all(const Detail& detail) {
    return fmt::format(
        "DELETE FROM {} AS t USING {} WHERE {}", detail.names.shadow, batch(detail, Side::source),
        keys_equal(detail, Side::target, prefixed("t.", target_names(detail)), list("d.", 'f', detail)));
}

std::string insert_missing(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> targets;
    std::vector<std::string> values;
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (detail.columns[i].inserted) {
            targets.push_back(detail.columns[i].target);
            values.push_back("m." + numbered('v', i));
            columns.push_back(blueprint.columns[i].forward_sql + " AS " + numbered('v', i));
        }
    }
    for (const std::string& key : mapped_key(detail)) {
        columns.push_back(key);
    }
    const std::string rows =
        fmt::format("(SELECT {} FROM {} AS s WHERE EXISTS (SELECT FROM {} AS q WHERE {}))",
                    joined(columns, ", "), detail.names.source, keys_from(detail, Side::source, 1),
                    keys_equal(detail, Side::source, prefixed("q.", source_names(detail)),
                               prefixed("s.", source_names(detail))));
    return fmt::format(
        "INSERT INTO {} ({}){} SELECT {} FROM {} AS m WHERE NOT EXISTS (SELECT FROM {} AS t WHERE {})",
        detail.names.shadow, joined(targets, ", "),
        detail.overriding_system_value ? " OVERRIDING SYSTEM VALUE" : "", joined(values, ", "), rows,
        detail.names.shadow,
        keys_equal(detail, Side::target, prefixed("t.", target_names(detail)), list("m.", 'f', detail)));
}

namespace {

// The blueprint's column that a source column comes back from: the identical one where there are several.
std::optional<std::size_t> followed_by(const Blueprint& blueprint, const SourceColumn& column) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        const MappedColumn& mapping = blueprint.columns[i];
        if (mapping.source == unquoted(column.name) && (!found || mapping.identity)) {
            found = i;
        }
    }
    return found;
}

// A value that the old table must have: its own where the new table's value is what it maps to, or where the
// new table has none; else the inverse.
std::string wanted_value(const Blueprint& blueprint, const Detail& detail, std::size_t n) {
    const SourceColumn& column = detail.source_columns[n];
    if (!column.inverse_sql) {
        return fmt::format("CASE WHEN o.present THEN o.{} ELSE {} END", numbered('o', n),
                           column.default_sql.value_or(fmt::format("CAST(NULL AS {})", column.type)));
    }
    const std::optional<std::size_t> target = followed_by(blueprint, column);
    if (!target || !blueprint.columns[*target].compared) {
        return "n." + numbered('i', n);
    }
    const std::string differs =
        images_differ({{"o." + numbered('g', *target), "n." + detail.columns[*target].target,
                        detail.columns[*target].image}});
    return fmt::format("CASE WHEN o.present AND NOT {} THEN o.{} ELSE n.{} END", differs, numbered('o', n),
                       numbered('i', n));
}

// The new table: its own columns, the key's inverse image f0…, and i0… for the old columns that have an
// inverse.
std::string new_rows(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> columns;
    for (const ColumnDetail& column : detail.columns) {
        columns.push_back("s." + column.target);
    }
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        const KeyDetail& key = detail.key[i];
        columns.push_back(fmt::format("CAST(({}) AS {}){} AS {}", key.inverse_sql, key.source_type,
                                      key.source_collation, numbered('f', i)));
    }
    for (std::size_t n = 0; n < detail.source_columns.size(); ++n) {
        const SourceColumn& column = detail.source_columns[n];
        if (column.inverse_sql && !column.generated) {
            columns.push_back(
                fmt::format("CAST(({}) AS {}) AS {}", *column.inverse_sql, column.type, numbered('i', n)));
        }
    }
    static_cast<void>(blueprint);
    return fmt::format("(SELECT {} FROM {} AS s WHERE EXISTS (SELECT FROM {} AS q WHERE {})) AS n",
                       joined(columns, ", "), detail.names.source, keys_from(detail, Side::target, 1),
                       keys_equal(detail, Side::target, prefixed("q.", target_names(detail)),
                                  prefixed("s.", target_names(detail))));
}

// The old table: its columns as o0…, its forward image as g0…, its key as k0….
std::string old_rows(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> columns{"true AS present"};
    for (std::size_t n = 0; n < detail.source_columns.size(); ++n) {
        columns.push_back(detail.source_columns[n].name + " AS " + numbered('o', n));
    }
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (blueprint.columns[i].compared && blueprint.columns[i].source) {
            columns.push_back(mapped(blueprint, detail, i) + " AS " + numbered('g', i));
        }
    }
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        columns.push_back(detail.key[i].source + " AS " + numbered('k', i));
    }
    return fmt::format("(SELECT {} FROM {}) AS o", joined(columns, ", "), detail.names.old);
}

} // namespace

std::string wanted_old_rows(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> columns = prefixed("n.", target_names(detail));
    std::vector<Pair> pairs;
    for (std::size_t n = 0; n < detail.source_columns.size(); ++n) {
        if (detail.source_columns[n].generated) {
            continue;
        }
        const std::string value = wanted_value(blueprint, detail, n);
        columns.push_back(value);
        pairs.push_back({"o." + numbered('o', n), value, detail.source_columns[n].image});
    }
    return fmt::format("SELECT {} FROM {} LEFT JOIN {} ON {} WHERE o.present IS NULL OR {}",
                       joined(columns, ", "), new_rows(blueprint, detail), old_rows(blueprint, detail),
                       keys_equal(detail, Side::source, list("o.", 'k', detail), list("n.", 'f', detail)),
                       images_differ(pairs));
}

std::string delete_absent_old(const Detail& detail) {
    return fmt::format(
        "DELETE FROM {} AS o USING {} WHERE {} AND NOT EXISTS (SELECT FROM {} AS n WHERE {})",
        detail.names.old, batch(detail, Side::target),
        keys_equal(detail, Side::source, prefixed("o.", source_names(detail)), list("d.", 'f', detail)),
        detail.names.source,
        keys_equal(detail, Side::target, prefixed("n.", target_names(detail)), list("d.", 'k', detail)));
}

std::string delete_old(const Detail& detail) {
    return fmt::format(
        "DELETE FROM {} AS o USING {} WHERE {}", detail.names.old, batch(detail, Side::target),
        keys_equal(detail, Side::source, prefixed("o.", source_names(detail)), list("d.", 'f', detail)));
}

std::string insert_old(const Detail& detail) {
    std::vector<std::string> targets;
    std::vector<std::string> values;
    std::vector<std::string> arrays;
    std::vector<std::string> names;
    for (const SourceColumn& column : detail.source_columns) {
        if (!column.generated) {
            const std::size_t n = targets.size();
            targets.push_back(column.name);
            values.push_back(fmt::format("CAST(u.{} AS {})", numbered('a', n), column.type));
            arrays.push_back(fmt::format("pg_catalog.unnest(${}::text[])", n + 1));
            names.push_back(numbered('a', n));
        }
    }
    return fmt::format("INSERT INTO {} ({}){} SELECT {} FROM ROWS FROM ({}) AS u({})", detail.names.old,
                       joined(targets, ", "),
                       detail.reverse_overriding_system_value ? " OVERRIDING SYSTEM VALUE" : "",
                       joined(values, ", "), joined(arrays, ", "), joined(names, ", "));
}

std::string delete_after_truncate(const Detail& detail) {
    std::vector<std::string> key;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        key.push_back(fmt::format("CAST(({}) AS {}){} AS {}", detail.key[i].inverse_sql,
                                  detail.key[i].source_type, detail.key[i].source_collation,
                                  numbered('f', i)));
    }
    return fmt::format(
        "DELETE FROM {} AS o WHERE NOT EXISTS (SELECT FROM (SELECT {} FROM {}) AS n WHERE {})",
        detail.names.old, joined(key, ", "), detail.names.source,
        keys_equal(detail, Side::source, prefixed("o.", source_names(detail)), list("n.", 'f', detail)));
}

} // namespace turntable::postgresql
