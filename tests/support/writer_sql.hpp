#pragma once
// The statements of the test's writers, for either table and either shape.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "support/table_model.hpp"

namespace turntable::test {

enum class Shape { before, after };

// One row as a writer makes it: the choice of one literal per column, valid in both shapes if `both` was
// asked.
struct MadeRow {
    std::int64_t key = 0;
    std::int64_t group = 0;
    std::int64_t unique = 0;
    std::vector<std::size_t> choice; // index into Column::pool, one per column
};

class WriterSql {
  public:
    explicit WriterSql(const TableModel& model) : model_(model) {}

    // Chooses a literal per column; Shape::after: only of those that the new application can write.
    [[nodiscard]] std::vector<std::size_t> choose(std::mt19937_64& random, Shape shape) const;

    [[nodiscard]] std::string insert(const std::string& table, Shape table_shape, Shape common,
                                     const std::vector<MadeRow>& rows) const;
    // INSERT OR REPLACE, REPLACE INTO or ON CONFLICT … DO UPDATE of one row.
    [[nodiscard]] std::string upsert(const std::string& table, Shape table_shape, Shape common,
                                     const MadeRow& row) const;
    // SET all subject columns WHERE condition.
    [[nodiscard]] std::string update(const std::string& table, Shape table_shape, Shape common,
                                     const std::vector<std::size_t>& choice, const std::string& where) const;
    [[nodiscard]] std::string set_unique(const std::string& table, const std::string& value,
                                         std::int64_t key) const;
    [[nodiscard]] std::string move_key(const std::string& table, std::int64_t from, std::int64_t to) const;
    // The key under another text that is equal in its collation.
    [[nodiscard]] std::string rewrite_key(const std::string& table, std::int64_t key, bool to_alias) const;
    [[nodiscard]] std::string where_key(std::int64_t key) const {
        return model_.where(model_.key.literals(key));
    }

  private:
    // The columns that both shapes have, if `common` is after; else all.
    [[nodiscard]] std::vector<std::size_t> written(Shape common) const;
    [[nodiscard]] std::string name(std::size_t column, Shape shape) const;
    [[nodiscard]] const std::string& literal(std::size_t column, std::size_t choice, Shape shape) const;
    [[nodiscard]] std::string insert_head(const std::string& table, Shape table_shape, Shape common) const;
    [[nodiscard]] std::string values(Shape table_shape, Shape common, const MadeRow& row) const;

    const TableModel& model_;
};

} // namespace turntable::test
