// The example of the documentation: HSIC between every layer, the input and the true label, for
// every batch. The twin of experiments/mnist-hsic.toml. `example_mnist_hsic 640` takes only so many
// training examples, for a trial.
#include <fmt/format.h>

#include <cstdlib>

#include "glow/glow.h"

using namespace glow;

int main(int argc, char** argv) {
  LoadOptions data{.batch_size = 64, .num_workers = 3, .validation_split = 0.2};
  int64_t epochs = 5;
  if (argc > 1) {
    data.limit = std::atoll(argv[1]);
    epochs = 1;
  }
  auto [train, validation, test] = datasets::mnist::load_data(data);

  IBSequential model({1, 28, 28},
                     {.device = "auto", .track_dynamics = true, .save_dynamics = argc == 1});
  model.add(Conv2d(16, 3, {.stride = 1, .padding = 1}));
  model.add(Flatten());
  model.add(Dropout(0.4));
  model.add(Dense(500, {.activation = "relu"}));
  model.add(Dropout(0.4));
  model.add(Dense(10, {.activation = "softmax"}));
  fmt::print("{}", model.summary());

  model.compile({.optimizer = "SGD", .loss = "cross_entropy", .metrics = {"accuracy"}});
  model.attach_evaluator(HSIC({.kernel = "gaussian", .sigma = 5}));
  model.fit_generator(train, validation, epochs);

  // epochs × batches × evaluators × layers × 2
  const Tensor dynamics = model.evaluated_dynamics();
  fmt::print("dynamics: {}\n", fmt::join(dynamics.sizes(), " × "));
  for (const auto& row : model.plane()) {
    if (row.step + 1 < epochs * train.batches()) continue;
    fmt::print("{:<10} HSIC(T,X) {:.5f} (by chance {:.5f})  HSIC(T,Y) {:.5f} (by chance {:.5f})\n",
               row.name, row.complexity, row.complexity_null, row.generalization,
               row.generalization_null);
  }
}
