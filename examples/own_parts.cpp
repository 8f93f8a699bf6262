// A user's own layer, loss, metric, callback and criterion: each is one small class or lambda.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include "glow/glow.h"

using namespace glow;

// A layer: what it makes, and what it does.
class Scale : public Layer {
 protected:
  Shape build(const BuildContext& context) override {
    scale_ = register_parameter("scale", at::ones(context.input));
    return context.input;
  }
  Tensor forward(const Tensor& x) override { return x * scale_; }

 private:
  Tensor scale_;
};

// A criterion of dependence: the squared correlation of the first columns.
class Correlation : public Criterion {
 public:
  Correlation() : Criterion("correlation") {}
  Tensor criterion(const Tensor& x, const Tensor& y) const override {
    const Tensor a = x.select(1, 0) - x.select(1, 0).mean();
    const Tensor b = y.select(1, 0) - y.select(1, 0).mean();
    return (a * b).mean().square() / (a.square().mean() * b.square().mean() + 1e-12);
  }
};

// A callback: stops when the training accuracy is good enough.
class GoodEnough : public Callback {
 public:
  explicit GoodEnough(double accuracy) : accuracy_(accuracy) {}
  void on_epoch_end(Training& training, Logs& logs) override {
    if (log_value(logs, "accuracy") < accuracy_) return;
    training.stop = true;
    training.why = "good enough";
  }

 private:
  double accuracy_;
};

int main() {
  auto [train, validation, test] =
      datasets::szt::load_data({.batch_size = 256, .validation_split = 0.2});

  IBSequential model({12}, {.device = "cpu"});
  model.add(Scale());
  model.add(Dense(10, {.activation = "tanh"}));
  model.add(Dense(2, {.activation = "softmax"}));

  const Metric confidence("confidence", [](const Tensor& prediction, const Tensor&) {
    return prediction.amax(1);  // one value an example
  });
  const Loss smoothed([](const Tensor& prediction, const Tensor& target) {
    const Tensor right = prediction.gather(1, target.unsqueeze(1));
    return -(0.9 * right.log().mean() + 0.1 * prediction.log().mean());
  });
  model.compile({.optimizer = Adam({.learning_rate = 0.01}),
                 .loss = smoothed,
                 .metrics = {"accuracy", confidence}});
  model.attach_evaluator(Correlation());
  const auto history = model.fit_generator(
      train, validation, 50, {.verbose = 0, .callbacks = {std::make_shared<GoodEnough>(0.9)}});
  fmt::print("{} epochs, accuracy {:.3f}, confidence {:.3f} ({})\n", history.epochs(),
             history["accuracy"].back(), history["confidence"].back(), model.result().why);
  for (const auto& row : model.plane()) {
    if (row.step == model.plane().back().step) {
      fmt::print("{:<10} correlation with y {:.4f}\n", row.name, row.generalization);
    }
  }
}
