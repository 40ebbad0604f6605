#include "keep.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "constant.hpp"
#include "create_table.hpp"
#include "names.hpp"
#include "table_edit.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

Error not_keepable(const std::string& column, const std::string& why) {
    return Error{ErrorKind::refused, "keep_not_possible", "keep=yes of column " + column + ": " + why};
}

// What hangs on the old column would go with it, and the new one would lack it.
void require_unattached(const Column& column, const std::string& text, const std::vector<NamedSql>& indexes) {
    using Kind = ColumnConstraint::Kind;
    const auto refused = [&](const std::string& what) {
        return not_keepable(column.name, what + " would go with it at finalize")
            .next("drop what hangs on the column in a change before, and make it anew for the new column");
    };
    const CreateTable table = CreateTable::parse(text);
    for (const Kind kind :
         {Kind::primary_key, Kind::unique, Kind::check, Kind::references, Kind::generated}) {
        if (table.find(column.name)->find(kind) != nullptr) {
            throw refused("its own constraint");
        }
    }
    for (const NamedSql& index : indexes) {
        if (mentions(index.sql, column.name)) {
            throw refused("index " + index.name);
        }
    }
    if (mentions(without_column(text, column.name), column.name)) {
        throw refused("a constraint or a generated column that names it");
    }
}

class PairSql {
  public:
    PairSql(const KeptPair& kept, const std::string& table, const std::vector<std::string>& key)
        : kept_(kept),
          table_(table),
          a_("NEW." + identifier(kept.old_column)),
          b_("NEW." + identifier(kept.new_column)),
          old_changed_(changed(kept.old_column)),
          new_changed_(changed(kept.new_column)),
          converted_(kept.plain.forward.of(a_)),
          back_(kept.plain.inverse.of(b_)) {
        for (const std::string& column : key) {
            row_ += identifier(column) + " = NEW." + identifier(column) + " AND ";
        }
    }

    // An INSERT cannot tell a column that was left out from one given as NULL or as the default: of the old
    // column, both count as left out where the new one is given.
    [[nodiscard]] std::string inserted(const std::string& name) const {
        std::string old_given = a_ + " IS NOT NULL";
        if (kept_.default_sql) {
            old_given += " AND " + a_ + " IS NOT (" + *kept_.default_sql + ")";
        }
        const std::string both_null = a_ + " IS NULL AND " + b_ + " IS NULL";
        std::string body = kept_.not_null ? refuse(both_null, null_refused()) : "";
        body += refuse(b_ + " IS NOT NULL AND " + old_given, contradiction());
        body += follow(b_ + " IS NULL", b_ + " IS NOT NULL");
        return trigger(name, "AFTER INSERT", kept_.not_null ? both_null : "", body);
    }

    [[nodiscard]] std::string updated(const std::string& name) const {
        std::string body;
        if (kept_.not_null) {
            body = refuse(a_ + " IS NULL AND " + old_changed_ + " OR " + b_ + " IS NULL AND " + new_changed_,
                          null_refused());
        }
        body += refuse(old_changed_ + " AND " + new_changed_, contradiction());
        body += follow(old_changed_ + " AND NOT " + new_changed_, new_changed_ + " AND NOT " + old_changed_);
        return trigger(
            name,
            fmt::format("AFTER UPDATE OF {}, {}", identifier(kept_.old_column), identifier(kept_.new_column)),
            kept_.not_null ? a_ + " IS NULL OR " + b_ + " IS NULL" : "", body);
    }

  private:
    [[nodiscard]] static std::string changed(const std::string& column) {
        return fmt::format("(NEW.{0} COLLATE BINARY IS NOT OLD.{0})", identifier(column));
    }
    [[nodiscard]] static std::string refuse(const std::string& when, const std::string& message) {
        return fmt::format("SELECT RAISE(ABORT, {}) WHERE {}; ", text_literal(message), when);
    }
    [[nodiscard]] std::string contradiction() const {
        return fmt::format("columns {} and {} of {} contradict each other", kept_.old_column,
                           kept_.new_column, table_);
    }
    [[nodiscard]] std::string null_refused() const {
        return fmt::format("NOT NULL constraint failed: {0}.{1}, {0}.{2}", table_, kept_.old_column,
                           kept_.new_column);
    }

