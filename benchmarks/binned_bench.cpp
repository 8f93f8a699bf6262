// Entropy of binned activations against the form of the older codes: cell numbers, then the
// distinct rows by sorting. One thread; `against_glow` is the time over glow's.
//
//   build/bin/binned_bench --benchmark_repetitions=9 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "benchmarks/timing.h"
#include "glow/information/binned.h"

namespace {

using at::Tensor;
using glow::benchmarks::run;

Tensor activations(const benchmark::State& state) {
  at::manual_seed(1);
  return at::tanh(at::randn({state.range(0), state.range(1)}));
}
std::string job(const char* name, const benchmark::State& state) {
  return std::string(name) + std::to_string(state.range(0)) + "x" + std::to_string(state.range(1));
}

double sorted_rows_entropy(const Tensor& t) {
  const Tensor cells = t.mul(15).add_(15).floor_().to(at::kInt).contiguous();
  const auto n = static_cast<size_t>(t.size(0)), d = static_cast<size_t>(t.size(1));
  const int32_t* cell = cells.const_data_ptr<int32_t>();
  const auto compare = [&](size_t a, size_t b) {
    return std::memcmp(cell + a * d, cell + b * d, d * sizeof(int32_t));
  };
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return compare(a, b) < 0; });
  double sum = 0;
  for (size_t i = 0, first = 0; i < n; ++i) {
    if (i + 1 < n && compare(order[i], order[i + 1]) == 0) continue;
    const double p = static_cast<double>(i + 1 - first) / static_cast<double>(n);
    sum -= p * std::log(p);
    first = i + 1;
  }
  return sum;
}

void glow_entropy(benchmark::State& state) {
  const Tensor t = activations(state);
  run(state, job("glow", state), "", [&] { return glow::binned_entropy(t).number(); });
}
void glow_width(benchmark::State& state) {
  const Tensor t = activations(state);
  run(state, job("width", state), "",
      [&] { return glow::binned_entropy(t, {.width = 0.07}).number(); });
}
void sorted_rows(benchmark::State& state) {
  const Tensor t = activations(state);
  run(state, job("sorted", state), job("glow", state), [&] { return sorted_rows_entropy(t); });
}

// Every layer of the network of the first information planes, on all 4096 inputs.
void glow_segment(benchmark::State& state) {
  at::manual_seed(2);
  glow::Segment segment;
  segment.x = at::randint(2, {4096, 12}).to(at::kFloat);
  for (const int64_t width : {10, 7, 5, 4, 3, 2}) {
    segment.layers.push_back({.name = "dense_" + std::to_string(segment.layers.size() + 1),
                              .value = at::tanh(at::randn({4096, width}))});
  }
  segment.y = at::randint(2, {4096}, at::kLong);
  segment.classes = 2;
  const glow::Binned binned;
  run(state, "segment", "",
      [&] { return binned.evaluate(segment).back().generalization.number(); });
}

void sizes(benchmark::internal::Benchmark* job) {
  job->Args({4096, 10})
      ->Args({10000, 20})
      ->Args({10000, 1024})
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK(glow_entropy)->Apply(sizes);
BENCHMARK(glow_width)->Apply(sizes);
BENCHMARK(sorted_rows)->Apply(sizes);
BENCHMARK(glow_segment)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
