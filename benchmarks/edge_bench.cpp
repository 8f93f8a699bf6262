// EDGE on the set of figure 2 of its paper, on classes, and on a network's layers. One thread. The
// authors' script (v4.3.1) took 570 ms for 5000 rows on another machine under load.
//
//   build/bin/edge_bench --benchmark_repetitions=9 --benchmark_report_aggregates_only=true
#include <ATen/ATen.h>

#include <algorithm>

#include "benchmarks/timing.h"
#include "glow/information/edge.h"

namespace {

using at::Tensor;
using glow::benchmarks::run;

void figure_2(benchmark::State& state) {
  at::manual_seed(1);
  const Tensor x = at::randn({state.range(0), 2});
  const Tensor y = x + 0.5 * at::rand({state.range(0), 2});
  run(state, [&] { return glow::edge(x, y).number(); });
}
void classes(benchmark::State& state) {
  at::manual_seed(2);
  const Tensor y = at::randint(10, {state.range(0)}, at::kLong);
  const Tensor t = at::randn({state.range(0), 100}) + y.unsqueeze(1);
  run(state, [&] { return glow::edge(t, y).number(); });
}
void layers(benchmark::State& state) {
  at::manual_seed(3);
  const int64_t n = state.range(0);
  glow::Segment segment;
  segment.x = at::rand({n, 784});
  segment.layers = {{.name = "dense_1", .value = at::randn({n, 500}).relu()},
                    {.name = "dense_2", .value = at::randn({n, 100}).relu()},
                    {.name = "dense_3", .value = at::randn({n, 10})}};
  segment.y = at::randint(10, {n}, at::kLong);
  segment.classes = 10;
  const glow::Edge edge;
  glow::Fit fit;
  edge.fit(segment, fit);
  run(state, [&] { return edge.evaluate(segment, fit).back().generalization.number(); });
}

constexpr auto kUnit = benchmark::kMillisecond;
BENCHMARK(figure_2)->Arg(5000)->Arg(10'000)->Arg(20'000)->Arg(100'000)->UseManualTime()->Unit(
    kUnit);
BENCHMARK(classes)->Arg(5000)->Arg(10'000)->UseManualTime()->Unit(kUnit);
BENCHMARK(layers)->Arg(2000)->Arg(10'000)->UseManualTime()->Unit(kUnit);

}  // namespace