    // The old column may hold what the conversion rounds, so it stays wherever its conversion is the new
    // value: then the trigger does not fire, and what it writes itself does not fire it again.
    [[nodiscard]] std::string follow(const std::string& old_given, const std::string& new_given) const {
        const std::string update = "UPDATE " + identifier(table_) + " SET ";
        return refuse(fmt::format("{} AND {} IS NOT NULL AND {} IS NULL", old_given, a_, converted_),
                      fmt::format("column {} of {}: the value cannot be converted to {}", kept_.old_column,
                                  table_, kept_.new_column)) +
               refuse(fmt::format("{} AND {} IS NOT {}", new_given, kept_.plain.forward.of(back_), b_),
                      fmt::format("column {} of {} cannot hold what is written to {}", kept_.old_column,
                                  table_, kept_.new_column)) +
               fmt::format("{}{} = {} WHERE {}{}; ", update, identifier(kept_.new_column), converted_, row_,
                           old_given) +
               fmt::format("{}{} = {} WHERE {}{}; ", update, identifier(kept_.old_column), back_, row_,
                           new_given);
    }

    [[nodiscard]] std::string trigger(const std::string& name, const std::string& event,
                                      const std::string& also_when, const std::string& body) const {
        return fmt::format("CREATE TRIGGER {} {} ON {} WHEN {} IS NOT {}{} BEGIN {}END", identifier(name),
                           event, identifier(table_), converted_, b_,
                           also_when.empty() ? "" : " OR " + also_when, body);
    }

    const KeptPair& kept_;
    const std::string& table_;
    std::string a_, b_, old_changed_, new_changed_, converted_, back_, row_;
};

} // namespace

KeptPair kept_pair(const Table& source, const Column& column, const ConversionPlan& plan,
                   const std::string& text, const std::vector<NamedSql>& indexes) {
    require_unattached(column, text, indexes);
    if (!source.triggers.empty()) {
        throw not_keepable(column.name, "trigger " + source.triggers.front().name +
                                            " of the application would fire once more for what keeps the two "
                                            "columns in step");
    }
    if (column.default_sql && !column.not_null) {
        throw not_keepable(column.name, "it may be NULL and has a default, so an INSERT of NULL into the new "
                                        "column would look like one that leaves both out")
            .next("drop the default or make the column NOT NULL in a change before");
    }
    const auto plain = plain_conversion(plan);
    if (!plain) {
        throw not_keepable(column.name, "this conversion (" + plan.asked.rule +
                                            ") or its inverse is no plain SQL on SQLite, and other processes "
                                            "fire the triggers");
    }
    for (const Column& other : source.columns) {
        if (plan.asked.rule == "using" && !same_name(other.name, column.name) &&
            mentions(*plan.asked.expr, other.name)) {
            throw not_keepable(column.name, "its conversion must look at that column and no other");
        }
    }
    return {column.name, plan.target_column, *plain, column.not_null, column.default_sql, std::nullopt};
}

std::vector<NamedSql> keep_triggers(const std::vector<KeptPair>& kept, const std::string& table,
                                    const std::vector<std::string>& key, const std::string& prefix) {
    std::vector<NamedSql> out;
    for (std::size_t n = 0; n < kept.size(); ++n) {
        const PairSql sql{kept[n], table, key};
        const std::string name = prefix + "keep" + std::to_string(n);
        out.push_back({name + "_ins", sql.inserted(name + "_ins")});
        out.push_back({name + "_upd", sql.updated(name + "_upd")});
    }
    return out;
}

std::string contracted(const std::vector<KeptPair>& kept, std::string text) {
    for (const KeptPair& pair : kept) {
        text = pair.not_null ? with_not_null(text, pair.new_column) : text;
        text = pair.new_default ? with_default(text, pair.new_column, *pair.new_default) : text;
    }
    return text;
}

} // namespace turntable::sqlite
