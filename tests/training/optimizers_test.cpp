#include "glow/training/optimizers.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace glow {
namespace {

// One parameter w with the gradient of w²/2·c: steps by hand beside steps by the optimizer.
struct Trial {
  explicit Trial(const OptimizerChoice& optimizer)
      : w(at::tensor({1.0, -2.0}, at::kDouble).requires_grad_()),
        stepper(optimizer.get()->make({w})) {}
  void step() {
    stepper->zero_grad();
    (at::tensor({3.0, 0.5}, at::kDouble) * w.square() / 2).sum().backward();
    stepper->step();
  }
  Tensor w;
  std::unique_ptr<Stepper> stepper;
};

using Rule = std::function<double(double w, double g, int t, std::vector<double>& slot)>;

void expect_follows(const OptimizerChoice& optimizer, const Rule& rule, double tolerance = 1e-9) {
  Trial trial(optimizer);
  double w[2] = {1.0, -2.0};
  const double c[2] = {3.0, 0.5};
  std::vector<double> slots[2] = {std::vector<double>(3), std::vector<double>(3)};
  for (int t = 1; t <= 20; ++t) {
    trial.step();
    for (int i = 0; i < 2; ++i) w[i] = rule(w[i], c[i] * w[i], t, slots[i]);
    for (int i = 0; i < 2; ++i) {
      ASSERT_NEAR(trial.w[i].item<double>(), w[i], tolerance) << "step " << t;
    }
  }
}

TEST(Optimizers, SGDWithMomentumAndDecay) {
  expect_follows(SGD({.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.01}),
                 [](double w, double g, int, std::vector<double>& s) {
                   s[0] = 0.9 * s[0] + g + 0.01 * w;
                   return w - 0.1 * s[0];
                 });
}

TEST(Optimizers, SGDDefaultsAreThoseOfPyGlow) {
  expect_follows("SGD", [](double w, double g, int, std::vector<double>& s) {
    s[0] = 0.95 * s[0] + g;
    return w - 0.001 * s[0];
  });
}

TEST(Optimizers, NesterovLooksAhead) {
  expect_follows(SGD({.learning_rate = 0.05, .momentum = 0.8, .nesterov = true}),
                 [](double w, double g, int, std::vector<double>& s) {
                   s[0] = 0.8 * s[0] + g;
                   return w - 0.05 * (g + 0.8 * s[0]);
                 });
}

double adam(double w, double g, int t, std::vector<double>& s) {
  s[0] = 0.9 * s[0] + 0.1 * g;
  s[1] = 0.999 * s[1] + 0.001 * g * g;
  const double mean = s[0] / (1 - std::pow(0.9, t)), square = s[1] / (1 - std::pow(0.999, t));
  return w - 0.01 * mean / (std::sqrt(square) + 1e-8);
}

TEST(Optimizers, AdamIsAlgorithm1OfThePaper) {
  expect_follows(Adam({.learning_rate = 0.01}), adam);
}

TEST(Optimizers, AdamWTakesTheDecayOutOfTheGradient) {
  expect_follows(AdamW({.learning_rate = 0.01, .weight_decay = 0.1}),
                 [](double w, double g, int t, std::vector<double>& s) {
                   return adam(w * (1 - 0.01 * 0.1), g, t, s);
                 });
}

TEST(Optimizers, RMSprop) {
  expect_follows(RMSprop({.learning_rate = 0.01}),
                 [](double w, double g, int, std::vector<double>& s) {
                   s[0] = 0.9 * s[0] + 0.1 * g * g;
                   return w - 0.01 * g / (std::sqrt(s[0]) + 1e-7);
                 });
}

TEST(Optimizers, RMSpropCenteredWithMomentum) {
  expect_follows(RMSprop({.learning_rate = 0.01, .momentum = 0.5, .centered = true}),
                 [](double w, double g, int, std::vector<double>& s) {
                   s[0] = 0.9 * s[0] + 0.1 * g * g;
                   s[1] = 0.9 * s[1] + 0.1 * g;
                   s[2] = 0.5 * s[2] + g / (std::sqrt(s[0] - s[1] * s[1]) + 1e-7);
                   return w - 0.01 * s[2];
                 });
}

TEST(Optimizers, Adagrad) {
  expect_follows(Adagrad({.learning_rate = 0.1, .initial_accumulator_value = 0.1}),
                 [](double w, double g, int t, std::vector<double>& s) {
                   if (t == 1) s[0] = 0.1;
                   s[0] += g * g;
                   return w - 0.1 * g / (std::sqrt(s[0]) + 1e-10);
                 });
}

TEST(Optimizers, AParameterWithoutGradientStays) {
  const Tensor used = at::ones({1}).requires_grad_(), idle = at::ones({1}).requires_grad_();
  for (const char* name : {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad"}) {
    const auto stepper = OptimizerChoice(name).get()->make({used, idle});
    used.sum().backward();
    stepper->step();
    EXPECT_EQ(idle.item<float>(), 1) << name;
    EXPECT_LT(used.item<float>(), 1) << name;
  }
}

TEST(Optimizers, OptionsOutOfRangeAreRefused) {
  EXPECT_THROW(SGD({.learning_rate = 0}), ValueError);
  EXPECT_THROW(SGD({.learning_rate = std::nan("")}), ValueError);
  EXPECT_THROW(SGD({.momentum = 1}), ValueError);
  EXPECT_THROW(Adam({.beta_1 = -0.1}), ValueError);
  EXPECT_THROW(OptimizerChoice("SGD(lr=0.1)"), ValueError);
  EXPECT_THROW(OptimizerChoice("sgd"), ValueError);
}

TEST(Optimizers, SpecsSayWhatDiffers) {
  EXPECT_EQ(SGD().spec(), "SGD(learning_rate=0.001, momentum=0.95)");
  EXPECT_EQ(Adam({.learning_rate = 4e-4}).spec(), "Adam(learning_rate=0.0004)");
}

}  // namespace
}  // namespace glow
