#pragma once
// The statements of one replay batch. All work happens in the server, over session-private temporary tables:
//   _tt_ids   the ids of the log entries of this batch
//   _tt_keys  their distinct keys: the from-side's values (_tt_s<i>) and their images on the to-side
//   (_tt_m<i>) _tt_same  keys whose rows are equal already _tt_old   back only: the to-side's rows before the
//   batch, and what the change makes of them
// A key column of the to-side is only ever compared with a value that the mapping made.

#include <string>
#include <vector>

#include "route.hpp"

namespace turntable::mysql {

enum class Keys { all, range }; // range: those whose numbers are from the first `?` to the second

class ReplaySql {
  public:
    explicit ReplaySql(const Route& route);

    [[nodiscard]] std::vector<std::string> create_tables() const;
    [[nodiscard]] std::vector<std::string> drop_tables() const;
    [[nodiscard]] std::string take_entries(Rows limit) const;
    [[nodiscard]] std::string take_keys() const;
    [[nodiscard]] std::string find_same() const;
    [[nodiscard]] std::string forget_same() const;
    // Back: rows of the to-side have values that the from-side does not have.
    [[nodiscard]] bool keeps_rows() const;
    // And some of those rows' values must outlive a replacement.
    [[nodiscard]] bool keeps_values() const;
    // Back only; empty if nothing needs to be kept.
    [[nodiscard]] std::string keep_old() const;
    [[nodiscard]] std::string remove() const;
    // One statement, or two where rows with and without an old row differ.
    [[nodiscard]] std::vector<std::string> insert(Keys keys) const;
    // Puts key `?` at the end of the log again.
    [[nodiscard]] std::string requeue() const;
    // Takes key `?` out of the batch.
    [[nodiscard]] std::string forget_key() const;
    // The same two for all further spellings of keys that are in the batch already.
    [[nodiscard]] std::string requeue_spellings() const;
    [[nodiscard]] std::string forget_spellings() const;
    [[nodiscard]] std::string requeue_all() const;
    [[nodiscard]] std::string consume() const;
    [[nodiscard]] std::string key_numbers() const;
    // The texts of key `?`, for people.
    [[nodiscard]] std::string key_texts() const;

  private:
    [[nodiscard]] std::string requeue_where(std::string_view condition) const;
    [[nodiscard]] std::string insert_statement(Keys keys, bool with_old) const;
    [[nodiscard]] std::string value_of(const RouteColumn& column, std::size_t i, bool with_old) const;

    const Route& route_;
    std::string join_from_; // src.`id` = q._tt_s0 …
    std::string join_to_;   // dst.`id` = q._tt_m0 …
};

} // namespace turntable::mysql
