#include "plan/rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

#include "plan/expressions.hpp"
#include "plan/key.hpp"
#include "plan/orphans.hpp"
#include "plan/quoting.hpp"
#include "turntable/conversion_classes.hpp"

namespace turntable::postgresql {
namespace {

class RuleWriter {
  public:
    RuleWriter(const Rehearsal& rehearsal, Detail& detail) : rehearsal_(rehearsal), detail_(detail) {}

    void write() {
        guards_.resize(rehearsal_.origins.size());
        for (std::size_t i = 0; i < rehearsal_.origins.size(); ++i) {
            column_rules(i);
        }
        for (const Check& check : rehearsal_.after.checks) {
            const auto& names = rehearsal_.new_checks;
            if (std::find(names.begin(), names.end(), check.name) != names.end()) {
                check_rule(check);
            }
        }
        for (const Index& index : rehearsal_.after.indexes) {
            if (index.unique && !already_unique(index)) {
                unique_rule(index);
            }
        }
        for (const ForeignKey& key : rehearsal_.after.foreign_keys) {
            if (key.validated && !already_referencing(key)) {
                foreign_key_rule(key);
            }
        }
    }

  private:
    void column_rules(std::size_t i) {
        const Column& column = rehearsal_.after.columns[i];
        const ColumnOrigin& origin = rehearsal_.origins[i];
        if (origin.by_default) {
            return;
        }
        if (origin.conversion) {
            const ConversionPlan& plan = rehearsal_.conversions[*origin.conversion];
            guards_[i] = stopping_rows(plan);
            const auto classes = planned_classes(plan);
            if (plan.asked.rule != "collation" &&
                std::all_of(classes.begin(), classes.end(),
                            [&](const PlannedClass& one) { return (plan.*one.predicate).empty(); })) {
                evaluate(i);
            }
            if (column.not_null && !plan.asked.keep) { // kept: NOT NULL where the old column is
                converted_not_null_rule(i, column);
            }
            return;
        }
        const Column* const source = origin.source ? rehearsal_.source.find_column(*origin.source) : nullptr;
        if (column.not_null && column.not_null_validated &&
            (source == nullptr || !source->not_null || !source->not_null_validated)) {
            not_null_rule(column, origin, origin.forward_sql);
        }
        if (source != nullptr && source->type != column.type && origin.inverse_sql) {
            value_rules(i, *source);
        }
        const bool widens = source != nullptr && origin.inverse_sql && integer(*source) && integer(column);
        if (source != nullptr && !origin.identity && !widens) {
            evaluate(i);
        }
    }

    // Where no predicate tells which rows the server refuses, the probe finds them by asking for their
    // values.
    void evaluate(std::size_t i) {
        const ColumnOrigin& origin = rehearsal_.origins[i];
        if (guards_[i].empty()) {
            const std::string shown = origin.conversion
                                          ? rehearsal_.conversions[*origin.conversion].source_column
                                          : origin.source.value_or("");
            detail_.evaluated.push_back(
                {rehearsal_.after.columns[i].name, origin.forward_sql, quoted(shown) + "::text"});
        }
    }

    // The value that column i gets, NULL where it would be refused anyway.
    [[nodiscard]] std::string guarded(std::size_t i) const {
        const std::string& forward = rehearsal_.origins[i].forward_sql;
        return guards_[i].empty()
                   ? forward
                   : fmt::format("CASE WHEN ({}) IS NOT TRUE THEN {} END", guards_[i], forward);
    }

    void not_null_rule(const Column& column, const ColumnOrigin& origin, const std::string& value) {
        const Column* const source = origin.source ? rehearsal_.source.find_column(*origin.source) : nullptr;
        if (source != nullptr && source->not_null && source->not_null_validated) {
            return;
        }
        detail_.row_rules.push_back(
            {"not_null", column.name, fmt::format("({}) IS NULL", value), "NULL::text"});
    }

