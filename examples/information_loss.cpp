// Cross-entropy plus λ·HSIC(T, X): any differentiable criterion works as a loss. With the penalty
// the hidden layers keep less of the input, at nearly the same accuracy.
#include <fmt/format.h>

#include "glow/glow.h"

using namespace glow;

namespace {

void train_with(double weight) {
  auto [train, validation, test] =
      datasets::szt::load_data({.batch_size = 256, .validation_split = 0.2});
  Sequential model({12}, {.device = "cpu"});
  model.add(Dense(10, {.activation = "tanh"}));
  model.add(Dense(7, {.activation = "tanh"}));
  model.add(Dense(2, {.activation = "softmax"}));

  const EstimatorPtr hsic = make_estimator("hsic(sigma=2)");
  Loss loss = "cross_entropy";
  if (weight > 0) loss = loss + Loss(complexity_penalty(hsic, weight));
  model.compile(
      {.optimizer = Adam({.learning_rate = 0.01}), .loss = loss, .metrics = {"accuracy"}});
  model.fit_generator(train, validation, 30, {.verbose = 0});

  const Batch probe = validation.all();
  const Segment segment = model.observe(probe.x, probe.y);
  fmt::print("λ = {:<4} val_accuracy {:.3f}", weight, model.history()["val_accuracy"].back());
  for (const auto& layer : segment.layers) {
    fmt::print("  {} HSIC(T,X) {:.4f}", layer.name,
               hsic->estimate(layer.value, segment.x).number());
  }
  fmt::print("\n");
}

}  // namespace

int main() {
  for (const double weight : {0.0, 1.0, 10.0}) train_with(weight);
}
