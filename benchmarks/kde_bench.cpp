// The bounds of Kolchinsky and Tracey, both and those of all classes, against the formula of ibsgd
// in eager tensor operations: one bound, one matrix. And mutual information by kernel densities.
// CPU time of all threads; `wall_ms` of the fastest run; the argument `threads` is glow's and
// torch's.
//
//   build/bin/kde_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "glow/core/parallel.h"
#include "glow/information/gaussian.h"
#include "glow/information/kde.h"
#include "glow/information/kernel_mi.h"

namespace {

using at::Tensor;

template <class Job>
void run_on(benchmark::State& state, int64_t threads, Job job) {
  at::set_num_threads(static_cast<int>(threads));
  glow::set_thread_count(static_cast<int>(threads));
  const at::AutoGradMode no_graph(false);
  const auto cpu = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  double best = 1e9;
  for (auto _ : state) {
    const double before = cpu();
    const auto begin = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(job());
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    state.SetIterationTime(cpu() - before);
  }
  state.counters["wall_ms"] = best * 1e3;
}

constexpr int64_t kRows = 10'000;
Tensor layer(int64_t columns) {
  at::manual_seed(1);
  return at::rand({kRows, columns});
}

void glow_kde(benchmark::State& state) {
  const Tensor t = layer(state.range(0));
  at::manual_seed(2);
  const Tensor y = at::randint(10, {kRows}, at::kLong);
  const glow::Symbols labels = glow::class_symbols(y, 10);
  run_on(state, state.range(1), [&] { return glow::kde_bounds(t, 0.1, &labels).label_upper; });
}
void ibsgd_kde(benchmark::State& state) {
  const Tensor t = layer(state.range(0));
  run_on(state, state.range(1), [&] {
    const Tensor norms = (t * t).sum(1);
    const Tensor squared = norms.unsqueeze(0) + norms.unsqueeze(1) - 2 * at::mm(t, t.t());
    return -(at::logsumexp(squared.mul_(-1 / 0.2), 1) - std::log(1.0 * kRows))
                .mean()
                .item<double>();
  });
}

constexpr int64_t kSamples = 12'500;
struct Pair {
  Tensor x, y;
};
Pair pair(at::ScalarType type) {
  at::manual_seed(3);
  const Tensor x = at::randn({kSamples}, at::kDouble);
  return {x.to(type), (0.75 * x + 0.66 * at::randn({kSamples}, at::kDouble)).to(type)};
}

void glow_gaussian_kernel(benchmark::State& state) {
  const auto [x, y] = pair(state.range(0) == 64 ? at::kDouble : at::kFloat);
  run_on(state, state.range(1), [&, x = x, y = y] { return glow::kernel_mi(x, y).number(); });
}
void glow_box_kernel(benchmark::State& state) {
  const auto [x, y] = pair(state.range(0) == 64 ? at::kDouble : at::kFloat);
  run_on(state, state.range(1), [&, x = x, y = y] {
    return glow::kernel_mi(x, y, {.kernel = "box", .bandwidth = 0.5}).number();
  });
}
void eager_gaussian_kernel(benchmark::State& state) {
  const auto [x, y] = pair(at::kDouble);
  const double width = std::pow(1.0 * kSamples, -1 / 6.0);
  run_on(state, state.range(1), [&, x = x, y = y] {
    const auto kernel = [&](const Tensor& t) {
      return ((t.unsqueeze(0) - t.unsqueeze(1)) / width).pow_(2).mul_(-0.5).exp_();
    };
    const Tensor k = kernel(x), l = kernel(y);
    return (kSamples * (k * l).sum(1) / (k.sum(1) * l.sum(1))).log().mean().item<double>();
  });
}

void glow_gaussian(benchmark::State& state) {
  at::manual_seed(4);
  const Tensor x = at::randn({kRows, state.range(0)}), y = at::randn({kRows, state.range(0)});
  run_on(state, state.range(1), [&] { return glow::gaussian(x, y).number(); });
}
void glow_gaussian_copula(benchmark::State& state) {
  at::manual_seed(4);
  const Tensor x = at::randn({kRows, state.range(0)}), y = at::randn({kRows, state.range(0)});
  run_on(state, state.range(1), [&] { return glow::gaussian_copula(x, y).number(); });
}

BENCHMARK(glow_kde)
    ->ArgNames({"d", "threads"})
    ->ArgsProduct({{20, 1024}, {1, 2}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ibsgd_kde)
    ->ArgNames({"d", "threads"})
    ->ArgsProduct({{20, 1024}, {1}})
    ->Iterations(2)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(glow_gaussian_kernel)
    ->ArgNames({"bits", "threads"})
    ->ArgsProduct({{32, 64}, {1, 2}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(eager_gaussian_kernel)
    ->ArgNames({"bits", "threads"})
    ->Args({64, 1})
    ->Iterations(2)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(glow_box_kernel)
    ->ArgNames({"bits", "threads"})
    ->Args({64, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(glow_gaussian)
    ->ArgNames({"d", "threads"})
    ->ArgsProduct({{1, 50}, {1}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(glow_gaussian_copula)
    ->ArgNames({"d", "threads"})
    ->ArgsProduct({{1, 50}, {1}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
