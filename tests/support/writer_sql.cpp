#include "support/writer_sql.hpp"

namespace turntable::test {

std::vector<std::size_t> WriterSql::choose(std::mt19937_64& random, Shape shape) const {
    std::vector<std::size_t> choice;
    for (const Column& c : model_.columns) {
        std::size_t index = random() % c.pool.size();
        while (shape == Shape::after && !c.after_name.empty() && c.pool[index].after.empty()) {
            index = (index + 1) % c.pool.size();
        }
        choice.push_back(index);
    }
    return choice;
}

std::vector<std::size_t> WriterSql::written(Shape common) const {
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < model_.columns.size(); ++i) {
        if (common == Shape::before || !model_.columns[i].after_name.empty()) {
            columns.push_back(i);
        }
    }
    return columns;
}

std::string WriterSql::name(std::size_t column, Shape shape) const {
    const Column& c = model_.columns[column];
    return model_.quoted(shape == Shape::before ? c.name : c.after_name);
}

const std::string& WriterSql::literal(std::size_t column, std::size_t choice, Shape shape) const {
    const Literal& value = model_.columns[column].pool[choice];
    return shape == Shape::before ? value.before : value.after;
}

std::string WriterSql::insert_head(const std::string& table, Shape table_shape, Shape common) const {
    std::string sql = table + " (";
    for (const KeyColumn& k : model_.key.columns) {
        sql += model_.quoted(k.name) + ", ";
    }
    sql += "grp, uq";
    for (const std::size_t i : written(common)) {
        sql += ", " + name(i, table_shape);
    }
    return sql + ") VALUES ";
}

std::string WriterSql::values(Shape table_shape, Shape common, const MadeRow& row) const {
    std::string sql = "(";
    for (const std::string& k : model_.key.literals(row.key)) {
        sql += k + ", ";
    }
    sql += std::to_string(row.group) + ", " + std::to_string(row.unique);
    for (const std::size_t i : written(common)) {
        sql += ", " + literal(i, row.choice[i], table_shape);
    }
    return sql + ")";
}

std::string WriterSql::insert(const std::string& table, Shape table_shape, Shape common,
                              const std::vector<MadeRow>& rows) const {
    std::string sql = "INSERT INTO " + insert_head(table, table_shape, common);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        sql += (i == 0 ? "" : ", ") + values(table_shape, common, rows[i]);
    }
    return sql;
}

std::string WriterSql::upsert(const std::string& table, Shape table_shape, Shape common,
                              const MadeRow& row) const {
    const std::string tail = insert_head(table, table_shape, common) + values(table_shape, common, row);
    if (model_.flavor != Flavor::postgres) {
        return "REPLACE INTO " + tail;
    }
    std::string keys, sets = "uq = excluded.uq";
    for (const KeyColumn& k : model_.key.columns) {
        keys += (keys.empty() ? "" : ", ") + model_.quoted(k.name);
    }
    for (const std::size_t i : written(common)) {
        sets += ", " + name(i, table_shape) + " = excluded." + name(i, table_shape);
    }
    return "INSERT INTO " + tail + " ON CONFLICT (" + keys + ") DO UPDATE SET " + sets;
}

std::string WriterSql::update(const std::string& table, Shape table_shape, Shape common,
                              const std::vector<std::size_t>& choice, const std::string& where) const {
    std::string sets;
    for (const std::size_t i : written(common)) {
        sets +=
            (sets.empty() ? "" : ", ") + name(i, table_shape) + " = " + literal(i, choice[i], table_shape);
    }
    return "UPDATE " + table + " SET " + (sets.empty() ? "grp = grp" : sets) + " WHERE " + where;
}

std::string WriterSql::set_unique(const std::string& table, const std::string& value,
                                  std::int64_t key) const {
    return "UPDATE " + table + " SET uq = " + value + " WHERE " + where_key(key);
}

std::string WriterSql::move_key(const std::string& table, std::int64_t from, std::int64_t to) const {
    const std::vector<std::string> target = model_.key.literals(to);
    std::string sets;
    for (std::size_t i = 0; i < target.size(); ++i) {
        sets += (i == 0 ? "" : ", ") + model_.quoted(model_.key.columns[i].name) + " = " + target[i];
    }
    return "UPDATE " + table + " SET " + sets + " WHERE " + where_key(from);
}

std::string WriterSql::rewrite_key(const std::string& table, std::int64_t key, bool to_alias) const {
    const std::vector<std::string> target = to_alias ? model_.key.alias(key) : model_.key.literals(key);
    std::string sets;
    for (std::size_t i = 0; i < target.size(); ++i) {
        sets += (i == 0 ? "" : ", ") + model_.quoted(model_.key.columns[i].name) + " = " + target[i];
    }
    return "UPDATE " + table + " SET " + sets + " WHERE " + where_key(key);
}

} // namespace turntable::test
