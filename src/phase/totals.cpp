#include "phase/totals.hpp"

#include "turntable/decimal.hpp"

namespace turntable::phase {
namespace {

Decimal number(const std::string& text) {
    if (text.empty()) {
        return Decimal{};
    }
    const auto parsed = Decimal::parse(text);
    check(parsed.has_value(), "a total that is not a decimal number");
    return *parsed;
}

// By doubling: a Decimal has sums and no products.
Decimal times(Decimal value, Rows count) {
    Decimal product;
    for (; count > 0; count /= 2) {
        product = count % 2 == 1 ? product + value : product;
        value = value + value;
    }
    return product;
}

void add_to(std::string& total, const std::string& part) {
    total = (number(total) + number(part)).to_string();
}

} // namespace

void add(machine::ConversionTotals& totals, const ConversionProbe& probed) {
    totals.nulls += probed.nulls;
    totals.exact += probed.exact;
    totals.rounded += probed.rounded;
    totals.not_finite += probed.not_finite;
    totals.out_of_range += probed.out_of_range;
    totals.rejected += probed.rejected;
    add_to(totals.sum_source, probed.sum_source);
    add_to(totals.sum_target, probed.sum_target);
    add_to(totals.sum_error, probed.sum_error);
    if (number(probed.largest_error).absolute() > number(totals.largest_error)) {
        totals.largest_error = number(probed.largest_error).absolute().to_string();
    }
}

void add(machine::ConversionTotals& totals, const ConversionSums& sums, const ConversionPlan& plan) {
    add_to(totals.sum_source, sums.source);
    add_to(totals.sum_target, sums.target);
    if (sums.replaced > 0) {
        add_to(totals.sum_target, times(number(plan.replacement), sums.replaced).negated().to_string());
    }
    add_to(totals.sum_error, sums.error);
}

ConversionProbe counts_of(const machine::ConversionTotals& totals) {
    ConversionProbe counts;
    counts.nulls = totals.nulls;
    counts.exact = totals.exact;
    counts.rounded = totals.rounded;
    counts.not_finite = totals.not_finite;
    counts.out_of_range = totals.out_of_range;
    counts.rejected = totals.rejected;
    return counts;
}

bool conserved(const machine::ConversionTotals& totals, int scale) {
    return number(totals.sum_target) == number(totals.sum_source).scaled(scale) + number(totals.sum_error);
}

} // namespace turntable::phase
