// What an epoch of batches costs. The target: MNIST (60000 images in batches of 64) in 15 ms on one
// thread. Measured on a 2-core x86-64 machine, in CPU time: 9 ms in random order, 5 ms in the order
// of the file, 18 ms with torch's own functions.
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include "glow/datasets/loader.h"
#include "glow/datasets/mnist.h"
#include "glow/datasets/store.h"

namespace {

using namespace glow;

// The real set where it is, else random bytes of the same shape.
const Dataset& mnist_like() {
  static const Dataset data = [] {
    if (datasets::find_file("mnist", "train-images-idx3-ubyte.gz")) {
      return datasets::mnist::load().train;
    }
    Dataset random;
    random.name = "random bytes";
    random.x = at::randint(0, 256, {60000, 1, 28, 28}, at::kByte);
    random.y = at::randint(0, 10, {60000}, at::kLong);
    random.classes = 10;
    random.scale = 2. / 255;
    random.shift = -1;
    return random;
  }();
  return data;
}

void run_epochs(benchmark::State& state, Loader loader) {
  at::set_num_threads(1);
  Batch batch;
  int64_t epoch = 0;
  for (auto _ : state) {
    loader.begin_epoch(++epoch);
    while (loader.next(batch)) benchmark::DoNotOptimize(batch.x.data_ptr());
  }
  state.SetItemsProcessed(state.iterations() * loader.size());
}

void mnist_epoch(benchmark::State& state) {
  run_epochs(state, Loader(mnist_like(), {.batch_size = state.range(0), .shuffle = true}));
}
BENCHMARK(mnist_epoch)->Arg(64)->Arg(512)->Unit(benchmark::kMillisecond);

void mnist_epoch_in_order(benchmark::State& state) {
  run_epochs(state, Loader(mnist_like(), {.batch_size = 64}));
}
BENCHMARK(mnist_epoch_in_order)->Unit(benchmark::kMillisecond);

// The same with torch's functions: what the fused pass saves.
void mnist_epoch_by_torch(benchmark::State& state) {
  at::set_num_threads(1);
  const Dataset& data = mnist_like();
  for (auto _ : state) {
    const Tensor order = at::randperm(data.size(), at::kLong);
    for (const Tensor& rows : order.split(64)) {
      Tensor x = data.x.index_select(0, rows).to(at::kFloat).mul_(data.scale).add_(data.shift);
      Tensor y = data.y.index_select(0, rows);
      benchmark::DoNotOptimize(x.data_ptr());
      benchmark::DoNotOptimize(y.data_ptr());
    }
  }
}
BENCHMARK(mnist_epoch_by_torch)->Unit(benchmark::kMillisecond);

// Twelve numbers an example: the cost of a batch itself.
void small_epoch(benchmark::State& state) {
  Dataset data;
  data.name = "patterns";
  data.x = at::rand({4096, 12});
  data.y = at::randint(0, 2, {4096}, at::kLong);
  data.classes = 2;
  run_epochs(state, Loader(data, {.batch_size = 512, .shuffle = true}));
}
BENCHMARK(small_epoch)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
