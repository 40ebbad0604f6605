// How an expression is built, from inside out:
//   units   the exact decimal x × 10^s, a float by its shortest decimal
//   whole   units, rounded
//   cheap   a test that proves in float arithmetic that round(x × 10^s) is exact; most rows of a money column
//   pass it near    a cheap bound: the result fits for certain far     a cheap bound: the result does not fit
//   for certain; keeps huge values out of decimal arithmetic
// CASE keeps the order of evaluation, so nothing is computed of a value that an earlier branch has taken: an
// overflow of double arithmetic is an error, and in strict mode so is the cast of malformed text.
//
// The server's decimals have 65 digits, at most 30 of them after the point, and a product is cut to nine
// words of nine digits. All values here fit: below `far` there are at most 19 digits before the point after
// scaling.
#include "conversion_units.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql::conversion {
namespace {

constexpr std::string_view number_pattern =
    R"('^[ \t\r\n]*[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})[ \t\r\n]*\\z')"; // $ would let a final
                                                                                       // line end of any kind
                                                                                       // pass

std::string power_of_ten(int exponent) {
    return Decimal{1}.scaled(exponent).to_string();
}

// A double's cast to DECIMAL goes by its shortest digits. Values below 10^-13 have digits beyond the
// thirtieth place; for every scale up to 9 they round as ±10^-14 does.
std::string decimal_of_double(const std::string& x) {
    return fmt::format("CASE WHEN ABS({0}) < 1e-13 THEN SIGN({0}) * 0.00000000000001 "
                       "ELSE CAST({0} AS DECIMAL(65,30)) END",
                       x);
}

// A float's own text has six digits, which lose cents from 10000.00 on. Its value as a double is exact; the
// fewest digits of it that read back as the same float are searched, six to nine. Two decimals of one length
// can be equally near, as 2097152.2 and 2097152.3 to 2097152.25: the even one counts. It happens with eight
// digits only.
std::string decimal_of_float(const std::string& x) {
    const std::string exact = fmt::format("({} * 1e0)", x);
    const std::string decimal = fmt::format("CAST({} AS DECIMAL(65,30))", exact);
    const auto rounded_to = [&](int digits, const std::string& value) {
        return fmt::format("ROUND({}, {} - FLOOR(LOG10(ABS({}))))", value, digits - 1, exact);
    };
    const auto when_same = [&](const std::string& candidate, const std::string& condition) {
        return fmt::format(" WHEN CAST({0} AS FLOAT) = {1}{2} THEN {0}", candidate, x, condition);
    };
    const std::string even = "2 * " + rounded_to(8, decimal + " * 0.5");
    return fmt::format("CASE WHEN ABS({0}) < 1e-13 THEN SIGN({0}) * 0.00000000000001", exact) +
           when_same(rounded_to(6, decimal), "") + when_same(rounded_to(7, decimal), "") +
           when_same(even, fmt::format(" AND ABS({0} - {1}) = ABS({2} - {1})", even, decimal,
                                       rounded_to(8, decimal))) +
           when_same(rounded_to(8, decimal), "") + fmt::format(" ELSE {} END", rounded_to(9, decimal));
}

std::string rounded(Rounding rounding, const std::string& units) {
    switch (rounding) {
    case Rounding::half_even:
        return fmt::format(
            "CASE WHEN ABS({0} - TRUNCATE({0}, 0)) = 0.5 THEN 2 * ROUND({0} * 0.5) ELSE ROUND({0}) END",
            units);
    case Rounding::half_up:
        return fmt::format("ROUND({})", units);
    case Rounding::half_down:
        return fmt::format("SIGN({0}) * CEILING(ABS({0}) - 0.5)", units);
    case Rounding::up:
        return fmt::format("SIGN({0}) * CEILING(ABS({0}))", units);
    case Rounding::down:
    case Rounding::exact_only:
        return fmt::format("TRUNCATE({}, 0)", units);
    case Rounding::ceiling:
        return fmt::format("CEILING({})", units);
    case Rounding::floor:
        return fmt::format("FLOOR({})", units);
    }
    check(false, "unknown Rounding");
    return {};
}

class UnitsSql {
  public:
    UnitsSql(const Conversion& asked, const ConvertedColumn& source);
    [[nodiscard]] ConversionPlan plan() const;

