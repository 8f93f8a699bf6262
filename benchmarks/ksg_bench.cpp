// Nearest-neighbour estimators on correlated Gaussians, 0.75 a coordinate, k = 3. scikit-learn's
// trees (as NPEET and mutual_info_regression use them) take 27, 296, 303 and 5260 ms for the four
// rows of ksg on one thread. `brute` is its simplest form by eager tensor operations.
//
//   build/bin/ksg_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "benchmarks/timing.h"
#include "glow/core/random.h"
#include "glow/information/conditional.h"
#include "glow/information/kl_entropy.h"
#include "glow/information/ksg.h"
#include "glow/information/lnc.h"
#include "glow/information/mixed_ksg.h"
#include "glow/information/ross.h"

namespace {

using at::Tensor;
using glow::benchmarks::run;

struct Sample {
  Tensor x, y;
};
Sample gaussians(const benchmark::State& state) {
  const int64_t n = state.range(0), d = state.range(1);
  const Tensor x = at::randn({n, d}, glow::make_generator(1, "x"), at::kDouble);
  const Tensor noise = at::randn({n, d}, glow::make_generator(1, "y"), at::kDouble);
  return {x, 0.75 * x + std::sqrt(1 - 0.75 * 0.75) * noise};
}
Tensor classes(int64_t n) {
  return at::randint(0, 10, {n}, glow::make_generator(1, "labels"), at::kLong);
}

void ksg(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  run(state, [&, x = x, y = y] { return glow::ksg(x, y).number(); });
}
void ksg_two_threads(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  run(
      state, [&, x = x, y = y] { return glow::ksg(x, y).number(); }, 2);
}
void ksg_permutation(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  const glow::KSGVariable first(x, "x", {}), second(y, "y", {});
  const Tensor order = at::randperm(x.size(0), glow::make_generator(1, "order"), at::kLong);
  run(state, [&] { return glow::ksg(first, second, {}, order).number(); });
}
void ksg_with_error(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  run(state, [&, x = x, y = y] { return glow::ksg(x, y, {.errors = true}).number(); });
}
void lnc(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  run(state, [&, x = x, y = y] { return glow::lnc(x, y).number(); });
}
void mixed_ksg(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  run(state, [&, x = x, y = y] { return glow::mixed_ksg(x.relu(), y.relu()).number(); });
}
void ross(benchmark::State& state) {
  const Tensor labels = classes(state.range(0)), x = gaussians(state).x + 0.3 * labels.unsqueeze(1);
  run(state, [&] { return glow::ross(x, labels).number(); });
}
void kl_entropy(benchmark::State& state) {
  const Tensor x = gaussians(state).x;
  run(state, [&] { return glow::kl_entropy(x).number(); });
}
void conditional(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  const Tensor z = x + y;
  run(state, [&, x = x, y = y] { return glow::conditional_mutual_information(x, y, z).number(); });
}

double brute_ksg(const Tensor& x, const Tensor& y) {
  const double infinity = HUGE_VAL;
  const Tensor dx = at::cdist(x, x, infinity), dy = at::cdist(y, y, infinity);
  const Tensor radius = std::get<0>(at::maximum(dx, dy).kthvalue(4, 1)).unsqueeze(1);
  const auto mean = [&](const Tensor& d) {
    return at::digamma(d.lt(radius).sum(1).to(at::kDouble)).mean();
  };
  const Tensor n = at::scalar_tensor(static_cast<double>(x.size(0)), at::kDouble);
  const Tensor k = at::scalar_tensor(3.0, at::kDouble);
  return (at::digamma(k) + at::digamma(n) - mean(dx) - mean(dy)).item<double>();
}
void brute(benchmark::State& state) {
  const auto [x, y] = gaussians(state);
  run(state, [&, x = x, y = y] { return brute_ksg(x, y); });
}

void table(benchmark::internal::Benchmark* rows) {
  rows->Args({10'000, 1})->Args({100'000, 1})->Args({10'000, 5})->Args({10'000, 25});
  rows->UseManualTime()->Unit(benchmark::kMillisecond);
}
void small(benchmark::internal::Benchmark* rows) {
  rows->Args({10'000, 1})->Args({10'000, 5})->UseManualTime()->Unit(benchmark::kMillisecond);
}
void one(benchmark::internal::Benchmark* rows) {
  rows->Args({10'000, 1})->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(ksg)->Apply(table);
BENCHMARK(ksg_two_threads)->Apply(table);
BENCHMARK(ksg_permutation)->Apply(small);
BENCHMARK(ksg_with_error)->Apply(small);
BENCHMARK(lnc)->Apply(one);
BENCHMARK(mixed_ksg)->Apply(small);
BENCHMARK(ross)->Apply(small);
BENCHMARK(kl_entropy)->Apply(small);
BENCHMARK(conditional)->Apply(one);
BENCHMARK(brute)->Args({5'000, 5})->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
