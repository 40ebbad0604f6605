#include "mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "casts.hpp"
#include "key_sql.hpp"
#include "quote.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

const ConversionPlan* conversion_into(const Blueprint& blueprint, const std::string& target) {
    const auto found = std::ranges::find_if(blueprint.conversions, [&](const ConversionPlan& plan) {
        return same_name(plan.target_column, target);
    });
    return found == blueprint.conversions.end() ? nullptr : &*found;
}

// What the server's own ALTER fills a NOT NULL column with that has no default; "" for types where it fails.
std::string implicit_default(const Column& column) {
    static const std::set<std::string, std::less<>> zero{"tinyint", "smallint", "mediumint", "int",
                                                         "bigint",  "decimal",  "float",     "double"};
    if (zero.contains(column.data_type)) {
        return "0";
    }
    if (column.data_type == "enum") {
        return "1"; // the first value, by its number
    }
    static const std::set<std::string, std::less<>> bytes{"binary", "varbinary",  "tinyblob",
                                                          "blob",   "mediumblob", "longblob"};
    return !column.charset.empty() || bytes.contains(column.data_type) ? "''" : "";
}

void map_added(const Column& to, MappedColumn& mapped, ColumnDetail& detail) {
    detail.inserted = false;
    mapped.compared = false; // its default may be an expression
    if (to.generated() || to.nullable || to.default_text || to.auto_increment()) {
        mapped.forward_sql = "DEFAULT";
        return;
    }
    mapped.forward_sql = implicit_default(to);
    if (mapped.forward_sql.empty()) {
        throw Error{ErrorKind::refused, "no_default",
                    "the new column '" + to.name + "' (" + to.type + ") is NOT NULL and has no default"}
            .next("give it a DEFAULT");
    }
    detail.inserted = true;
    detail.image_sql = mapped.forward_sql;
}

void map_followed(const Column& from, const Column& to, MappedColumn& mapped, ColumnDetail& detail) {
    mapped.source = from.name;
    detail.source_inserted = !from.generated();
    detail.source_image = image_of(from);
    const auto image = image_after_cast(from, to);
    if (!image) {
        throw Error{ErrorKind::refused, "type_change",
                    fmt::format("what becomes of the values of '{}' from {} to {} is not known exactly",
                                from.name, from.type, to.type)}
            .next("say it with --convert " + from.name + "=…, which also brings the way back");
    }
    mapped.forward_sql = quote_name(from.name);
    detail.image_sql = *image;
    mapped.identity = same_type(from, to);
    auto checked = integer_of_number(from, to);
    if (!checked) {
        checked = number_of_text(from, to);
    }
    if (checked) {
        mapped.inverse_sql = checked->value;
        detail.inverse_image_sql = checked->image;
    } else if (const auto back = image_after_cast(to, from)) {
        mapped.inverse_sql = quote_name(to.name);
        detail.inverse_image_sql = *back;
    }
    if (to.generated()) {
        detail.inserted = false;
        mapped.compared = false;
    }
}

// The server's own conversion is the rule's: the mapping is that of a plain change of type.
bool follows(const ConversionPlan& plan) {
    return (plan.asked.rule == "charset" || plan.asked.rule == "collation") &&
           plan.forward_sql == quote_name(plan.source_column);
}

void map_converted(const Column& from, const ConversionPlan& plan, MappedColumn& mapped,
                   ColumnDetail& detail) {
    mapped.forward_sql = plan.forward_sql;
    detail.image_sql = plan.forward_sql;
    if (plan.asked.keep) {
        return; // the old column is there, too, and brings itself back
    }
    mapped.source = from.name;
    mapped.inverse_sql = plan.inverse_sql;
    detail.source_image = image_of(from);
    detail.inverse_image_sql = plan.inverse_sql.value_or("");
}

bool usable(const Index& index, const Table& table) {
    return index.unique && std::ranges::all_of(index.parts, [&](const IndexPart& part) {
               const Column* const column = table.column(part.column);
               return column != nullptr && !part.prefix && !column->nullable &&
                      column->data_type != "float" && column->data_type != "double";
           });
}

// The usable unique index of the target over exactly these columns, in any order.
const Index* index_over(const Table& target, const std::vector<std::string>& columns) {
    for (const Index& index : target.indexes) {
        const bool fits = usable(index, target) && index.parts.size() == columns.size() &&
                          std::ranges::all_of(index.parts, [&](const IndexPart& part) {
                              return std::ranges::any_of(columns, [&](const std::string& name) {
                                  return same_name(name, part.column);
                              });
                          });
        if (fits) {
            return &index;
        }
    }
    return nullptr;
}