    // The conversion leaves NULL what its policies say, and what was NULL before. The rows that it stops at
    // are findings of its own.
    void converted_not_null_rule(std::size_t i, const Column& column) {
        const ColumnOrigin& origin = rehearsal_.origins[i];
        const ConversionPlan& plan = rehearsal_.conversions[*origin.conversion];
        const Column* const source = origin.source ? rehearsal_.source.find_column(*origin.source) : nullptr;
        const auto classes = planned_classes(plan);
        const bool only_stops = std::all_of(classes.begin(), classes.end(), [&](const PlannedClass& one) {
            return one.finding == "rounded" || (plan.*one.predicate).empty() ||
                   one.fate == PlannedClass::Fate::stops;
        });
        if (plan.asked.rule == "using") { // evaluating it may fail; evaluate() tells that
            not_null_rule(column, origin, quoted(plan.source_column));
            return;
        }
        if (source != nullptr && source->not_null && source->not_null_validated && only_stops) {
            return;
        }
        const std::string is_null = fmt::format("({}) IS NULL", origin.forward_sql);
        detail_.row_rules.push_back(
            {"not_null", column.name,
             guards_[i].empty() ? is_null
                                : fmt::format("CASE WHEN {} THEN false ELSE {} END", guards_[i], is_null),
             "NULL::text"});
    }

    // A change of type without USING: what the new type refuses, or would silently keep less of.
    void value_rules(std::size_t i, const Column& source) {
        const Column& column = rehearsal_.after.columns[i];
        static constexpr std::array<Oid, 2> texts{25, 1043};
        const std::string value = quoted(source.name);
        const auto add = [&](const char* rule, const std::string& violated) {
            detail_.row_rules.push_back({rule, column.name, violated, value + "::text"});
            if (std::string_view{rule} != "altered") {
                guards_[i] = violated;
            }
        };
        if (const std::string range = integer_range(column, source, value);
            !range.empty() && numeric(source)) {
            add("range", range);
        } else if (column.declared_type_oid == 1043 && column.typmod >= 4 &&
                   std::find(texts.begin(), texts.end(), source.declared_type_oid) != texts.end()) {
            add("length", fmt::format("rtrim(substr({}, {}), ' ') <> ''", value, column.typmod - 4 + 1));
        } else if (column.declared_type_oid == 1700 && column.typmod >= 4 && numeric(source)) {
            const int precision = ((column.typmod - 4) >> 16) & 0xFFFF;
            const int scale = (column.typmod - 4) & 0x7FF;
            add("range",
                fmt::format(
                    "abs(round(({})::numeric, {})) >= 1e{}::numeric OR ({})::text IN ('NaN', 'Infinity', "
                    "'-Infinity')",
                    value, scale, precision - scale, value));
            add("altered",
                fmt::format(
                    "({0})::text NOT IN ('NaN', 'Infinity', '-Infinity') AND round(({0})::text::numeric, "
                    "{1}) <> ({0})::text::numeric",
                    value, scale));
        }
        if (integer(column) && numeric(source) && !integer(source)) {
            add("altered",
                fmt::format(
                    "({0})::text NOT IN ('NaN', 'Infinity', '-Infinity') AND round(({0})::text::numeric) "
                    "<> ({0})::text::numeric",
                    value));
        }
    }

    static bool integer(const Column& column) {
        return column.type_oid == 20 || column.type_oid == 21 || column.type_oid == 23;
    }
    static bool numeric(const Column& column) {
        return integer(column) || column.type_oid == 700 || column.type_oid == 701 || column.type_oid == 1700;
    }

