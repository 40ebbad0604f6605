#include "capture.hpp"

#include <algorithm>

#include "create_index.hpp"
#include "flow.hpp"
#include "names.hpp"

namespace turntable::sqlite {
namespace {

std::string list_of(const std::string& alias, const std::vector<std::string>& columns) {
    std::vector<std::string> parts;
    for (const std::string& column : columns) {
        parts.push_back(alias.empty() ? identifier(column) : column_of(alias, column));
    }
    return joined(parts, ", ");
}

// Expressions cannot be rewritten to NEW.column by text; instead they are evaluated over one row with these
// columns.
std::string new_row(const Table& table) {
    std::vector<std::string> parts;
    for (const Column& column : table.columns) {
        parts.push_back("NEW." + identifier(column.name) + " AS " + identifier(column.name));
    }
    return "(SELECT " + joined(parts, ", ") + ")";
}

class Writer {
  public:
    Writer(const Table& table, const std::vector<std::string>& key, const CaptureNames& names)
        : table_(table),
          key_(key),
          names_(names),
          insert_("INSERT INTO " + identifier(names.log) + "(" + key_list(log_terms(key.size(), "")) + ") ") {
    }

    [[nodiscard]] NamedSql inserted() const {
        return trigger("ins", "AFTER INSERT", insert_ + "VALUES (" + list_of("NEW", key_) + "); ");
    }
    [[nodiscard]] NamedSql deleted() const {
        return trigger("del", "AFTER DELETE", insert_ + "VALUES (" + list_of("OLD", key_) + "); ");
    }
    // Both keys where they differ in a single byte: keys that are equal under a collation are different
    // images.
    [[nodiscard]] NamedSql updated() const {
        std::vector<std::string> differences;
        for (const std::string& column : key_) {
            differences.push_back("NEW." + identifier(column) + " COLLATE BINARY IS NOT OLD." +
                                  identifier(column));
        }
        return trigger("upd", "AFTER UPDATE",
                       insert_ + "VALUES (" + list_of("OLD", key_) + "); " + insert_ + "SELECT " +
                           list_of("NEW", key_) + " WHERE " + joined(differences, " OR ") + "; ");
    }
    [[nodiscard]] std::vector<NamedSql> evicted(const Index& index, std::size_t n) const {
        const std::string equal = insert_ + "SELECT " + list_of("", key_) + " FROM " +
                                  identifier(table_.name) + " WHERE " + rows_equal_on(index);
        std::vector<std::string> others;
        for (const std::string& column : key_) {
            others.push_back(identifier(column) + " IS NOT OLD." + identifier(column));
        }
        const std::string number = std::to_string(n);
        return {trigger("evi" + number, "BEFORE INSERT", equal + "; "),
                trigger("evu" + number, "BEFORE UPDATE" + only_of(index),
                        equal + " AND (" + joined(others, " OR ") + "); ")};
    }
    [[nodiscard]] std::vector<NamedSql> evicted_by_rowid(const std::string& rowid) const {
        const std::string equal = insert_ + "SELECT " + list_of("", key_) + " FROM " +
                                  identifier(table_.name) + " WHERE " + identifier(table_.name) + "." +
                                  rowid + " = NEW." + rowid;
        return {trigger("evir", "BEFORE INSERT", equal + "; "),
                trigger("evur", "BEFORE UPDATE", equal + " AND NEW." + rowid + " <> OLD." + rowid + "; ")};
    }

  private:
    [[nodiscard]] NamedSql trigger(const std::string& suffix, const std::string& event,
                                   const std::string& body) const {
        const std::string name = names_.prefix + suffix;
        return {name, "CREATE TRIGGER " + identifier(name) + " " + event + " ON " + identifier(table_.name) +
                          " BEGIN " + body + "END"};
    }

    // Only an index of plain columns tells which assignments can touch it.
    [[nodiscard]] std::string only_of(const Index& index) const {
        std::vector<std::string> columns;
        for (const IndexColumn& column : index.columns) {
            if (index.partial || !column.name || table_.find(*column.name)->generated != Generated::no) {
                return {};
            }
            columns.push_back(identifier(*column.name));
        }
        return " OF " + joined(columns, ", ");
    }