const MappedColumn* following(const Blueprint& blueprint, const std::string& source) {
    const auto found = std::ranges::find_if(blueprint.columns, [&](const MappedColumn& mapped) {
        return mapped.source && same_name(*mapped.source, source) && mapped.compared;
    });
    return found == blueprint.columns.end() ? nullptr : &*found;
}

bool try_key(const Index& index, const Table& source, const Table& target, Blueprint& blueprint,
             Detail& detail) {
    std::vector<std::string> mapped_names;
    for (const IndexPart& part : index.parts) {
        const MappedColumn* const mapped = following(blueprint, part.column);
        const ConversionPlan* const plan =
            mapped == nullptr ? nullptr : conversion_into(blueprint, mapped->target);
        if (mapped == nullptr || (plan != nullptr && !follows(*plan)) ||
            mapped->inverse_sql != quote_name(mapped->target) || source.column(part.column)->generated()) {
            return false;
        }
        mapped_names.push_back(mapped->target);
    }
    const Index* const on_target = index_over(target, mapped_names);
    if (on_target == nullptr) {
        return false;
    }
    detail.source_key_index = index.name;
    detail.target_key_index = on_target->name;
    for (std::size_t i = 0; i < index.parts.size(); ++i) {
        const Column& from = *source.column(index.parts[i].column);
        const Column& to = *target.column(mapped_names[i]);
        detail.source_key.push_back(key_part(from));
        detail.target_key.push_back(key_part(to));
        detail.key_order_kept = detail.key_order_kept && keeps_order(from, to);
        blueprint.key.push_back({from.name, to.name, declared(detail.source_key.back())});
    }
    return true;
}

} // namespace

void map_columns(const Table& source, const Table& target, const std::vector<TracedColumn>& traced,
                 Blueprint& blueprint, Detail& detail) {
    if (traced.size() != target.columns.size()) {
        throw Error{ErrorKind::refused, "columns_not_followed",
                    "the server made other columns of the ALTER clauses than they were read as here"};
    }
    std::set<std::string> kept;
    for (const Column& to : target.columns) {
        const auto trace =
            std::ranges::find_if(traced, [&](const TracedColumn& t) { return same_name(t.name, to.name); });
        if (trace == traced.end()) {
            throw Error{ErrorKind::refused, "columns_not_followed",
                        "where the column '" + to.name + "' comes from was not understood"};
        }
        MappedColumn mapped;
        ColumnDetail column;
        mapped.target = column.target = to.name;
        column.image = image_of(to);
        const ConversionPlan* const plan = conversion_into(blueprint, to.name);
        if (plan != nullptr && follows(*plan)) {
            map_followed(*source.column(plan->source_column), to, mapped, column);
        } else if (plan != nullptr) {
            map_converted(*source.column(plan->source_column), *plan, mapped, column);
        } else if (trace->origin) {
            map_followed(*source.column(*trace->origin), to, mapped, column);
        } else {
            map_added(to, mapped, column);
        }
        kept.insert(trace->origin.value_or(""));
        blueprint.columns.push_back(std::move(mapped));
        detail.columns.push_back(std::move(column));
    }
    for (const Column& from : source.columns) {
        if (!kept.contains(from.name)) {
            blueprint.dropped_columns.push_back(from.name);
            if (!from.generated()) {
                detail.carried.push_back({from.name, image_of(from)});
            }
        }
    }
    detail.auto_increment = target.has_auto_increment();
}

void choose_key(const Table& source, const Table& target, Blueprint& blueprint, Detail& detail) {
    for (const Index& index : source.indexes) { // the primary key comes first
        if (usable(index, source) && try_key(index, source, target, blueprint, detail)) {
            return;
        }
    }
    throw Error{
        ErrorKind::refused, "no_usable_key",
        "'" + source.name +
            "' has no usable key: a PRIMARY KEY or a UNIQUE index over NOT NULL columns, "
            "without prefixes, expressions or floating point, that the table still has after the change"}
        .next("add such an index first");
}

void identify_rows(const Table& source, Blueprint& blueprint, Detail& detail) {
    const auto index =
        std::ranges::find_if(source.indexes, [&](const Index& one) { return usable(one, source); });
    if (index == source.indexes.end()) {
        return;
    }
    detail.source_key_index = index->name;
    for (const IndexPart& part : index->parts) {
        const Column& column = *source.column(part.column);
        detail.source_key.push_back(key_part(column));
        blueprint.key.push_back({column.name, column.name, declared(detail.source_key.back())});
    }
}

} // namespace turntable::mysql