    // "" where the type is no integer.
    static std::string integer_range(const Column& column, const Column& source, const std::string& value) {
        const char* const bounds = column.type_oid == 21   ? "-32768 AND 32767"
                                   : column.type_oid == 23 ? "-2147483648 AND 2147483647"
                                   : column.type_oid == 20 ? "-9223372036854775808 AND 9223372036854775807"
                                                           : nullptr;
        if (bounds == nullptr || (integer(source) && integer_bytes(source) <= integer_bytes(column))) {
            return "";
        }
        if (integer(source)) {
            return fmt::format("{} NOT BETWEEN {}", value, bounds);
        }
        return fmt::format("CASE WHEN ({0})::text IN ('NaN', 'Infinity', '-Infinity') THEN true ELSE "
                           "round(({0})::text::numeric) NOT BETWEEN {1} END",
                           value, bounds);
    }
    static int integer_bytes(const Column& column) {
        return column.type_oid == 21 ? 2 : column.type_oid == 23 ? 4 : 8;
    }

    // Text over the wanted shape's columns, as one over the source's.
    std::string over_source(const std::string& text) const {
        return substituted(text, rehearsal_.after.name,
                           [&](const std::string& name) -> std::optional<std::string> {
                               for (std::size_t i = 0; i < rehearsal_.after.columns.size(); ++i) {
                                   if (rehearsal_.after.columns[i].name == name) {
                                       const ColumnOrigin& origin = rehearsal_.origins[i];
                                       return origin.by_default ? "NULL" : guarded(i);
                                   }
                               }
                               return std::nullopt;
                           });
    }

    void check_rule(const Check& check) {
        if (fills_by_default(check.columns)) {
            return;
        }
        std::vector<std::string> values;
        for (const Attnum attnum : check.columns) {
            values.push_back(
                fmt::format("({})::text", over_source(quoted(rehearsal_.after.find_column(attnum)->name))));
        }
        detail_.row_rules.push_back(
            {"check", check.name, fmt::format("NOT ({})", over_source(check.expression)),
             values.empty() ? "NULL::text" : fmt::format("concat_ws(', ', {})", joined(values, ", "))});
    }

    bool fills_by_default(const std::vector<Attnum>& columns) const {
        return std::any_of(columns.begin(), columns.end(), [&](Attnum attnum) {
            for (std::size_t i = 0; i < rehearsal_.after.columns.size(); ++i) {
                if (rehearsal_.after.columns[i].attnum == attnum) {
                    return rehearsal_.origins[i].by_default;
                }
            }
            return true;
        });
    }

    // The same columns, unconverted, are unique on the source already.
    bool already_unique(const Index& index) const {
        if (index.predicate) {
            const auto same = [&](const Index& was) {
                return was.unique && was.valid && was.tail == index.tail;
            };
            return std::any_of(rehearsal_.source.indexes.begin(), rehearsal_.source.indexes.end(), same);
        }
        std::vector<std::string> wanted;
        for (std::size_t i = 0; i < index.keys.size(); ++i) {
            const std::string same = integer_source(index.keys[i]);
            wanted.push_back((same.empty() ? over_source(index.key_texts[i]) : quoted(same)) +
                             new_equality(index.keys[i]));
        }
        std::sort(wanted.begin(), wanted.end());
        return std::any_of(rehearsal_.source.indexes.begin(), rehearsal_.source.indexes.end(),
                           [&](const Index& was) {
                               std::vector<std::string> has;
                               for (std::size_t i = 0; i < was.keys.size(); ++i) {
                                   const Column* const column = rehearsal_.source.find_column(was.keys[i]);
                                   has.push_back(column != nullptr ? quoted(column->name) : was.key_texts[i]);
                               }
                               std::sort(has.begin(), has.end());
                               return was.unique && was.valid && !was.predicate && has == wanted;
                           });
    }

    // The integer column of the source of which this one is a cast to another integer: different values stay
    // different.
    [[nodiscard]] std::string integer_source(Attnum attnum) const {
        const Column* const source = rehearsal_.source.find_column(cast_source(rehearsal_, attnum));
        const Column* const column = rehearsal_.after.find_column(attnum);
        return source != nullptr && column != nullptr && integer(*source) && integer(*column) ? source->name
                                                                                              : "";
    }

