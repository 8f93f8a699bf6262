// A step of training, with tracking and without: the network of the documentation's example at
// batch 64, and the small tanh network at batch 512. The two are timed in turn, so that both see
// the same machine.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "glow/core/parallel.h"
#include "glow/glow.h"

using namespace glow;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<int64_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

std::unique_ptr<Sequential> documentation_network() {
  auto model = std::make_unique<Sequential>(Shape{1, 28, 28}, NetworkOptions{.device = "cpu"});
  model->add(Conv2d(16, 3, {.padding = 1, .activation = "relu"}));
  model->add(Flatten());
  model->add(Dropout(0.4));
  model->add(Dense(500, {.activation = "relu"}));
  model->add(Dropout(0.4));
  model->add(Dense(200, {.activation = "relu"}));
  model->add(Dropout(0.2));
  model->add(Dense(10, {.activation = "softmax"}));
  model->compile({.optimizer = "SGD", .metrics = {"accuracy"}});
  model->classes = 10;
  return model;
}

std::unique_ptr<Sequential> tanh_network() {
  auto model = std::make_unique<Sequential>(Shape{12}, NetworkOptions{.device = "cpu"});
  for (const int64_t units : {10, 7, 5, 4, 3}) model->add(Dense(units, {.activation = "tanh"}));
  model->add(Dense(2, {.activation = "softmax"}));
  model->compile({.optimizer = Adam({.learning_rate = 4e-4}), .metrics = {"accuracy"}});
  model->classes = 2;
  return model;
}

// Milliseconds of a step without tracking, and the ratio with HSIC of every layer to it.
void documentation_step(benchmark::State& state) {
  const auto plain = documentation_network(), tracked = documentation_network();
  const Batch batch{at::randn({64, 1, 28, 28}), at::randint(0, 10, {64})};
  const Metric accuracy("accuracy");
  int64_t rows = 0;
  Tracker tracker({make_estimator("hsic(kernel=gaussian, sigma=5)")}, {},
                  [&](const std::vector<PlaneRow>& r) { rows += static_cast<int64_t>(r.size()); });
  tracker.set_warning_sink([](const std::string&, const std::string&, const std::string&) {});
  Training training{*tracked, 1, 750, 1};
  std::vector<double> without, with;
  int64_t step = 0;
  for (auto _ : state) {
    auto start = Clock::now();
    accuracy(plain->train_step(batch, step).forward);
    without.push_back(seconds_since(start) * 1e3);
    start = Clock::now();
    const Pass pass = tracked->train_step(batch, step);
    accuracy(pass.forward);
    const Logs logs;
    tracker.on_train_batch_end(training, {step, step, pass, logs});
    with.push_back(seconds_since(start) * 1e3);
    ++step;
  }
  state.counters["step_ms"] = median(without);
  state.counters["tracked_ms"] = median(with);
  state.counters["ratio"] = median(with) / median(without);
}
BENCHMARK(documentation_step)->Iterations(200)->Unit(benchmark::kMillisecond);

void tanh_step(benchmark::State& state) {
  at::set_num_threads(1);
  const auto model = tanh_network();
  const Batch batch{at::randint(0, 2, {512, 12}).to(at::kFloat), at::randint(0, 2, {512})};
  const Metric accuracy("accuracy");
  std::vector<double> times;
  int64_t step = 0;
  for (auto _ : state) {
    const auto start = Clock::now();
    accuracy(model->train_step(batch, step++).forward);
    times.push_back(seconds_since(start) * 1e3);
  }
  state.counters["step_ms"] = median(times);
}
BENCHMARK(tanh_step)->Iterations(5000)->Unit(benchmark::kMillisecond);

}  // namespace
