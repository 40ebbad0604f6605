// How an expression is built, from inside out:
//   units   the exact decimal x × 10^s, a float by its shortest decimal text
//   whole   units, rounded
//   cheap   a test that proves in float arithmetic that round(x × 10^s) is exact; most rows of a money column
//   pass it near    a cheap bound: the result fits for certain far     a cheap bound: the result does not fit
//   for certain; keeps huge values out of decimal arithmetic edge    between near and far: the result is
//   computed and compared
// CASE keeps the order of evaluation, so nothing is computed of a value that an earlier branch has taken:
// float multiplication fails on overflow, and a cast of malformed text fails. There are no subqueries: the
// expressions also serve where PostgreSQL takes none, as in ALTER … USING.
#include "conversion_units.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql::conversion {
namespace {

constexpr std::string_view number_pattern =
    R"(^[ \t\r\n]*[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})[ \t\r\n]*$)";

std::string power_of_ten(int exponent) {
    return Decimal{1}.scaled(exponent).to_string();
}

bool is_float(TypeKind kind) {
    return kind == TypeKind::float4 || kind == TypeKind::float8;
}

// From here on two neighbours are 4 apart, and a decimal midway between them can be shorter than both. It
// reads back as the even one, but PostgreSQL's text never shows it.
std::string_view midway_limit(TypeKind kind) {
    return kind == TypeKind::float4 ? "33554432" : "18014398509481984";
}

std::string text_decimal(const std::string& x) {
    return fmt::format("{}::text::numeric", x);
}

// The shortest decimal of a float beyond the midway limit: fewer digits than in the text are tried first.
std::string searched_decimal(TypeKind kind, const std::string& x) {
    const std::string_view type = kind == TypeKind::float4 ? "real" : "double precision";
    const int fewest = kind == TypeKind::float4 ? 6 : 15;
    const int tries = kind == TypeKind::float4 ? 3 : 2;
    const std::string text = text_decimal(x);
    std::string sql = "CASE";
    for (int digits = fewest; digits < fewest + tries; ++digits) {
        sql += fmt::format(" WHEN round({0}, {1} - length(trunc(abs({0}))::text))::{2} = {3}"
                           " THEN round({0}, {1} - length(trunc(abs({0}))::text))",
                           text, digits, type, x);
    }
    return fmt::format("({} ELSE {} END)", sql, text);
}

std::string rounded(Rounding rounding, const std::string& units) {
    switch (rounding) {
    case Rounding::half_even:
        return fmt::format(
            "CASE WHEN abs({0} - trunc({0})) = 0.5 THEN 2 * round({0} * 0.5) ELSE round({0}) END", units);
    case Rounding::half_up:
        return fmt::format("round({})", units);
    case Rounding::half_down:
        return fmt::format("sign({0}) * ceil(abs({0}) - 0.5)", units);
    case Rounding::up:
        return fmt::format("sign({0}) * ceil(abs({0}))", units);
    case Rounding::down:
    case Rounding::exact_only:
        return fmt::format("trunc({})", units);
    case Rounding::ceiling:
        return fmt::format("ceil({})", units);
    case Rounding::floor:
        return fmt::format("floor({})", units);
    }
    check(false, "unknown Rounding");
    return {};
}

// x × 10^s and its rounding, as expressions.
struct Units {
    std::string exact, whole;
};

class UnitsSql {
  public:
    UnitsSql(const Conversion& asked, const ConvertedColumn& source);
    [[nodiscard]] ConversionPlan plan() const;

  private:
    void of_float();
    void of_numeric();
    void of_integer();
    void of_text();
    [[nodiscard]] Units units(const std::string& decimal) const;
    [[nodiscard]] std::string fits(const Units& units) const;
    // Whole units as the target's value.
    [[nodiscard]] std::string result(const std::string& whole) const;
    [[nodiscard]] std::string forward() const;
    [[nodiscard]] std::string inverse() const;
    // The result where it fits: rounded, or refused below the minor unit.
    [[nodiscard]] std::string value(const Units& units) const;
    [[nodiscard]] std::string bad_value(BadValuePolicy policy, std::string_view reason) const;
    // A CASE that gives `other` for NULL, malformed and not finite values, and for those that pass the cheap
    // test.
    [[nodiscard]] std::string by_region(std::string_view other, const std::string& near,
                                        const std::string& far, const std::string& edge) const;
    void add_sums(ConversionPlan& plan) const;

