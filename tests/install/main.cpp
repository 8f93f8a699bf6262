// A user's own project: what is installed is enough to build it.
#include <ATen/ATen.h>
#include <glow/glow.h>

int main() {
  glow::Sequential model({4}, {.device = "cpu"});
  model.add(glow::Dense(3, {.activation = "tanh"}));
  model.add(glow::Dense(2, {.activation = "softmax"}));
  model.compile({.optimizer = "Adam", .loss = "cross_entropy", .metrics = {"accuracy"}});
  const auto x = at::randn({64, 4});
  model.fit(x, x.sum(1).gt(0).to(at::kLong), {.epochs = 2, .verbose = 0});
  fmt::print("{}", model.summary());
}
