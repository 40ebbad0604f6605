#pragma once
// One `[[op]]` of a change file: typed reading that remembers which keys were asked for, so that a key that
// nobody asked for is an error with its line.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "turntable/change.hpp"
#include "turntable/error.hpp"

namespace turntable::change {

// Error{usage,"bad_change_file"} that says file and line.
[[nodiscard]] Error bad_file(const std::string& file_name, const toml::source_region& where,
                             const std::string& why);

class OpReader {
  public:
    OpReader(const toml::table& table, std::string file_name)
        : table_(table), file_name_(std::move(file_name)) {}

    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view key);
    // An SQL expression, or a TOML number or boolean, which stands for itself.
    [[nodiscard]] std::optional<std::string> optional_sql(std::string_view key);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);
    [[nodiscard]] std::vector<std::string> optional_texts(std::string_view key);
    [[nodiscard]] bool flag(std::string_view key);
    [[nodiscard]] std::optional<Conversion> conversion(std::string_view key, const std::string& column);
    // Throws if the table has a key that none of the calls above asked for.
    void expect_nothing_else() const;

    [[nodiscard]] Error bad(const std::string& why) const;

  private:
    [[nodiscard]] const toml::node* find(std::string_view key);
    [[nodiscard]] Error bad_value(std::string_view key, const toml::node& node,
                                  const std::string& wanted) const;

    const toml::table& table_;
    std::string file_name_;
    std::set<std::string, std::less<>> known_;
};

} // namespace turntable::change
