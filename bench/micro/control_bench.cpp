// What the driver computes for every chunk, and for a total: nothing next to a chunk of 50 ms.
#include <benchmark/benchmark.h>

#include "control/chunk_sizer.hpp"
#include "turntable/decimal.hpp"

namespace turntable {
namespace {

void chunk_sizer(benchmark::State& state) {
    control::ChunkSizer sizer{1000, Millis{50}};
    for (auto _ : state) {
        sizer.measured(sizer.rows(), std::chrono::microseconds{sizer.rows() * 3});
        benchmark::DoNotOptimize(sizer.rows());
    }
}
BENCHMARK(chunk_sizer);

void exact_sum_of_chunks(benchmark::State& state) {
    const Decimal part = *Decimal::parse("123456789.123456789");
    Decimal total;
    for (auto _ : state) {
        total = total + part;
        benchmark::DoNotOptimize(total);
    }
}
BENCHMARK(exact_sum_of_chunks);

} // namespace
} // namespace turntable