  private:
    void of_float();
    void of_decimal();
    void of_integer();
    void of_text();
    void set_units(const std::string& decimal);
    void set_bounds(const std::string& magnitude);
    [[nodiscard]] std::string fits() const;
    // Whole units as the target's value.
    [[nodiscard]] std::string result(const std::string& whole) const;
    [[nodiscard]] std::string below_unit() const;
    [[nodiscard]] std::string forward() const;
    [[nodiscard]] std::string inverse() const;
    // The result where it fits: rounded, or refused below the minor unit.
    [[nodiscard]] std::string value() const;
    [[nodiscard]] std::string bad_value(BadValuePolicy policy, std::string_view reason) const;
    // A CASE that gives `other` for NULL and malformed values, and for those that pass the cheap test.
    [[nodiscard]] std::string by_region(std::string_view other, const std::string& near,
                                        const std::string& far, const std::string& edge) const;
    void add_sums(ConversionPlan& plan) const;

    Conversion asked_;
    ConvertedColumn source_;
    ColumnType type_;
    UnitConversion unit_;
    IntegerRange range_;
    std::string target_;
    std::string x_, factor_, divisor_;
    std::string exact_, whole_;                                // units
    std::string cheap_, cheap_value_, malformed_, near_, far_; // "" where the type has no such values
};

UnitsSql::UnitsSql(const Conversion& asked, const ConvertedColumn& source)
    : asked_(asked),
      source_(source),
      type_(column_type(source.type)),
      unit_(unit_conversion(asked)),
      range_(unit_.divides ? decimal_range(unit_.precision, unit_.places)
                           : integer_range(asked, native_type(asked.type.value_or("int64")))),
      target_(asked.into.value_or(source.name)),
      x_(quoted(source.name)),
      factor_(power_of_ten(unit_.scale)),
      divisor_(Decimal{1}.scaled(-unit_.scale).to_string(unit_.scale)) {
    switch (type_.kind) {
    case TypeKind::float4:
    case TypeKind::float8:
        of_float();
        return;
    case TypeKind::decimal:
        of_decimal();
        return;
    case TypeKind::integer:
        of_integer();
        return;
    case TypeKind::text:
        of_text();
        return;
    case TypeKind::other:
        break;
    }
    throw Error{
        ErrorKind::refused, "not_supported",
        fmt::format(
            "column {} is of type {}: {} converts float, double, decimal, integers, char, varchar and "
            "text",
            source.name, source.type, asked.rule)};
}

// near: less than 10^(digits - 1) units; far: 10^digits units or more, where `digits` are those of the
// largest integer.
void UnitsSql::set_bounds(const std::string& magnitude) {
    const int digits = static_cast<int>(range_.max.size());
    const std::string not_negative = range_.min == "0" ? fmt::format(" AND {} >= 0", x_) : "";
    near_ = fmt::format("{} < {}{}", magnitude, power_of_ten(digits - 1 - unit_.scale), not_negative);
    far_ = fmt::format("{} >= {}", magnitude, power_of_ten(digits - unit_.scale));
}

void UnitsSql::of_float() {
    const bool is_float4 = type_.kind == TypeKind::float4;
    const int cheap_digits = std::min(is_float4 ? 6 : 15, static_cast<int>(range_.max.size()) - 1);
    const std::string factor = Decimal{1}.scaled(unit_.scale).to_string() + "e0";
    cheap_value_ = fmt::format("ROUND({} * {})", x_, factor);
    const std::string back = fmt::format("{} / {}", cheap_value_, factor);
    cheap_ = fmt::format("CASE WHEN ABS({0}) < {1}e0{2} THEN {3} = {0} ELSE FALSE END", x_,
                         power_of_ten(cheap_digits - unit_.scale),
                         range_.min == "0" ? fmt::format(" AND {} >= 0", x_) : "",
                         is_float4 ? "CAST(" + back + " AS FLOAT)" : back);
    set_units(is_float4 ? decimal_of_float(x_) : decimal_of_double(x_));
    set_bounds(fmt::format("ABS({})", x_));
}

void UnitsSql::of_decimal() {
    set_units(x_);
    set_bounds(fmt::format("ABS({})", x_));
}

void UnitsSql::of_integer() {
    const auto limit = [&](const std::string& of) {
        return Decimal::parse(of)->scaled(-unit_.scale).rounded(Rounding::down)->to_string();
    };
    near_ = fmt::format("{} BETWEEN {} AND {}", x_, limit(range_.min), limit(range_.max));
    far_ = fmt::format("NOT ({})", near_);
    // A product of integers must not leave 64 bits.
    exact_ = whole_ =
        fmt::format("({} * {})", unit_.divides ? "CAST(" + x_ + " AS DECIMAL(65,0))" : x_, factor_);
}

void UnitsSql::of_text() {
    malformed_ = fmt::format("{} NOT REGEXP {}", x_, number_pattern);
    const std::string number = fmt::format(
        R"(CAST(REPLACE(REPLACE(REPLACE(REPLACE({}, ' ', ''), '\t', ''), '\r', ''), '\n', '') AS DECIMAL(65,30)))",
        x_);
    set_units(number);
    set_bounds(fmt::format("ABS({})", number));
    near_.clear(); // a number must be known to be one before it is compared
}

void UnitsSql::set_units(const std::string& decimal) {
    exact_ = fmt::format("({} * {})", decimal.starts_with("CASE") ? "(" + decimal + ")" : decimal, factor_);
    whole_ = fmt::format("({})", rounded(unit_.effective, exact_));
}

std::string UnitsSql::fits() const {
    return fmt::format("{} BETWEEN {} AND {}", whole_, range_.min, range_.max);
}

std::string UnitsSql::below_unit() const {
    return fmt::format("{0} <> TRUNCATE({0}, 0)", exact_);
}

std::string UnitsSql::result(const std::string& whole) const {
    return unit_.divides ? fmt::format("CAST({} * {} AS {})", whole, divisor_, range_.type)
                         : fmt::format("CAST({} AS SIGNED)", whole);
}

std::string UnitsSql::bad_value(BadValuePolicy policy, std::string_view reason) const {
    return policy != BadValuePolicy::fail ? "NULL" : refusal(source_.name, x_, reason);
}

std::string UnitsSql::value() const {
    if (unit_.rounds || whole_ == exact_) {
        return result(whole_);
    }
    return fmt::format("CASE WHEN {} THEN {} ELSE {} END", below_unit(),
                       refusal(source_.name, x_, unit_.below), result(whole_));
}

std::string UnitsSql::forward() const {
    const std::string outside = bad_value(unit_.overflow, "out of the range of " + range_.type);
    std::string sql = "CASE";
    const auto when = [&](const std::string& condition, const std::string& result) {
        if (!condition.empty()) {
            sql += fmt::format(" WHEN {} THEN {}", condition, result);
        }
    };
    when(cheap_, result(unit_.divides ? "CAST(" + cheap_value_ + " AS SIGNED)" : cheap_value_));
    when(near_, value());
    when(x_ + " IS NULL", "NULL");
    when(malformed_, bad_value(unit_.malformed, "not a number"));
    when(far_, outside);
    when(fits(), value());
    return sql + fmt::format(" ELSE {} END", outside);
}

// Refuses what the old type cannot hold and would round in silence. What it refuses by itself in strict mode,
// a number out of range or a text too long, is left to it.
std::string UnitsSql::inverse() const {
    const std::string y = quoted(target_);
    const std::string value = unit_.divides ? y : fmt::format("({} * {})", y, divisor_);
    const auto checked = [&](const std::string& same, const std::string& old) {
        return fmt::format("CASE WHEN {0} IS NULL OR {1} THEN {2} ELSE {3} END", y, same, old,
                           refusal(target_, y, "does not fit " + source_.type));
    };
    switch (type_.kind) {
    case TypeKind::float4: {
        const std::string old = fmt::format("CAST({} AS FLOAT)", value);
        return checked(fmt::format("{} = 0 OR {} = {}", y, decimal_of_float(old), value), old);
    }
    case TypeKind::float8: {
        const std::string old = fmt::format("({} + 0e0)", value);
        return checked(fmt::format("CAST({} AS DECIMAL(65,30)) = {}", old, value), old);
    }
    case TypeKind::decimal:
        return checked(fmt::format("ROUND({0}, {1}) = {0}", value, type_.places), value);
    case TypeKind::integer:
        return checked(fmt::format("ROUND({0}) = {0}", value),
                       fmt::format("CAST({} AS DECIMAL(65,0))", value));
    case TypeKind::text:
        return fmt::format("CAST({} AS CHAR)", value);
    case TypeKind::other:
        break;
    }
    check(false, "a kind without an inverse");
    return {};
}

std::string UnitsSql::by_region(std::string_view other, const std::string& near, const std::string& far,
                                const std::string& edge) const {
    std::string sql = "CASE";
    const auto when = [&](const std::string& condition, std::string_view result) {
        if (!condition.empty()) {
            sql += fmt::format(" WHEN {} THEN {}", condition, result);
        }
    };
    when(cheap_, other);
    when(near_, near);
    when(x_ + " IS NULL", other);
    when(malformed_, other);
    when(far_, far);
    return sql + fmt::format(" ELSE {} END", edge);
}

void UnitsSql::add_sums(ConversionPlan& plan) const {
    const auto accepted = [&](const std::string& result, std::string_view cheap_result) {
        const std::string slow =
            by_region("NULL", result, "NULL", fmt::format("CASE WHEN {} THEN {} END", fits(), result));
        return cheap_.empty() ? slow
                              : fmt::format("CASE WHEN {} THEN {} ELSE {} END", cheap_, cheap_result, slow);
    };
    const std::string error = accepted(fmt::format("{} - {}", whole_, exact_), "0");
    plan.conserves_sum = true;
    plan.scale = unit_.divides ? 0 : unit_.scale;
    const std::string back = unit_.divides ? " * " + divisor_ : "";
    plan.sum_source_sql = fmt::format(
        "SUM({}) * {}", accepted(exact_, fmt::format("CAST({} AS SIGNED)", cheap_value_)), divisor_);
    plan.sum_error_sql = fmt::format("SUM({}){}", error, back);
    plan.largest_error_sql = fmt::format("MAX(ABS({})){}", error, back);
}

ConversionPlan UnitsSql::plan() const {
    ConversionPlan plan = started_plan(asked_, source_.name, source_.type);
    plan.target_type = range_.type;
    plan.forward_sql = forward();
    plan.inverse_sql = inverse();
    plan.is_rejected = malformed_.empty() ? "" : fmt::format("COALESCE({}, FALSE)", malformed_);
    plan.is_out_of_range = by_region("FALSE", "FALSE", "TRUE", fmt::format("NOT ({})", fits()));
    if (type_.kind != TypeKind::integer) {
        plan.is_rounded =
            by_region("FALSE", below_unit(), "FALSE", fmt::format("{} AND {}", fits(), below_unit()));
    }
    add_sums(plan);
    return plan;
}

} // namespace

ConversionPlan compile_units(const Conversion& asked, const ConvertedColumn& source) {
    return UnitsSql{asked, source}.plan();
}

} // namespace turntable::mysql::conversion
