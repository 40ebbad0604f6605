#include "plan/key.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// Why the index of this table cannot identify rows; empty: it can.
std::string unfit(const Index& index, const Table& table) {
    if (!index.unique) {
        return "it is not unique";
    }
    if (!index.valid) {
        return "it is invalid";
    }
    if (index.predicate) {
        return "it is partial";
    }
    if (index.access_method != "btree") {
        return "it is not a btree";
    }
    for (const Attnum attnum : index.keys) {
        const Column* const column = table.find_column(attnum);
        if (column == nullptr) {
            return "it is over an expression";
        }
        if (!column->not_null || !column->not_null_validated) {
            return fmt::format("column {} may be NULL", column->name);
        }
    }
    return "";
}

// Types between which a cast maps different values to different values or fails.
bool injective(const Column& from, const Column& to) {
    static constexpr std::array<Oid, 3> integers{20, 21, 23};
    static constexpr std::array<Oid, 2> texts{25, 1043};
    const auto one_of = [](const auto& set, Oid type) {
        return std::find(set.begin(), set.end(), type) != set.end();
    };
    if (one_of(integers, from.declared_type_oid)) {
        const bool whole_numeric = to.declared_type_oid == 1700 && to.typmod < 0;
        return one_of(integers, to.declared_type_oid) || whole_numeric || to.declared_type_oid == 25;
    }
    if (one_of(texts, from.declared_type_oid)) {
        return one_of(texts, to.declared_type_oid) && from.deterministic && to.deterministic;
    }
    return from.declared_type_oid == 2950 && to.declared_type_oid == 25; // uuid to text
}

const ColumnOrigin* follower(const Rehearsal& rehearsal, const std::string& source, const Column** target) {
    for (std::size_t i = 0; i < rehearsal.origins.size(); ++i) {
        if (rehearsal.origins[i].source == source) {
            *target = &rehearsal.after.columns[i];
            return &rehearsal.origins[i];
        }
    }
    return nullptr;
}

// A unique index of the wanted shape over exactly these columns, in any order.
const Index* matching(const Rehearsal& rehearsal, const std::vector<Attnum>& columns) {
    for (const Index& index : rehearsal.after.indexes) {
        if (unfit(index, rehearsal.after).empty() && index.keys.size() == columns.size() &&
            std::is_permutation(index.keys.begin(), index.keys.end(), columns.begin())) {
            return &index;
        }
    }
    return nullptr;
}

std::string try_index(const Rehearsal& rehearsal, const Index& index, Key& key) {
    if (std::string why = unfit(index, rehearsal.source); !why.empty()) {
        return why;
    }
    if (!index.immediate) {
        return "it is deferrable";
    }
    Key found;
    found.source = &index;
    std::vector<Attnum> targets;
    for (std::size_t i = 0; i < index.keys.size(); ++i) {
        const Column& source = *rehearsal.source.find_column(index.keys[i]);
        const Column* target = nullptr;
        const ColumnOrigin* const origin = follower(rehearsal, source.name, &target);
        if (origin == nullptr) {
            return fmt::format("the change drops its column {}", source.name);
        }
        if (target->generated != 0 || source.generated != 0) {
            return fmt::format("its column {} is generated", source.name);
        }
        const bool changes_values =
            origin->conversion && rehearsal.conversions[*origin->conversion].asked.rule != "collation";
        const bool followed =
            origin->identity || (origin->inverse_sql && !changes_values && injective(source, *target));
        if (!followed) {
            return fmt::format("the change of its column {} may map two keys to one", source.name);
        }
        targets.push_back(target->attnum);
        found.columns.push_back({&source, target, origin, i, 0});
    }
    found.target = matching(rehearsal, targets);
    if (found.target == nullptr) {
        return "the wanted shape has no unique index over its columns";
    }
    for (Key::Pair& pair : found.columns) {
        const auto place =
            std::find(found.target->keys.begin(), found.target->keys.end(), pair.target->attnum);
        pair.target_place = static_cast<std::size_t>(place - found.target->keys.begin());
    }
    key = std::move(found);
    return "";
}

} // namespace

const Index* identifying_index(const Table& table) {
    const auto found = std::find_if(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
        return unfit(index, table).empty() && index.immediate;
    });
    return found == table.indexes.end() ? nullptr : &*found;
}

std::string shown_row_key(const Table& table) {
    const Index* const index = identifying_index(table);
    if (index == nullptr) {
        return "'ctid=' || ctid::text";
    }
    std::vector<std::string> parts;
    for (const Attnum attnum : index->keys) {
        const std::string& name = table.find_column(attnum)->name;
        parts.push_back(fmt::format("{} || {}::text", literal(name + "="), quoted(name)));
    }
    return joined(parts, " || ', ' || ");
}

Key choose_key(const Rehearsal& rehearsal) {
    Key key;
    std::vector<std::string> reasons;
    for (const Index& index : rehearsal.source.indexes) {
        const std::string why = try_index(rehearsal, index, key);
        if (why.empty()) {
            return key;
        }
        if (index.unique) {
            reasons.push_back(fmt::format("{}: {}", index.name, why));
        }
    }
    throw Error{
        ErrorKind::refused, "no_usable_key",
        fmt::format(
            "{} has no PRIMARY KEY or UNIQUE NOT NULL index that identifies its rows before and after "
            "the change{}{}",
            rehearsal.source.sql(), reasons.empty() ? "" : " (", joined(reasons, "; ")) +
            (reasons.empty() ? "" : ")")}
        .next("add one first: CREATE UNIQUE INDEX CONCURRENTLY over NOT NULL columns");
}

} // namespace turntable::postgresql
