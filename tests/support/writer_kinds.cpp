#include <algorithm>
#include <iterator>

#include "support/writer.hpp"

namespace turntable::test {
namespace {

constexpr std::size_t bulk_rows = 30;
constexpr std::size_t few = 20; // fewer own rows than this: nothing is removed
constexpr std::chrono::milliseconds idle_time{30};

} // namespace

std::vector<Writers::Writer::Kind> Writers::Writer::kinds() const {
    const auto weighed = [](std::vector<Kind>& list, std::size_t weight, const Kind& kind) {
        list.insert(list.end(), weight, kind);
    };
    std::vector<Kind> list;
    weighed(list, 14, {"insert", &Writer::insert});
    weighed(list, 24, {"update", &Writer::update});
    weighed(list, 10, {"delete", &Writer::remove});
    weighed(list, 8, {"key change", &Writer::move_key});
    weighed(list, 10, {"trade of unique values", &Writer::trade});
    weighed(list, 3, {"bulk insert", &Writer::bulk_insert});
    weighed(list, 4, {"bulk update", &Writer::bulk_update});
    weighed(list, 2, {"bulk delete", &Writer::bulk_remove});
    weighed(list, 8, {"upsert", &Writer::replace_row});
    weighed(list, 6, {"delete and insert", &Writer::remove_and_insert});
    weighed(list, 8, {"hot row", &Writer::update_hot});
    weighed(list, 1, {"idle in transaction", &Writer::idle});
    weighed(list, 5, {"rollback", &Writer::give_up});
    if (all_.model_.flavor != Flavor::postgres) {
        weighed(list, 4, {"replace evicts", &Writer::evict});
    }
    if (all_.model_.key.alias) {
        weighed(list, 8, {"key rewritten", &Writer::rewrite_key});
    }
    return list;
}

bool Writers::Writer::keys_must_stay() const {
    return shape_ == Shape::after &&
           std::ranges::any_of(all_.model_.columns, [](const Column& c) { return c.after_name.empty(); });
}

MadeRow Writers::Writer::make_row() {
    MadeRow row;
    const int writers = all_.options_.writers;
    if (!keys_must_stay() && !free_keys_.empty() && random_() % 2 == 0) {
        row.key = free_keys_.back();
        free_keys_.pop_back();
    } else {
        row.key = next_++ * writers + number_;
    }
    row.group = number_ * 1000 + static_cast<std::int64_t>(random_() % 20);
    row.unique = new_unique();
    row.choice = sql_.choose(random_, shape_);
    when_committed_.push_back([this, row] { add(row); });
    return row;
}

std::int64_t Writers::Writer::new_unique() {
    if (!free_uniques_.empty() && random_() % 2 == 0) {
        const std::int64_t again = free_uniques_.back();
        free_uniques_.pop_back();
        return again;
    }
    return next_++ * all_.options_.writers + number_;
}

bool Writers::Writer::insert() {
    const std::vector<MadeRow> rows{make_row()};
    both([&](const std::string& table, Shape shape) { return sql_.insert(table, shape, shape_, rows); });
    return true;
}

bool Writers::Writer::bulk_insert() {
    std::vector<MadeRow> rows;
    std::generate_n(std::back_inserter(rows), bulk_rows, [this] { return make_row(); });
    both([&](const std::string& table, Shape shape) { return sql_.insert(table, shape, shape_, rows); });
    return true;
}

bool Writers::Writer::update() {
    const std::int64_t key = any_key();
    const auto choice = sql_.choose(random_, shape_);
    both([&](const std::string& table, Shape shape) {
        return sql_.update(table, shape, shape_, choice, sql_.where_key(key));
    });
    return true;
}

bool Writers::Writer::update_hot() {
    const auto key = static_cast<std::int64_t>(random_() % hot_rows);
    const auto choice = sql_.choose(random_, shape_);
    both([&](const std::string& table, Shape shape) {
        return sql_.update(table, shape, shape_, choice, sql_.where_key(key));
    });
    return true;
}

bool Writers::Writer::bulk_update() {
    const std::string where = "grp = " + std::to_string(owned_.at(any_key()).group);
    const auto choice = sql_.choose(random_, shape_);
    both([&](const std::string& table, Shape shape) {
        return sql_.update(table, shape, shape_, choice, where);
    });
    return true;
}

bool Writers::Writer::remove() {
    if (keys_.size() < few) {
        return false;
    }
    const std::int64_t key = any_key();
    both([&](const std::string& table, Shape) {
        return "DELETE FROM " + table + " WHERE " + sql_.where_key(key);
    });
    when_committed_.push_back([this, key] { forget(key); });
    return true;
}

bool Writers::Writer::bulk_remove() {
    if (keys_.size() < few * 10) {
        return false;
    }
    const std::int64_t group = owned_.at(any_key()).group;
    both([&](const std::string& table, Shape) {
        return "DELETE FROM " + table + " WHERE grp = " + std::to_string(group);
    });
    when_committed_.push_back([this, group] {
        std::vector<std::int64_t> gone;
        for (const auto& [key, row] : owned_) {
            if (row.group == group) {
                gone.push_back(key);
            }
        }
        for (const std::int64_t key : gone) {
            forget(key);
        }
    });
    return true;
}

bool Writers::Writer::move_key() {
    if (keys_must_stay()) {
        return false;
    }
    const std::int64_t from = any_key();
    const std::int64_t to = next_++ * all_.options_.writers + number_;
    both([&](const std::string& table, Shape) { return sql_.move_key(table, from, to); });
    when_committed_.push_back([this, from, to] {
        const Owned row = owned_.at(from);
        forget(from);
        free_uniques_.pop_back(); // it lives on in the moved row
        add({to, row.group, row.unique, {}});
    });
    return true;
}

bool Writers::Writer::rewrite_key() {
    const std::int64_t key = any_key();
    const bool to_alias = random_() % 2 == 0;
    both([&](const std::string& table, Shape) { return sql_.rewrite_key(table, key, to_alias); });
    return true;
}

bool Writers::Writer::trade() {
    const std::int64_t a = any_key();
    const std::int64_t b = any_key();
    if (a == b) {
        return false;
    }
    const std::string of_a = std::to_string(owned_.at(a).unique);
    const std::string of_b = std::to_string(owned_.at(b).unique);
    both([&](const std::string& table, Shape) { return sql_.set_unique(table, "NULL", a); });
    both([&](const std::string& table, Shape) { return sql_.set_unique(table, of_a, b); });
    both([&](const std::string& table, Shape) { return sql_.set_unique(table, of_b, a); });
    when_committed_.push_back([this, a, b] { std::swap(owned_.at(a).unique, owned_.at(b).unique); });
    return true;
}

bool Writers::Writer::replace_row() {
    if (keys_must_stay() && all_.model_.flavor != Flavor::postgres) {
        return false;
    }
    const std::int64_t key = any_key();
    const Owned& old = owned_.at(key);
    const MadeRow row{key, old.group, old.unique, sql_.choose(random_, shape_)};
    both([&](const std::string& table, Shape shape) { return sql_.upsert(table, shape, shape_, row); });
    return true;
}

// REPLACE of one key with another row's unique value: the other row goes, too.
bool Writers::Writer::evict() {
    const std::int64_t key = any_key();
    const std::int64_t victim = any_key();
    if (key == victim || keys_.size() < few || keys_must_stay()) {
        return false;
    }
    const MadeRow row{key, owned_.at(key).group, owned_.at(victim).unique, sql_.choose(random_, shape_)};
    both([&](const std::string& table, Shape shape) { return sql_.upsert(table, shape, shape_, row); });
    when_committed_.push_back([this, key, victim] {
        std::swap(owned_.at(key).unique, owned_.at(victim).unique);
        forget(victim); // frees the value that the kept row had before
    });
    return true;
}

bool Writers::Writer::remove_and_insert() {
    if (keys_must_stay()) {
        return false;
    }
    const std::int64_t key = any_key();
    const Owned& old = owned_.at(key);
    const std::vector<MadeRow> rows{{key, old.group, old.unique, sql_.choose(random_, shape_)}};
    both([&](const std::string& table, Shape) {
        return "DELETE FROM " + table + " WHERE " + sql_.where_key(key);
    });
    both([&](const std::string& table, Shape shape) { return sql_.insert(table, shape, shape_, rows); });
    return true;
}

bool Writers::Writer::idle() {
    waited_ = true;
    const bool done = update();
    std::this_thread::sleep_for(idle_time);
    return done;
}

bool Writers::Writer::give_up() {
    roll_back_ = true;
    const bool removed = remove();
    return insert() && removed;
}

} // namespace turntable::test
