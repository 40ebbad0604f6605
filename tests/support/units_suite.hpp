#pragma once
// What every engine's money conversion must show against the reference in C++, through a plain client
// connection.

#include <optional>
#include <string>
#include <vector>

#include "support/conversion_values.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::test {

// Values for a column of one type; texts read back as exactly the values whose shortest decimals are given.
struct UnitsCase {
    std::string type;
    std::vector<std::string> texts;
    std::vector<Decimal> decimals;
};
[[nodiscard]] UnitsCase double_case(const std::string& type, const std::vector<double>& values);
[[nodiscard]] UnitsCase float_case(const std::string& type, const std::vector<float>& values);
[[nodiscard]] UnitsCase decimal_case(const std::string& type, const std::vector<std::string>& values);

class UnitsClient {
  public:
    virtual ~UnitsClient() = default;
    // Makes the table conv_values with the columns id, counted from 0, and one named column() of that type,
    // and an empty table conv_units with one column of 64-bit integers.
    virtual void load(const std::string& type, const std::vector<std::string>& texts) = 0;
    virtual std::vector<std::vector<Cell>> rows(const std::string& sql) = 0;
    [[nodiscard]] virtual ConversionPlan compile(const Conversion& asked, const std::string& type) = 0;
    // CAST to the engine's text.
    [[nodiscard]] virtual std::string as_text(const std::string& expression) const = 0;

    [[nodiscard]] virtual std::string quoted_column() const = 0;

    static const char* column() { return "Am\"ou`nt"; }
};

// So many values were compared with the reference: told by --gtest_output, as "compared WHAT", for each test.
void note_compared(const std::string& what, std::size_t values);

// minor_units into the column `units`, every class accepted: rounded, or NULL.
[[nodiscard]] Conversion units_asked(int scale, Rounding rounding);

// Class and integer of every loaded row are those of the reference. limit: of a narrower target.
void expect_reference(UnitsClient& client, const UnitsCase& values, int scale, Rounding rounding,
                      const std::optional<std::string>& target = {}, std::int64_t limit = INT64_MAX);
// The rule `integer` to that neutral type, whose largest value is `limit`.
void expect_integer(UnitsClient& client, const UnitsCase& values, Rounding rounding, const std::string& type,
                    std::int64_t limit);
// The rule `decimal`: class and value of every loaded row; and its sums.
void expect_decimal(UnitsClient& client, const UnitsCase& values, int precision, int places,
                    Rounding rounding);
// from_minor_units from that integer type to decimal(12,3), there and back, its classes and its sums.
void expect_major_units(UnitsClient& client, const std::string& type);
// Every loaded row is of class "rejected" and becomes NULL.
void expect_rejected(UnitsClient& client, const std::string& type, const std::vector<std::string>& texts);
// Numbers in text, good ones and spoilt ones, are those of number_in_text().
void expect_numbers_in_text(UnitsClient& client, const std::string& type);
// The sums over the loaded rows are exact and conserved.
void expect_conserved(UnitsClient& client, const UnitsCase& values, Rounding rounding);
// The inverse of the forward of every exact row has the image of the row: same_image compares `was` and
// `back`. More than 200 rows must be exact.
void expect_way_back(UnitsClient& client, const UnitsCase& values, int scale, const std::string& same_image);
// An INSERT of the forward fails with a message that has the value and the reason, and nothing is inserted.
void expect_refused(UnitsClient& client, const Conversion& asked, const std::string& type,
                    const std::string& text, const std::string& reason);

} // namespace turntable::test
