#include "support/writer.hpp"

namespace turntable::test {
namespace {

// What the table looks like now; asked under a lock that keeps the answer true until the transaction ends.
std::string look_sql(const TableModel& model) {
    switch (model.flavor) {
    case Flavor::sqlite:
        return "SELECT group_concat(name || ':' || type) FROM pragma_table_info('" + model.key.table + "')";
    case Flavor::postgres:
        return "SELECT string_agg(attname || ':' || atttypid, ',' ORDER BY attnum) FROM pg_attribute WHERE "
               "attrelid = $x$" +
               model.table() + "$x$::regclass AND attnum > 0 AND NOT attisdropped";
    case Flavor::mariadb:
    case Flavor::mysql:
        return "SELECT GROUP_CONCAT(CONCAT(COLUMN_NAME, ':', COLUMN_TYPE) ORDER BY ORDINAL_POSITION) FROM "
               "information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
               model.key.table + "'";
    }
    return {};
}

std::string keep_shape_sql(const TableModel& model) {
    switch (model.flavor) {
    case Flavor::sqlite:
        return {}; // BEGIN IMMEDIATE excludes everybody already
    case Flavor::postgres:
        return "LOCK TABLE " + model.table() + " IN ROW EXCLUSIVE MODE";
    case Flavor::mariadb:
    case Flavor::mysql:
        return "SELECT 1 FROM " + model.table() + " LIMIT 0 FOR UPDATE";
    }
    return {};
}

} // namespace

Writers::Writer::Writer(Writers& all, int number)
    : all_(all),
      sql_(all.model_),
      number_(number),
      random_(all.options_.seed * 1000 + static_cast<std::uint64_t>(number)),
      next_(all.options_.rows),
      kinds_(kinds()) {}

std::int64_t Writers::Writer::own(std::int64_t key) {
    const std::int64_t group = number_ * 1000 + static_cast<std::int64_t>(random_() % 20);
    add({key, group, key, {}});
    return group;
}

void Writers::Writer::open() {
    client_ = all_.database_.open();
    if (is_mysql_like(all_.model_.flavor)) {
        // Gap locks of two writers on the twin would be deadlocks of the test's own making.
        client_->query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    }
    if (all_.options_.looks_at_shape && first_look_.empty()) {
        first_look_ = client_->cell(look_sql(all_.model_));
    }
}

void Writers::Writer::one() {
    if (!client_) {
        open();
    }
    transaction(kinds_[random_() % kinds_.size()]);
}

void Writers::Writer::run() {
    open();
    while (all_.next()) {
        one();
        std::this_thread::sleep_for(all_.options_.pause);
    }
}

void Writers::Writer::look() {
    if (!all_.options_.looks_at_shape) {
        return;
    }
    if (const std::string keep = keep_shape_sql(all_.model_); !keep.empty()) {
        client_->query(keep);
    }
    shape_ = client_->cell(look_sql(all_.model_)) == first_look_ ? Shape::before : Shape::after;
}

// InnoDB locks the neighbours of a unique value that is looked for, so two writers who trade such values can
// deadlock all alone. It is the tool's doing only if one of the tool's tables had a part in it.
bool Writers::Writer::is_own_deadlock(const ClientError& error) {
    if (!is_mysql_like(all_.model_.flavor) || error.code() != "1213") {
        return false;
    }
    const std::string status = client_->query("SHOW ENGINE INNODB STATUS").rows.at(0).at(2).value_or("");
    const std::size_t begin = status.find("LATEST DETECTED DEADLOCK");
    const std::size_t end = status.find("WE ROLL BACK TRANSACTION", begin);
    return begin != std::string::npos && status.substr(begin, end - begin).find("_tt_") == std::string::npos;
}

void Writers::Writer::transaction(const Kind& kind) {
    roll_back_ = waited_ = false;
    when_committed_.clear();
    const auto start = std::chrono::steady_clock::now();
    try {
        client_->query(all_.model_.flavor == Flavor::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
        look();
        const bool something = (this->*kind.second)();
        client_->query(roll_back_ || !something ? "ROLLBACK" : "COMMIT");
        if (!something) {
            return;
        }
    } catch (const ClientError& error) {
        if (!is_own_deadlock(error)) {
            all_.complain(kind.first + ": " + error.what());
        }
        try {
            client_->query("ROLLBACK");
        } catch (const ClientError&) {
            open();
        }
        return;
    }
    if (!roll_back_) {
        for (const auto& change : when_committed_) {
            change();
        }
    }
    const auto took = std::chrono::steady_clock::now() - start;
    all_.record(kind.first, !roll_back_,
                waited_ ? std::chrono::microseconds{0}
                        : std::chrono::duration_cast<std::chrono::microseconds>(took));
}

void Writers::Writer::both(const Make& make) {
    const std::string sql = make(all_.model_.table(), shape_);
    const std::int64_t reached = client_->query(sql).affected;
    const std::int64_t expected = client_->query(make(all_.model_.twin(), Shape::before)).affected;
    // MySQL counts rows whose values changed, and the values of two shapes may change differently.
    if (reached != expected && !is_mysql_like(all_.model_.flavor)) {
        all_.complain("a statement reached " + std::to_string(reached) + " rows and should reach " +
                      std::to_string(expected) + ": " + sql);
    }
}

void Writers::Writer::add(const MadeRow& row) {
    owned_[row.key] = {row.unique, row.group, keys_.size()};
    keys_.push_back(row.key);
}

void Writers::Writer::forget(std::int64_t key) {
    const Owned gone = owned_.at(key);
    owned_.at(keys_.back()).place = gone.place;
    keys_[gone.place] = keys_.back();
    keys_.pop_back();
    owned_.erase(key);
    free_keys_.push_back(key);
    free_uniques_.push_back(gone.unique);
}

std::int64_t Writers::Writer::any_key() {
    return keys_[random_() % keys_.size()];
}

void Writers::Reader::run() {
    const auto client = all_.database_.open();
    const std::string sql =
        "SELECT COUNT(*) FROM " + all_.model_.table() + " WHERE grp = " + std::to_string(hot_group);
    while (all_.next()) {
        try {
            const std::int64_t seen = client->number(sql);
            if (seen != hot_rows) {
                all_.complain("a reader saw " + std::to_string(seen) + " of the rows that are always there");
            }
        } catch (const ClientError& error) {
            all_.complain(std::string{"read: "} + error.what());
        }
        std::this_thread::sleep_for(all_.options_.pause * 5);
    }
}

} // namespace turntable::test
