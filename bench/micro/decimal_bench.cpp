// The money rule and its parts, for one value: what SQLite's registered function costs a row.
#include <cmath>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "turntable/decimal.hpp"

namespace turntable {
namespace {

constexpr std::size_t value_count = 4096;

// Whole cents, as nearly all payments are.
std::vector<double> whole_cents() {
    std::mt19937_64 random{1};
    std::uniform_int_distribution<std::int64_t> cents{1, 10'000'000};
    std::vector<double> values(value_count);
    for (double& value : values) {
        value = static_cast<double>(cents(random)) / 100.0;
    }
    return values;
}

// Results of earlier arithmetic: digits down to the last bit.
std::vector<double> noisy() {
    std::mt19937_64 random{2};
    std::uniform_real_distribution<double> amount{0.0, 100'000.0};
    std::vector<double> values(value_count);
    for (double& value : values) {
        value = amount(random);
    }
    return values;
}

template <typename Function>
void over(benchmark::State& state, const std::vector<double>& values, const Function& function) {
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(function(values[i++ % value_count]));
    }
    state.SetItemsProcessed(state.iterations());
}

void minor_units_of_whole_cents(benchmark::State& state) {
    over(state, whole_cents(), [](double value) { return minor_units(value, 2, Rounding::half_even); });
}
BENCHMARK(minor_units_of_whole_cents);

void minor_units_of_noisy_floats(benchmark::State& state) {
    over(state, noisy(), [](double value) { return minor_units(value, 2, Rounding::half_even); });
}
BENCHMARK(minor_units_of_noisy_floats);

void minor_units_by_decimal_arithmetic(benchmark::State& state) {
    over(state, whole_cents(),
         [](double value) { return minor_units(shortest_decimal(value), 2, Rounding::half_even); });
}
BENCHMARK(minor_units_by_decimal_arithmetic);

void shortest_decimal_of_a_float(benchmark::State& state) {
    over(state, whole_cents(), [](double value) { return shortest_decimal(value); });
}
BENCHMARK(shortest_decimal_of_a_float);

// What it is to be compared with: fast, and wrong for some values.
void naive_rounding(benchmark::State& state) {
    over(state, whole_cents(), [](double value) { return std::llround(value * 100.0); });
}
BENCHMARK(naive_rounding);

} // namespace
} // namespace turntable
