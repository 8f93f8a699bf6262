// Mutual information of discrete variables against the form that needs no table of its own: the
// pairs sorted as numbers, then their runs. One thread; `against_glow` is the time over glow's.
//
//   build/bin/discrete_bench --benchmark_repetitions=9 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "benchmarks/timing.h"
#include "glow/information/discrete.h"
#include "glow/information/nsb.h"

namespace {

using at::Tensor;
using glow::benchmarks::run;

// As infomeasure's benchmark: 12 500 samples of two variables of ten symbols.
struct Pair {
  Tensor x, y;
};
Pair symbols(int64_t n) {
  at::manual_seed(1);
  const Tensor x = at::randint(10, {n}, at::kLong);
  return {x, (x + at::randint(4, {n}, at::kLong)).remainder(10)};
}

double runs_entropy(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (size_t i = 0, first = 0; i < values.size(); ++i) {
    if (i + 1 < values.size() && values[i + 1] == values[i]) continue;
    const double p = static_cast<double>(i + 1 - first) / n;
    sum -= p * std::log(p);
    first = i + 1;
  }
  return sum;
}
double sorted_information(const Tensor& x, const Tensor& y) {
  const int64_t *a = x.const_data_ptr<int64_t>(), *b = y.const_data_ptr<int64_t>();
  const auto n = static_cast<size_t>(x.numel());
  std::vector<int64_t> pairs(n);
  for (size_t i = 0; i < n; ++i) pairs[i] = a[i] << 32 | b[i];
  return runs_entropy({a, a + n}) + runs_entropy({b, b + n}) - runs_entropy(std::move(pairs));
}

std::string job(const char* name, int64_t n) { return std::string(name) + std::to_string(n); }

void glow_information(benchmark::State& state) {
  const Pair pair = symbols(state.range(0));
  run(state, job("glow", state.range(0)), "",
      [&] { return glow::discrete_mutual_information(pair.x, pair.y).number(); });
}
void glow_rows(benchmark::State& state) {
  at::manual_seed(2);
  const Tensor x = at::randint(2, {state.range(0), 10}).to(at::kFloat);
  const Tensor y = at::randint(10, {state.range(0)}, at::kLong);
  run(state, job("rows", state.range(0)), "",
      [&] { return glow::discrete_mutual_information(x, y).number(); });
}
void glow_nsb(benchmark::State& state) {
  const Pair pair = symbols(state.range(0));
  run(state, job("nsb", state.range(0)), "", [&] {
    return glow::discrete_mutual_information(pair.x, pair.y, glow::EntropyCorrection::nsb).number();
  });
}
void sorted_pairs(benchmark::State& state) {
  const Pair pair = symbols(state.range(0));
  run(state, job("sorted", state.range(0)), job("glow", state.range(0)),
      [&] { return sorted_information(pair.x, pair.y); });
}

void sizes(benchmark::internal::Benchmark* job) {
  job->Arg(12500)->Arg(100000)->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(glow_information)->Apply(sizes);
BENCHMARK(glow_rows)->Apply(sizes);
BENCHMARK(glow_nsb)->Apply(sizes);
BENCHMARK(sorted_pairs)->Apply(sizes);

}  // namespace