    Conversion asked_;
    ConvertedColumn source_;
    TypeKind kind_;
    UnitConversion unit_;
    IntegerRange range_;
    std::string target_;
    std::string x_, factor_, divisor_;
    Units near_units_, edge_units_;
    std::string cheap_, cheap_value_, malformed_, not_finite_, near_,
        far_; // "" where the type has no such values
};

UnitsSql::UnitsSql(const Conversion& asked, const ConvertedColumn& source)
    : asked_(asked),
      source_(source),
      kind_(kind_of(source.type)),
      unit_(unit_conversion(asked)),
      range_(unit_.divides ? decimal_range(unit_.precision, unit_.places)
                           : integer_range(asked, asked.type.value_or("bigint"))),
      target_(asked.into.value_or(source.name)),
      x_(quoted(source.name)),
      factor_(power_of_ten(unit_.scale)),
      divisor_(Decimal{1}.scaled(-unit_.scale).to_string(unit_.scale)) {
    switch (kind_) {
    case TypeKind::float4:
    case TypeKind::float8:
        of_float();
        return;
    case TypeKind::numeric:
        of_numeric();
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
            "column {} is of type {}: {} converts real, double precision, numeric, smallint, integer, "
            "bigint, text and varchar",
            source.name, source.type, asked.rule)};
}

void UnitsSql::of_float() {
    const int range_digits = static_cast<int>(range_.max.size());
    const int exact_digits = kind_ == TypeKind::float4 ? 6 : 15;
    cheap_value_ = fmt::format("round({}::double precision * {})", x_, factor_);
    const std::string back = fmt::format("{} / {}::double precision", cheap_value_, factor_);
    cheap_ = fmt::format("CASE WHEN abs({0}) < {1} THEN {2} = {0} ELSE false END", x_,
                         power_of_ten(std::min(exact_digits, range_digits - 1) - unit_.scale),
                         kind_ == TypeKind::float4 ? "(" + back + ")::real" : back);
    not_finite_ = fmt::format("{} IN ('NaN', 'Infinity', '-Infinity')", x_);
    const Decimal near =
        std::min(Decimal{1}.scaled(range_digits - 1 - unit_.scale), *Decimal::parse(midway_limit(kind_)));
    near_ = fmt::format("abs({}) < {}", x_, near.to_string());
    const Decimal far = Decimal{1}.scaled(range_digits - unit_.scale);
    far_ = fmt::format("abs({}) >= {}", x_, far.to_string());
    near_units_ = units(text_decimal(x_));
    edge_units_ =
        far > *Decimal::parse(midway_limit(kind_)) ? units(searched_decimal(kind_, x_)) : near_units_;
    // A shortest decimal has 17 digits at most, float4: 9. With that many before the point of `units`, it is
    // whole.
    if (range_digits - 1 >= (kind_ == TypeKind::float4 ? 9 : 17)) {
        edge_units_.whole = edge_units_.exact;
    }
}

void UnitsSql::of_numeric() {
    const int range_digits = static_cast<int>(range_.max.size());
    near_ = fmt::format("abs({}) < {}", x_, power_of_ten(range_digits - 1 - unit_.scale));
    far_ = fmt::format("abs({}) >= {}", x_, power_of_ten(range_digits - unit_.scale));
    not_finite_ = fmt::format("{}::text IN ('NaN', 'Infinity', '-Infinity')", x_);
    near_units_ = edge_units_ = units(x_);
}

void UnitsSql::of_integer() {
    const auto limit = [&](const std::string& of) {
        return Decimal::parse(of)->scaled(-unit_.scale).rounded(Rounding::down)->to_string();
    };
    near_ = fmt::format("{} BETWEEN {} AND {}", x_, limit(range_.min), limit(range_.max));
    far_ = "NOT " + near_;
    near_units_ = edge_units_ = units(x_ + (unit_.divides ? "::numeric" : "::bigint"));
    near_units_.whole = edge_units_.whole = near_units_.exact;
}

void UnitsSql::of_text() {
    malformed_ = fmt::format("{}::text COLLATE \"C\" !~ {}", x_, literal(number_pattern));
    near_units_ = edge_units_ = units(fmt::format("btrim({}::text, E' \\t\\r\\n')::numeric", x_));
}

Units UnitsSql::units(const std::string& decimal) const {
    const std::string exact = unit_.scale == 0 ? decimal : fmt::format("({} * {})", decimal, factor_);
    return {exact, "(" + rounded(unit_.effective, exact) + ")"};
}

std::string UnitsSql::fits(const Units& units) const {
    return fmt::format("{} BETWEEN {} AND {}", units.whole, range_.min, range_.max);
}

std::string UnitsSql::result(const std::string& whole) const {
    return unit_.divides && unit_.scale > 0
               ? fmt::format("({}::numeric * {})::{}", whole, divisor_, range_.type)
               : fmt::format("{}::{}", whole, range_.type);
}

std::string UnitsSql::bad_value(BadValuePolicy policy, std::string_view reason) const {
    return policy != BadValuePolicy::fail ? "NULL" : refusal(source_.name, x_, reason, range_.type);
}

std::string UnitsSql::value(const Units& units) const {
    if (unit_.rounds || units.whole == units.exact) {
        return result(units.whole);
    }
    return fmt::format("CASE WHEN {0} = trunc({0}) THEN {1} ELSE {2} END", units.exact, result(units.exact),
                       refusal(source_.name, x_, unit_.below, range_.type));
}

