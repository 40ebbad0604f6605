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

// "int64 not null" -> int64, not nullable; "int64 null" -> int64, nullable; "int64" -> nothing said.
struct TypeText {
    std::string type;
    std::optional<bool> nullable;
};
[[nodiscard]] TypeText split_type(std::string text);

class OpReader;
// The typed operation on one table that the key `kind` names. Throws for a kind that is none.
[[nodiscard]] Operation read_operation(OpReader& op);

class OpReader {
  public:
    // where: of the table, if it does not know by itself because it was copied.
    OpReader(const toml::table& table, std::string file_name, const toml::source_region& where = {});

    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view key);
    // An SQL expression, or a TOML number or boolean, which stands for itself.
    [[nodiscard]] std::optional<std::string> optional_sql(std::string_view key);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);
    [[nodiscard]] std::vector<std::string> optional_texts(std::string_view key);
    [[nodiscard]] bool flag(std::string_view key);
    [[nodiscard]] std::optional<Conversion> conversion(std::string_view key, const std::string& column);
    // The node as it is; nullptr if there is none.
    [[nodiscard]] const toml::node* node(std::string_view key) { return find(key); }
    [[nodiscard]] const std::string& file_name() const { return file_name_; }
    // Where it begins: for a `[[op]]` its first key, since the library keeps no place of the brackets.
    [[nodiscard]] const toml::source_region& where() const { return where_; }
    [[nodiscard]] int line() const { return static_cast<int>(where_.begin.line); }
    // Throws if the table has a key that none of the calls above asked for.
    void expect_nothing_else() const;

    [[nodiscard]] Error bad(const std::string& why) const;

  private:
    [[nodiscard]] const toml::node* find(std::string_view key);
    [[nodiscard]] Error bad_value(std::string_view key, const toml::node& node,
                                  const std::string& wanted) const;

    const toml::table& table_;
    std::string file_name_;
    toml::source_region where_;
    std::set<std::string, std::less<>> known_;
};

} // namespace turntable::change