    // REPLACE puts the default in the place of a NULL that a NOT NULL column refuses, after BEFORE triggers
    // ran.
    [[nodiscard]] std::string new_value(const Column& column) const {
        const std::string value = "NEW." + identifier(column.name);
        return column.not_null && column.default_sql
                   ? "coalesce(" + value + ", (" + *column.default_sql + "))"
                   : value;
    }

    [[nodiscard]] std::string rows_equal_on(const Index& index) const {
        const auto definition = index.sql ? std::optional{CreateIndex::parse(*index.sql)} : std::nullopt;
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < index.columns.size(); ++i) {
            const IndexColumn& column = index.columns[i];
            const Column* const plain = column.name ? table_.find(*column.name) : nullptr;
            const std::string collate = " COLLATE " + identifier(column.collation);
            if (plain != nullptr && plain->generated == Generated::no) {
                const bool usual = same_name(plain->collation, column.collation);
                parts.push_back(identifier(plain->name) + (usual ? "" : collate) + " = " + new_value(*plain));
            } else if (plain != nullptr) {
                parts.push_back(identifier(plain->name) + collate + " = NEW." + identifier(plain->name));
            } else {
                const std::string& expression = definition->terms.at(i).expression;
                parts.push_back("(" + expression + ")" + collate + " = (SELECT " + expression + " FROM " +
                                new_row(table_) + ")");
            }
        }
        if (definition && !definition->where.empty()) {
            parts.push_back("(" + definition->where + ")");
        }
        return joined(parts, " AND ");
    }

    const Table& table_;
    const std::vector<std::string>& key_;
    const CaptureNames& names_;
    std::string insert_;
};

// The key's own index evicts only the row with the new key, and that one is logged anyway.
bool is_key_index(const Table& table, const Index& index, const std::vector<std::string>& key) {
    return !index.partial && index.columns.size() == key.size() &&
           std::all_of(index.columns.begin(), index.columns.end(), [&](const IndexColumn& column) {
               return column.name && same_name(column.collation, table.find(*column.name)->collation) &&
                      std::any_of(key.begin(), key.end(),
                                  [&](const auto& k) { return same_name(k, *column.name); });
           });
}

// The row id of a rowid table is unique without an index, whether a column shows it or not.
std::optional<std::string> evicting_rowid(const Table& table, const std::vector<std::string>& key) {
    if (table.without_rowid ||
        (key.size() == 1 && table.rowid_column && same_name(key.front(), *table.rowid_column))) {
        return std::nullopt;
    }
    return table.rowid_column ? table.rowid_column : rowid_name(table);
}

} // namespace

std::string create_log(const std::string& log, std::size_t key_columns) {
    // Without types the log stores keys as they are; comparisons put the table's column on the left, whose
    // collation and affinity then apply.
    return "CREATE TABLE " + identifier(log) + "(id INTEGER PRIMARY KEY, " +
           key_list(log_terms(key_columns, "")) + ")";
}

std::vector<NamedSql> capture_triggers(const Table& table, const std::vector<std::string>& key,
                                       const CaptureNames& names) {
    const Writer writer{table, key, names};
    std::vector<NamedSql> out;
    std::size_t n = 0;
    for (const Index& index : table.indexes) {
        if (index.unique && !is_key_index(table, index, key)) {
            const auto pair = writer.evicted(index, n++);
            out.insert(out.end(), pair.begin(), pair.end());
        }
    }
    if (const auto rowid = evicting_rowid(table, key)) {
        const auto pair = writer.evicted_by_rowid(identifier(*rowid));
        out.insert(out.end(), pair.begin(), pair.end());
    }
    out.push_back(writer.inserted());
    out.push_back(writer.updated());
    out.push_back(writer.deleted());
    return out;
}

NamedSql capture_end(const CaptureNames& names) {
    const std::string name = names.prefix + "end";
    return {name, "CREATE TRIGGER " + identifier(name) + " AFTER UPDATE ON " + identifier(names.log) +
                      " BEGIN SELECT 1; END"};
}

} // namespace turntable::sqlite
