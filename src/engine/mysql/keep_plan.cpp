// What keep=yes needs to know beforehand: the bodies of the triggers, and how the server drops the column.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "casts.hpp"
#include "conversion_default.hpp"
#include "create_text.hpp"
#include "keep.hpp"
#include "quote.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

Error not_keepable(const std::string& column, const std::string& why) {
    return Error{ErrorKind::refused, "keep_not_possible",
                 fmt::format("keep=yes of column {}: {}", column, why)};
}

// What hangs on the old column would go with it, and the new one would lack it: any line of the definition
// but its own that names it.
void require_unattached(const Column& column, const Table& target) {
    const std::string name = quote_name(column.name);
    std::istringstream lines{target.create_text};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
        const bool own = line.compare(start, name.size(), name) == 0;
        const bool attached =
            own ? line.find(" CHECK (") != std::string::npos : line.find(name) != std::string::npos;
        if (attached) {
            throw not_keepable(column.name, line.substr(start) + " would go with it at finalize")
                .next(
                    "drop what hangs on the column in a change before, and make it anew for the new column");
        }
    }
    if (column.generated() || column.auto_increment() ||
        column.extra.find("on update") != std::string::npos) {
        throw not_keepable(column.name, "the server makes its values");
    }
}

void require_keepable(Session& session, const ConversionPlan& plan, const Column& column,
                      const Table& target) {
    require_unattached(column, target);
    if (!plan.inverse_sql) {
        throw not_keepable(column.name, "nothing says how it is made of " + plan.target_column);
    }
    if (column.default_text && column.nullable) {
        throw not_keepable(column.name, "it may be NULL and has a default, so an INSERT of NULL into the new "
                                        "column would look like one that leaves both out")
            .next("drop the default or make the column NOT NULL in a change before");
    }
    if (plan.source_type.starts_with("timestamp") || plan.target_type.starts_with("timestamp")) {
        throw not_keepable(column.name, "a trigger reads a TIMESTAMP in the time zone of whoever writes")
            .next("take type=timestamp, which is a DATETIME here");
    }
    try {
        session.run(fmt::format("SELECT {} FROM (SELECT {} FROM {} LIMIT 0) AS _tt_row", plan.forward_sql,
                                quote_name(column.name), quote_name(target.name)));
    } catch (const DatabaseError& error) {
        throw not_keepable(column.name, "its conversion must look at that column and no other (" +
                                            std::string{error.what()} + ")");
    }
}

// MariaDB fails an INSERT … SELECT and a LOAD DATA that leave out a NOT NULL column without a default, before
// any trigger runs. So each of the two has a default that no application writes and that means "left out"; ""
// where the type has none such.
std::string left_out_mark(const std::string& type, const std::string& data_type) {
    const bool is_unsigned = type.find("unsigned") != std::string::npos;
    const auto of = [&](const char* smallest, const char* largest) {
        return std::string{is_unsigned ? largest : smallest};
    };
    if (data_type == "tinyint") {
        return of("-128", "255");
    }
    if (data_type == "smallint") {
        return of("-32768", "65535");
    }
    if (data_type == "mediumint") {
        return of("-8388608", "16777215");
    }
    if (data_type == "int") {
        return of("-2147483648", "4294967295");
    }
    if (data_type == "bigint") {
        return of("-9223372036854775808", "18446744073709551615");
    }
    if (data_type == "double" && !is_unsigned) {
        return "-1.7976931348623157e308";
    }
    if (data_type == "float" && !is_unsigned) {
        return "-1.7014118346046923e38"; // a power of two: the same number in both widths
    }
    return "";
}

std::string mark_of(const Column& column, ServerKind kind) {
    const bool needed = kind == ServerKind::mariadb && !column.nullable;
    return needed ? left_out_mark(column.type, column.data_type) : "";
}

// The bodies of the triggers for one pair of columns.
class PairSql {
  public:
    struct LeftOut {
        std::string old_default, old_mark, new_mark; // SQL, "" where there is none
    };
    PairSql(const ConversionPlan& plan, const Column& old_column, const Column& new_column, LeftOut left_out)
        : plan_(plan),
          old_image_(image_of(old_column)),
          new_image_(image_of(new_column)),
          a_("NEW." + quote_name(old_column.name)),
          b_("NEW." + quote_name(new_column.name)),
          old_a_("OLD." + quote_name(old_column.name)),
          old_b_("OLD." + quote_name(new_column.name)),
          left_out_(std::move(left_out)),
          forward_(over(plan.forward_sql, a_, old_column.name)) {}

