#include "plan/unit_constants.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "plan/expressions.hpp"
#include "plan/read_table.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

class UnitGuard {
  public:
    UnitGuard(const Table& table, const std::set<std::string>& converted)
        : table_(table), converted_(converted) {}

    void look_at(const std::string& what, const std::string& expression) const {
        const auto columns = columns_of(expression, table_.name);
        const auto constants = numbers_of(expression);
        const bool touches = std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
            return converted_.contains(column);
        });
        // Zero is zero in every unit.
        const bool only_zero = std::all_of(constants.begin(), constants.end(), [](const std::string& number) {
            return number.find_first_not_of("0.") == std::string::npos;
        });
        if (touches && !only_zero) {
            refuse(what, expression);
        }
    }

    // The condition of a trigger speaks of OLD and NEW, so only its text can be looked at.
    void look_at(const Trigger& trigger) const {
        const std::string& text = trigger.create.after;
        const auto when = text.find(" WHEN (");
        if (when == std::string::npos) {
            return;
        }
        const std::string condition = text.substr(when, text.rfind(" EXECUTE ") - when);
        const bool constants = condition.find_first_of("123456789'") != std::string::npos;
        for (const std::string& column : converted_) {
            if (constants && condition.find(column) != std::string::npos) {
                refuse("trigger " + trigger.name, condition);
            }
        }
    }

  private:
    [[noreturn]] static void refuse(const std::string& what, const std::string& text) {
        throw Error{
            ErrorKind::refused, "constant_in_old_unit",
            fmt::format(
                "{} compares a converted column with a constant that was meant for the old values: {}", what,
                text)}
            .next("drop it, and add the one for the new values in the same change or afterwards");
    }

    const Table& table_;
    const std::set<std::string>& converted_;
};

} // namespace

void refuse_constants_in_another_unit(Session& session, const Rehearsal& rehearsal,
                                      const std::set<std::string>& converted,
                                      const std::set<std::string>& added_checks) {
    if (converted.empty()) {
        return;
    }
    const Table& table = rehearsal.after;
    const UnitGuard guard{table, converted};
    for (const Check& check : table.checks) {
        if (!added_checks.contains(check.name)) {
            guard.look_at("constraint " + check.name, check.expression);
        }
    }
    for (const Index& index : table.indexes) {
        if (index.predicate) {
            guard.look_at("index " + index.name, *index.predicate);
        }
        for (std::size_t i = 0; i < index.keys.size(); ++i) {
            if (index.keys[i] == 0) {
                guard.look_at("index " + index.name, index.key_texts[i]);
            }
        }
    }
    for (const Column& column : table.columns) {
        if (column.generated != 0 && column.default_sql) {
            guard.look_at("generated column " + column.name, *column.default_sql);
        }
    }
    const ResultSet policies = session.run("SELECT polname, coalesce(pg_get_expr(polqual, polrelid), 'true'),"
                                           " coalesce(pg_get_expr(polwithcheck, polrelid), 'true')"
                                           " FROM pg_policy WHERE polrelid = $1::oid",
                                           {table.oid});
    for (const auto& cells : policies.rows) {
        const Row row{cells};
        guard.look_at("policy " + row.text(0), row.text(1));
        guard.look_at("policy " + row.text(0), row.text(2));
    }
    for (const Trigger& trigger : table.triggers) {
        guard.look_at(trigger);
    }
}

} // namespace turntable::postgresql
