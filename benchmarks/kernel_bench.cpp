// nHSIC, CKA, distance correlation and matrix Rényi entropies against what they replace, in eager
// tensor operations: the two inverses of Ma et al. for nHSIC, centring matrices for CKA, whole
// distance matrices for dCor, eigenvalues for Rényi's order two. One thread; `against_glow` is the
// time over glow's.
//
//   build/bin/kernel_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "benchmarks/timing.h"
#include "glow/information/cka.h"
#include "glow/information/distance_correlation.h"
#include "glow/information/nhsic.h"
#include "glow/information/renyi.h"

namespace {

using at::Tensor;
using glow::benchmarks::run;

// `name` is "glow" or a peer's, `job` what both do.
template <class Job>
void compare(benchmark::State& state, const std::string& name, const std::string& job, Job body) {
  const std::string what = job + std::to_string(state.range(0));
  run(state, name + what, "glow" + what, body);
}

Tensor pixels(int64_t m) {
  at::manual_seed(1);
  return at::rand({m, 784}).gt(0.8).to(at::kFloat) * 2 - 1;
}
Tensor hidden(int64_t m) {
  at::manual_seed(2);
  return at::tanh(at::mm(pixels(m), at::randn({784, 100}) / 28));
}
Tensor one_hot(int64_t m) {
  at::manual_seed(3);
  return at::one_hot(at::randint(10, {m}), 10).to(at::kFloat);
}

Tensor eager_gram(const Tensor& x, double sigma) {
  const Tensor norms = (x * x).sum(1);
  return (at::mm(x, x.t()) * 2 - norms.unsqueeze(1) - norms.unsqueeze(0))
      .mul(0.5 / (sigma * sigma))
      .exp();
}

Tensor eager_resolvent(const Tensor& x) {
  const int64_t m = x.size(0);
  const Tensor centring = at::eye(m) - 1.0 / static_cast<double>(m);
  const Tensor k = at::mm(eager_gram(x, 5 * std::sqrt(static_cast<double>(x.size(1)))), centring);
  return at::mm(k, at::linalg_inv(k + 1e-5 * static_cast<double>(m) * at::eye(m)));
}

void nhsic_layers(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), t = hidden(state.range(0));
  compare(state, "glow", "nhsic", [&] { return glow::nhsic(t, x).number(); });
}
void nhsic_layers_eager(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), t = hidden(state.range(0));
  compare(state, "eager", "nhsic",
          [&] { return (eager_resolvent(t) * eager_resolvent(x).t()).sum().item<double>(); });
}
void nhsic_labels(benchmark::State& state) {
  const Tensor y = one_hot(state.range(0)), t = hidden(state.range(0));
  compare(state, "glow", "nhsic_labels", [&] { return glow::nhsic(t, y).number(); });
}

void cka_linear(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), t = hidden(state.range(0));
  compare(state, "glow", "cka", [&] { return glow::cka(t, x).number(); });
}
double eager_hsic(const Tensor& k, const Tensor& l) {
  const int64_t m = k.size(0);
  const Tensor centring = at::eye(m) - 1.0 / static_cast<double>(m);
  return (at::mm(k, centring) * at::mm(centring, l)).sum().item<double>();
}
void cka_linear_eager(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), t = hidden(state.range(0));
  compare(state, "eager", "cka", [&] {
    const Tensor k = at::mm(x, x.t()), l = at::mm(t, t.t());
    return eager_hsic(k, l) / std::sqrt(eager_hsic(k, k) * eager_hsic(l, l));
  });
}
void cka_gaussian(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), t = hidden(state.range(0));
  compare(state, "glow", "cka_gaussian", [&] {
    return glow::cka(t, x, {.kernel = "gaussian", .sigma_x = 10, .sigma_y = 30}).number();
  });
}

void dcor_column(benchmark::State& state) {
  at::manual_seed(4);
  const Tensor x = at::randn({state.range(0)}, at::kDouble), y = x.abs() + at::randn_like(x);
  compare(state, "glow", "dcor_column", [&] { return glow::dcor(x, y).number(); });
}
void dcor_columns(benchmark::State& state) {
  at::manual_seed(5);
  const Tensor x = at::randn({state.range(0), 10}), y = x.abs() + at::randn_like(x);
  compare(state, "glow", "dcor", [&] { return glow::dcor(x, y).number(); });
}
void dcor_columns_eager(benchmark::State& state) {
  at::manual_seed(5);
  const Tensor x = at::randn({state.range(0), 10}, at::kDouble), y = x.abs() + at::randn_like(x);
  compare(state, "eager", "dcor", [&] {
    const auto centred = [](const Tensor& z) {
      const Tensor d = at::cdist(z, z, 2, 2);
      return d - d.mean(0, true) - d.mean(1, true) + d.mean();
    };
    const Tensor a = centred(x), b = centred(y);
    return ((a * b).mean() / ((a * a).mean() * (b * b).mean()).sqrt()).sqrt().item<double>();
  });
}

void renyi_two(benchmark::State& state) {
  const Tensor x = hidden(state.range(0));
  compare(state, "glow", "renyi",
          [&] { return glow::renyi_entropy(x, {.alpha = 2, .sigma = 10}).number(); });
}
void renyi_two_information(benchmark::State& state) {
  const Tensor x = hidden(state.range(0)), y = one_hot(state.range(0));
  compare(state, "glow", "renyi_information",
          [&] { return glow::renyi(x, y, {.alpha = 2, .sigma_x = 10, .sigma_y = 1}).number(); });
}
void renyi_spectrum(benchmark::State& state) {
  const Tensor x = hidden(state.range(0));
  compare(state, "eigenvalues", "renyi",
          [&] { return glow::renyi_entropy(x, {.alpha = 1.01, .sigma = 10}).number(); });
}

constexpr auto kUnit = benchmark::kMillisecond;
BENCHMARK(nhsic_layers)->Arg(256)->Arg(1024)->Arg(4096)->UseManualTime()->Unit(kUnit);
BENCHMARK(nhsic_labels)->Arg(256)->Arg(1024)->Arg(4096)->UseManualTime()->Unit(kUnit);
BENCHMARK(nhsic_layers_eager)->Arg(256)->Arg(1024)->UseManualTime()->Unit(kUnit);
BENCHMARK(nhsic_layers_eager)->Arg(4096)->Iterations(1)->UseManualTime()->Unit(kUnit);
BENCHMARK(cka_linear)->Arg(256)->Arg(1024)->Arg(4096)->UseManualTime()->Unit(kUnit);
BENCHMARK(cka_linear_eager)->Arg(256)->Arg(1024)->UseManualTime()->Unit(kUnit);
BENCHMARK(cka_gaussian)->Arg(256)->Arg(1024)->Arg(4096)->UseManualTime()->Unit(kUnit);
BENCHMARK(dcor_column)->Arg(1000)->Arg(10'000)->Arg(100'000)->UseManualTime()->Unit(kUnit);
BENCHMARK(dcor_columns)->Arg(1000)->Arg(4000)->UseManualTime()->Unit(kUnit);
BENCHMARK(dcor_columns_eager)->Arg(1000)->Arg(4000)->UseManualTime()->Unit(kUnit);
BENCHMARK(renyi_two)->Arg(512)->Arg(1000)->Arg(2000)->UseManualTime()->Unit(kUnit);
BENCHMARK(renyi_two_information)->Arg(512)->Arg(1000)->Arg(2000)->UseManualTime()->Unit(kUnit);
BENCHMARK(renyi_spectrum)->Arg(512)->Arg(1000)->UseManualTime()->Unit(kUnit);

}  // namespace