std::string UnitsSql::forward() const {
    const std::string outside = bad_value(unit_.overflow, "out of the range of " + range_.type);
    std::string sql = "CASE";
    const auto when = [&](const std::string& condition, const std::string& result) {
        if (!condition.empty()) {
            sql += fmt::format(" WHEN {} THEN {}", condition, result);
        }
    };
    when(cheap_, result(unit_.divides ? cheap_value_ + "::bigint" : cheap_value_));
    when(near_, value(near_units_));
    when(x_ + " IS NULL", "NULL");
    when(malformed_, bad_value(unit_.malformed, "not a number"));
    when(not_finite_, bad_value(unit_.nan, "not finite"));
    when(far_, outside);
    when(fits(edge_units_), value(edge_units_));
    return sql + fmt::format(" ELSE {} END", outside);
}

// Refuses what the old type cannot hold: a cast to it would round or cut in silence.
std::string UnitsSql::inverse() const {
    const std::string y = quoted(target_);
    const std::string value =
        unit_.divides || unit_.scale == 0 ? y + "::numeric" : fmt::format("({} * {})", y, divisor_);
    const std::string old = fmt::format("({}::{})", value, source_.type);
    std::string back = old + "::numeric";
    if (is_float(kind_)) {
        back = fmt::format("(CASE WHEN abs({0}) < {1} THEN {2} ELSE {3} END)", old, midway_limit(kind_),
                           text_decimal(old), searched_decimal(kind_, old));
    } else if (kind_ == TypeKind::text) {
        back = fmt::format("{}::text::numeric", old);
    }
    return fmt::format("CASE WHEN {} = {} THEN {} ELSE {}::{} END", back, value, old,
                       refusal(target_, y, "does not fit " + source_.type, "bigint"), source_.type);
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
    when(not_finite_, other);
    when(far_, far);
    return sql + fmt::format(" ELSE {} END", edge);
}

// Sums of the rows that pass the cheap test are sums of bigint, several times faster than those of numeric.
void UnitsSql::add_sums(ConversionPlan& plan) const {
    const auto accepted = [&](const std::string& near, const std::string& edge) {
        return by_region("NULL", near, "NULL",
                         fmt::format("CASE WHEN {} THEN {} END", fits(edge_units_), edge));
    };
    const auto error = [](const Units& units) { return fmt::format("{} - {}", units.whole, units.exact); };
    const std::string sum = fmt::format("sum({})", accepted(near_units_.exact, edge_units_.exact));
    const std::string errors = accepted(error(near_units_), error(edge_units_));
    const std::string back = unit_.divides ? " * " + divisor_ : "";
    plan.conserves_sum = true;
    plan.scale = unit_.divides ? 0 : unit_.scale;
    if (cheap_.empty()) {
        plan.sum_source_sql = fmt::format("{} * {}", sum, divisor_);
        plan.sum_error_sql = fmt::format("sum({}){}", errors, back);
        plan.largest_error_sql = fmt::format("max(abs({})){}", errors, back);
        return;
    }
    const std::string cheap_sum = fmt::format("sum(CASE WHEN {} THEN {}::bigint END)", cheap_, cheap_value_);
    const std::string cheap_zero = fmt::format("max(CASE WHEN {} THEN 0 END)", cheap_);
    plan.sum_source_sql = fmt::format("coalesce({0} + {1}, {0}, {1}) * {2}", cheap_sum, sum, divisor_);
    plan.sum_error_sql = fmt::format("coalesce(sum({}), {}){}", errors, cheap_zero, back);
    plan.largest_error_sql = fmt::format("coalesce(max(abs({})), {}){}", errors, cheap_zero, back);
}

ConversionPlan UnitsSql::plan() const {
    ConversionPlan plan = started_plan(asked_, source_.name, source_.type);
    plan.target_type = range_.type;
    plan.forward_sql = forward();
    plan.inverse_sql = inverse();
    plan.is_rejected = malformed_.empty() ? "" : fmt::format("coalesce({}, false)", malformed_);
    plan.is_not_finite =
        not_finite_.empty()
            ? ""
            : fmt::format("CASE WHEN {} THEN false ELSE coalesce({}, false) END", near_, not_finite_);
    plan.is_out_of_range = by_region("false", "false", "true", "NOT " + fits(edge_units_));
    if (kind_ != TypeKind::integer) {
        const auto below = [](const Units& units) { return fmt::format("{0} <> trunc({0})", units.exact); };
        plan.is_rounded = by_region("false", below(near_units_), "false",
                                    fmt::format("{} AND {}", fits(edge_units_), below(edge_units_)));
    }
    add_sums(plan);
    return plan;
}

} // namespace

ConversionPlan compile_units(const Conversion& asked, const ConvertedColumn& source) {
    return UnitsSql{asked, source}.plan();
}

} // namespace turntable::postgresql::conversion