    // An INSERT cannot tell a column that was left out from one given as NULL or as the default: of the old
    // column, both count as left out where the new one is given.
    [[nodiscard]] std::string insert() const {
        std::string old_left_out = a_ + " IS NULL";
        for (const std::string& value : {left_out_.old_default, left_out_.old_mark}) {
            old_left_out += value.empty() ? "" : fmt::format(" OR {} <=> {}", a_, value);
        }
        std::string new_left_out = b_ + " IS NULL";
        if (!left_out_.new_mark.empty()) {
            new_left_out += fmt::format(" OR {} <=> {}", b_, left_out_.new_mark);
        }
        return fmt::format("IF {} THEN {}{} ELSEIF NOT ({}) THEN IF NOT ({}) THEN {} END IF; {} END IF;",
                           new_left_out, neither_given(), from_old(), in_step(), old_left_out,
                           contradiction(), from_new());
    }

    [[nodiscard]] std::string update() const {
        const std::string same_a = same_image(old_image_, a_, old_a_);
        const std::string same_b = same_image(new_image_, b_, old_b_);
        return fmt::format("IF NOT ({0}) AND {1} THEN {2} ELSEIF NOT ({1}) THEN IF NOT ({3}) THEN IF NOT "
                           "({0}) THEN {4} END IF; {5} END IF; END IF;",
                           same_a, same_b, from_old(), in_step(), contradiction(), from_new());
    }

  private:
    [[nodiscard]] static std::string over(const std::string& expression, const std::string& value,
                                          const std::string& column) {
        return fmt::format("(SELECT {} FROM (SELECT {} AS {}) AS _tt_row)", expression, value,
                           quote_name(column));
    }
    [[nodiscard]] std::string neither_given() const {
        return left_out_.old_mark.empty()
                   ? ""
                   : fmt::format("IF {} <=> {} THEN {} END IF; ", a_, left_out_.old_mark,
                                 signal({text(fmt::format("neither {} nor {} has a value, and no default",
                                                          plan_.source_column, plan_.target_column))}));
    }
    [[nodiscard]] std::string in_step() const { return same_image(new_image_, forward_, b_); }

    // The statement may be one that turns errors into warnings: a value that the conversion does not take
    // must not become a NULL for that.
    [[nodiscard]] std::string from_old() const {
        return fmt::format("SET {0} = {1}; IF {0} IS NULL AND {2} IS NOT NULL AND NOT ({3}) THEN {4} END IF;",
                           b_, forward_, a_, null_is_meant(),
                           signal({text("column " + plan_.source_column + ": "), a_,
                                   text(" cannot be converted to " + plan_.target_column)}));
    }
    [[nodiscard]] std::string from_new() const {
        return fmt::format("SET {} = {}; IF NOT ({}) THEN {} END IF;", a_,
                           over(*plan_.inverse_sql, b_, plan_.target_column), in_step(),
                           signal({text("column " + plan_.source_column + " cannot hold what is written to " +
                                        plan_.target_column + ": "),
                                   b_}));
    }
    [[nodiscard]] std::string contradiction() const {
        return signal({text(fmt::format("columns {} and {} contradict each other: ", plan_.source_column,
                                        plan_.target_column)),
                       a_, text(" and "), b_});
    }
    [[nodiscard]] std::string null_is_meant() const {
        const UnitConversion unit = unit_conversion(plan_.asked);
        std::string out = "FALSE";
        const auto add = [&](BadValuePolicy policy, const std::string& condition) {
            if (policy == BadValuePolicy::null && !condition.empty()) {
                out += " OR " + over(condition, a_, plan_.source_column);
            }
        };
        add(unit.nan, plan_.is_not_finite);
        add(unit.overflow, plan_.is_out_of_range);
        add(unit.malformed, plan_.is_rejected);
        return plan_.asked.rule == "using" ? "TRUE" : out;
    }

    [[nodiscard]] static std::string text(const std::string& words) { return quote_text(words); }
    [[nodiscard]] static std::string signal(const std::vector<std::string>& parts) {
        std::string list;
        for (const std::string& part : parts) {
            list += (list.empty() ? "" : ", ") + fmt::format("COALESCE({}, 'NULL')", part);
        }
        return fmt::format("SET _tt_text = LEFT(CONCAT({}), 128); SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = "
                           "3819, MESSAGE_TEXT = _tt_text;",
                           list);
    }

    const ConversionPlan& plan_;
    Image old_image_, new_image_;
    std::string a_, b_, old_a_, old_b_;
    LeftOut left_out_;
    std::string forward_;
};

std::string body(const std::string& statements) {
    return "BEGIN DECLARE _tt_text VARCHAR(4000) CHARACTER SET utf8mb4; " + statements + " END";
}

void add_clause(std::string& list, const std::string& clause) {
    list += (list.empty() ? "" : ", ") + clause;
}