    // The collation under which the column's values are compared from now on, where it calls different texts
    // equal that were not so before; else "".
    [[nodiscard]] std::string new_equality(Attnum attnum) const {
        const Column* const source = rehearsal_.source.find_column(cast_source(rehearsal_, attnum));
        const Column* const column = rehearsal_.after.find_column(attnum);
        return column == nullptr || column->deterministic ||
                       (source != nullptr && source->collation == column->collation)
                   ? ""
                   : column->collation;
    }

    void unique_rule(const Index& index) {
        if (fills_by_default(index.keys)) {
            return; // an expression, or a column that its default fills: the index build finds out
        }
        std::vector<std::string> values;
        std::vector<std::string> not_null;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < index.key_texts.size(); ++i) {
            values.push_back(fmt::format("({}){} AS u{}", over_source(index.key_texts[i]),
                                         new_equality(index.keys[i]), i + 1));
            names.push_back(fmt::format("u{}", i + 1));
            not_null.push_back(fmt::format("u{} IS NOT NULL", i + 1));
        }
        const std::string predicate = index.predicate ? " WHERE " + over_source(*index.predicate) : "";
        const std::string held = index.nulls_not_distinct ? "" : " WHERE " + joined(not_null, " AND ");
        const std::string list = joined(names, ", ");
        const std::string count = fmt::format(
            "SELECT coalesce(sum(rows - 1), 0)::bigint FROM (SELECT count(*) AS rows FROM (SELECT {} FROM "
            "{}{}) AS s{} GROUP BY {} HAVING count(*) > 1) AS g",
            joined(values, ", "), rehearsal_.source.sql(), predicate, held, list);
        const std::string examples =
            fmt::format("SELECT row_key, concat_ws(', ', {0}) FROM (SELECT row_key, {0}, count(*) OVER "
                        "(PARTITION BY {0}) "
                        "AS rows FROM (SELECT {1} AS row_key, {2} FROM {3}{4}) AS s{5}) AS g WHERE rows > 1 "
                        "ORDER BY {0}, "
                        "row_key",
                        list, shown_row_key(rehearsal_.source), joined(values, ", "), rehearsal_.source.sql(),
                        predicate, held);
        detail_.table_rules.push_back({"unique", index.name, count, examples});
    }

    bool already_referencing(const ForeignKey& key) const {
        const auto& had = rehearsal_.source.foreign_keys;
        return std::any_of(had.begin(), had.end(), [&](const ForeignKey& was) {
            return was.validated && same_reference(rehearsal_, was, key);
        });
    }

    void foreign_key_rule(const ForeignKey& key) {
        if (fills_by_default(key.columns) || key.rest.ends_with(" NOT ENFORCED")) {
            return;
        }
        std::vector<std::string> values;
        for (const Attnum attnum : key.columns) {
            values.push_back(over_source(quoted(rehearsal_.after.find_column(attnum)->name)));
        }
        const bool itself = key.referenced == rehearsal_.after.oid;
        const std::string table = rehearsal_.source.sql();
        detail_.table_rules.push_back(
            orphan_rule(key, values, shown_row_key(rehearsal_.source), table,
                        itself ? table : qualified(key.referenced_schema, key.referenced_name)));
    }

    const Rehearsal& rehearsal_;
    Detail& detail_;
    std::vector<std::string> guards_; // parallel to the columns: rows whose value would be refused
};

} // namespace

void add_rules(const Rehearsal& rehearsal, Detail& detail) {
    RuleWriter{rehearsal, detail}.write();
}

void ask_in_one_pass(const Rehearsal& rehearsal, Detail& detail) {
    for (const RowRule& rule : detail.row_rules) {
        const std::string broken = fmt::format("FROM {} WHERE {}", rehearsal.source.sql(), rule.violated_sql);
        detail.table_rules.push_back(
            {rule.rule, rule.subject, "SELECT count(*) " + broken,
             fmt::format("SELECT 'ctid=' || ctid::text, {} {}", rule.value_sql, broken)});
    }
    detail.row_rules.clear();
}

} // namespace turntable::postgresql
