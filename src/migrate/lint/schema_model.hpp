#pragma once
// What the files themselves say about tables: built up from action to action, never read from a server. What
// it does not know is unknown, not absent.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migrate/sql/statement.hpp"

namespace turntable::migrate::lint {

struct KnownIndex {
    std::string name;
    std::vector<std::string> keys;
    bool unique = false;
    bool partial = false;
};

struct KnownTable {
    std::string name;
    std::vector<SqlColumn> columns;
    std::vector<KnownIndex> indexes; // of unique and primary keys, too
    bool complete = false;           // its CREATE TABLE was seen
};

class SchemaModel {
  public:
    explicit SchemaModel(SqlFlavor flavor) : flavor_(flavor) {}

    void apply(const SqlAction& action);

    [[nodiscard]] const KnownTable* table(const TableName& name) const;
    [[nodiscard]] const SqlColumn* column(const TableName& table, const std::string& column) const;
    // Equal as the engine compares names.
    [[nodiscard]] bool same_name(const std::string& a, const std::string& b) const;
    [[nodiscard]] std::string key(const TableName& name) const;

  private:
    KnownTable& touched(const TableName& name);
    void change_columns(const SqlAction& action);
    void change_indexes(const SqlAction& action);

    SqlFlavor flavor_;
    std::map<std::string, KnownTable> tables_;
};

} // namespace turntable::migrate::lint
