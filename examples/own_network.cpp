// A network with a forward pass of its own: two branches that meet. Shapes are inferred.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "glow/glow.h"

using namespace glow;

class Branches : public Network {
 public:
  Branches()
      : Network({12}, {.device = "cpu"}),
        left_(add(Dense(8, {.activation = "relu"}))),
        right_(add(Dense(4, {.activation = "tanh"}))),
        out_(add(Dense(2, {.activation = "softmax"}))) {}

  Tensor forward(const Tensor& x) override { return out_(at::cat({left_(x), right_(x)}, 1)); }

 private:
  Dense &left_, &right_, &out_;
};

int main() {
  auto [train, validation, test] =
      datasets::szt::load_data({.batch_size = 256, .validation_split = 0.2});
  Branches model;
  model.compile({.optimizer = Adam({.learning_rate = 0.01}), .metrics = {"accuracy"}});
  fmt::print("{}", model.summary());

  // The tracker is an ordinary callback: it watches any network.
  std::vector<PlaneRow> rows;
  auto tracker = std::make_shared<Tracker>(
      std::vector{make_estimator("binned(bins=30)")},
      TrackerOptions{.every = "epoch", .on = "validation", .unit = Unit::bits},
      [&rows](const std::vector<PlaneRow>& r) { rows.insert(rows.end(), r.begin(), r.end()); });
  tracker->set_probe(validation.all());
  model.fit_generator(train, validation, 20, {.verbose = 0, .callbacks = {tracker}});
  for (const auto& row : rows) {
    if (row.epoch % 10 != 0) continue;
    fmt::print("epoch {:>2} {:<8} I(X;T) {:.3f}  I(T;Y) {:.3f} bits\n", row.epoch, row.name,
               row.complexity, row.generalization);
  }
}
