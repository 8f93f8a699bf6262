// HSIC against what it replaces: an O(m²) rewrite in eager tensor operations, and the form of
// PyGlow, which broadcasts an (m, m, d) tensor. One thread; `against_glow` is the time over glow's.
//
//   build/bin/hsic_bench --benchmark_repetitions=9 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "benchmarks/timing.h"
#include "glow/information/hsic.h"

namespace {

using at::Tensor;
using glow::benchmarks::run;

constexpr double kSigma = 5;

Tensor pixels(int64_t m) {
  at::manual_seed(1);
  return at::rand({m, 784}).gt(0.8).to(at::kFloat) * 2 - 1;
}
Tensor outputs(int64_t m) {
  at::manual_seed(2);
  return at::softmax(at::randn({m, 10}), 1);
}

Tensor eager_gram(const Tensor& x) {
  const Tensor norms = (x * x).sum(1);
  return at::mm(x, x.t())
      .mul_(2)
      .sub_(norms.unsqueeze(1))
      .sub_(norms.unsqueeze(0))
      .mul_(0.5 / (kSigma * kSigma))
      .exp_();
}

double eager_hsic(const Tensor& x, const Tensor& y) {
  const Tensor k = eager_gram(x), l = eager_gram(y);
  const auto m = static_cast<double>(x.size(0));
  const Tensor k_rows = k.sum(1), l_rows = l.sum(1);
  const Tensor sum =
      (k * l).sum() - k_rows.dot(l_rows) * (2 / m) + k_rows.sum() * l_rows.sum() * (1 / (m * m));
  return sum.item<double>() / ((m - 1) * (m - 1));
}

Tensor broadcast_gram(const Tensor& x) {
  return (x.unsqueeze(0) - x.unsqueeze(1)).pow_(2).sum(2).mul_(-0.5 / (kSigma * kSigma)).exp_();
}

double broadcast_hsic(const Tensor& x, const Tensor& y) {
  const int64_t m = x.size(0);
  const Tensor centring = at::eye(m) - 1.0 / static_cast<double>(m);
  const Tensor k = at::mm(broadcast_gram(x), centring), l = at::mm(broadcast_gram(y), centring);
  return at::mm(k, l).trace().item<double>() / static_cast<double>(m - 1);
}

std::string job(const char* name, int64_t m) { return std::string(name) + std::to_string(m); }

void glow_hsic(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), y = outputs(state.range(0));
  run(state, job("glow", state.range(0)), "",
      [&] { return glow::hsic(x, y, {.sigma = kSigma}).number(); });
}
void eager(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), y = outputs(state.range(0));
  run(state, job("eager", state.range(0)), job("glow", state.range(0)),
      [&] { return eager_hsic(x, y); });
}
void pyglow(benchmark::State& state) {
  const Tensor x = pixels(state.range(0)), y = outputs(state.range(0));
  run(state, job("pyglow", state.range(0)), job("glow", state.range(0)),
      [&] { return broadcast_hsic(x, y); });
}

// A training batch of the documentation's example network: both coordinates of three layers.
glow::Segment batch_segment() {
  at::manual_seed(3);
  glow::Segment segment;
  segment.x = pixels(64).view({64, 1, 28, 28});
  segment.layers = {{.name = "conv2d_1", .value = at::randn({64, 16, 28, 28})},
                    {.name = "dense_1", .value = at::randn({64, 500}).relu()},
                    {.name = "dense_2", .value = outputs(64)}};
  segment.y = at::randint(10, {64}, at::kLong);
  segment.classes = 10;
  segment.deterministic = false;
  return segment;
}
void glow_segment(benchmark::State& state) {
  const glow::Segment segment = batch_segment();
  const glow::HSIC hsic({.sigma = kSigma});
  run(state, "glow segment", "",
      [&] { return hsic.evaluate(segment).back().generalization.number(); });
}
void eager_segment(benchmark::State& state) {
  const glow::Segment segment = batch_segment();
  run(state, "eager segment", "glow segment", [&] {
    const Tensor x = segment.x.flatten(1), y = glow::label_matrix(segment, x);
    double sum = 0;
    for (const auto& layer : segment.layers) {
      const Tensor t = layer.value.flatten(1);
      sum += eager_hsic(t, x) + eager_hsic(t, y);
    }
    return sum;
  });
}

BENCHMARK(glow_hsic)->Arg(64)->Arg(256)->Arg(1024)->Arg(4096)->UseManualTime()->Unit(
    benchmark::kMillisecond);
BENCHMARK(eager)->Arg(64)->Arg(256)->Arg(1024)->Arg(4096)->UseManualTime()->Unit(
    benchmark::kMillisecond);
BENCHMARK(pyglow)->Arg(256)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(pyglow)->Arg(1024)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(glow_segment)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(eager_segment)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
