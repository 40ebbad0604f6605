#pragma once
// One writer's thread: what it owns, and the kinds of transaction it makes. Each writer owns a share of the
// keys, so that a transaction's statements have the same effect on the table and on the twin; only the hot
// rows, which all update and nobody removes, are shared (the row lock on the table orders them for both).

#include <array>
#include <functional>
#include <map>
#include <random>

#include "support/writer_sql.hpp"
#include "support/writers.hpp"

namespace turntable::test {

inline constexpr std::int64_t hot_rows = 8;
inline constexpr std::int64_t hot_group = 999'999;

class Writers::Writer {
  public:
    Writer(Writers& all, int number);

    // Takes over a row that fill() makes; returns its group.
    std::int64_t own(std::int64_t key);
    void run();
    // One transaction.
    void one();

  private:
    struct Owned {
        std::int64_t unique = 0, group = 0;
        std::size_t place = 0; // in keys_
    };
    using Kind =
        std::pair<std::string, bool (Writer::*)()>; // the function returns false where there is nothing to do

    void transaction(const Kind& kind);
    [[nodiscard]] bool is_own_deadlock(const ClientError& error);
    void look();
    void open();
    // The same statement for both tables; complains unless it reached as many rows of each.
    using Make = std::function<std::string(const std::string& table, Shape shape)>;
    void both(const Make& make);

    bool insert();
    bool update();
    bool remove();
    bool move_key();
    bool rewrite_key();
    bool trade();
    bool bulk_insert();
    bool bulk_update();
    bool bulk_remove();
    bool replace_row();
    bool evict();
    bool remove_and_insert();
    bool update_hot();
    bool idle();
    bool give_up();
    [[nodiscard]] std::vector<Kind> kinds() const;
    // After a column was dropped a way back can give its old value to the same key only: a row that was
    // removed and made again, or moved, is not comparable with the twin's.
    [[nodiscard]] bool keys_must_stay() const;

    [[nodiscard]] MadeRow make_row();
    [[nodiscard]] std::int64_t any_key();
    [[nodiscard]] std::int64_t new_unique();
    void add(const MadeRow& row);
    void forget(std::int64_t key);

    Writers& all_;
    WriterSql sql_;
    int number_;
    std::mt19937_64 random_;
    std::unique_ptr<Client> client_;
    Shape shape_ = Shape::before;
    std::string first_look_;
    bool roll_back_ = false;
    bool waited_ = false;
    std::vector<std::function<void()>> when_committed_;

    std::vector<std::int64_t> keys_;
    std::map<std::int64_t, Owned> owned_;
    std::vector<std::int64_t> free_keys_,
        free_uniques_;        // of removed rows: using them again is a hazard of its own
    std::int64_t next_ = 0;   // number of the next key and unique value
    std::vector<Kind> kinds_; // weighed
};

// An application that reads all the time: the hot rows must always be there.
class Writers::Reader {
  public:
    explicit Reader(Writers& all) : all_(all) {}
    void run();

  private:
    Writers& all_;
};

} // namespace turntable::test