void add_notes(const ConversionPlan& plan, bool unmarked, Blueprint& blueprint) {
    if (unmarked) {
        blueprint.notes.push_back(fmt::format(
            "MariaDB refuses an INSERT … SELECT or LOAD DATA that leaves out '{}' or '{}', where that is NOT "
            "NULL without a default (error 1364); an INSERT … VALUES may",
            plan.source_column, plan.target_column));
    }
    blueprint.notes.push_back(fmt::format(
        "'{}' stays beside '{}' until finalize, which drops it; triggers keep both in step: a value that the "
        "conversion does not take fails its own statement meanwhile",
        plan.source_column, plan.target_column));
}

void plan_drop(Scratch& scratch, const std::string& source_name, Keep& keep) {
    keep.instant = scratch.try_alter(keep.drops, ", ALGORITHM = INSTANT");
    if (!keep.instant) {
        scratch.alter(keep.drops);
    }
    keep.final_text = normalised(scratch.read().create_text, source_name);
}

} // namespace

std::string kept_clause(const Column& column, const ConversionPlan& plan, ServerKind kind) {
    Column added;
    added.type = plan.target_type;
    added.data_type = plan.target_type.substr(0, plan.target_type.find_first_of(" ("));
    added.nullable = column.nullable;
    const std::string mark = mark_of(added, kind);
    std::string clauses = fmt::format("ADD COLUMN {} {}{}{} AFTER {}", quote_name(plan.target_column),
                                      plan.target_type, column.nullable ? " NULL" : " NOT NULL",
                                      mark.empty() ? "" : " DEFAULT " + mark, quote_name(column.name));
    if (const std::string old_mark = mark_of(column, kind); !old_mark.empty() && !column.default_text) {
        clauses += fmt::format(", ALTER COLUMN {} SET DEFAULT {}", quote_name(column.name), old_mark);
    }
    return clauses;
}

void plan_keep(Session& session, Scratch& scratch, const Table& source, const Table& target,
               const Settings& settings, Blueprint& blueprint, Detail& detail) {
    std::string on_insert, on_update;
    Keep& keep = detail.keep;
    for (const ConversionPlan& plan : blueprint.conversions) {
        if (!plan.asked.keep) {
            continue;
        }
        const Column& column = *source.column(plan.source_column);
        require_keepable(session, plan, column, target);
        const Column& added = *target.column(plan.target_column);
        if (added.nullable != column.nullable ||
            (added.default_text && mark_of(added, detail.kind).empty())) {
            throw not_keepable(column.name, "no other part of this change may touch " + plan.target_column);
        }
        PairSql::LeftOut left_out{"", mark_of(column, detail.kind), mark_of(added, detail.kind)};
        const bool unmarked =
            detail.kind == ServerKind::mariadb && !column.nullable &&
            (left_out.new_mark.empty() || (left_out.old_mark.empty() && !column.default_text));
        if (column.default_text) {
            left_out.old_mark.clear();
            left_out.old_default = constant_default(column, detail.kind);
            add_clause(keep.drops, fmt::format("ALTER COLUMN {} SET{}", quote_name(plan.target_column),
                                               converted_default(session, column, plan, detail.kind)));
        } else if (!left_out.new_mark.empty()) {
            add_clause(keep.drops,
                       fmt::format("ALTER COLUMN {} DROP DEFAULT", quote_name(plan.target_column)));
        }
        const PairSql sql{plan, column, added, left_out};
        on_insert += (on_insert.empty() ? "" : " ") + sql.insert();
        on_update += (on_update.empty() ? "" : " ") + sql.update();
        keep.old_columns.push_back(plan.source_column);
        keep.new_columns.push_back(plan.target_column);
        add_clause(keep.drops, "DROP COLUMN " + quote_name(plan.source_column));
        if (!column.nullable && !column.default_text) {
            const bool number = column.charset.empty();
            add_clause(keep.let_go, fmt::format("ALTER COLUMN {} SET DEFAULT {}",
                                                quote_name(plan.source_column), number ? "0" : "''"));
        }
        add_notes(plan, unmarked, blueprint);
    }
    if (keep.old_columns.empty()) {
        return;
    }
    if (!settings.keep_old) {
        throw Error{ErrorKind::refused, "keep_needs_window",
                    "keep=yes keeps the old column until finalize: with --keep-old none there is no until"}
            .next("give --keep-old the time that the old code still needs");
    }
    // They may read either column, or write it: which of them would fire first is not ours to decide.
    if (!source.triggers.empty()) {
        throw not_keepable(keep.old_columns.front(), "the table has the trigger " + source.triggers.front());
    }
    keep.insert_body = body(on_insert);
    keep.update_body = body(on_update);
    plan_drop(scratch, source.name, keep);
}

} // namespace turntable::mysql
