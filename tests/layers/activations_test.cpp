#include "glow/layers/activations.h"

#include <gmock/gmock.h>

#include <cmath>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

using testing::ElementsAre;

double value_at(const std::string& name, double x) {
  return activation(name)(at::full({1, 1}, x, at::kDouble)).item<double>();
}

TEST(ActivationFunction, FollowsItsFormula) {
  for (const double x : {-2.5, -0.3, 0.0, 0.7, 3.0}) {
    EXPECT_DOUBLE_EQ(value_at("linear", x), x);
    EXPECT_DOUBLE_EQ(value_at("relu", x), std::max(x, 0.0));
    EXPECT_DOUBLE_EQ(value_at("leaky_relu", x), x > 0 ? x : 0.01 * x);
    EXPECT_NEAR(value_at("elu", x), x > 0 ? x : std::exp(x) - 1, 1e-15);
    EXPECT_NEAR(value_at("gelu", x), x * 0.5 * std::erfc(-x / std::sqrt(2.0)), 1e-14);
    EXPECT_NEAR(value_at("sigmoid", x), 1 / (1 + std::exp(-x)), 1e-15);
    EXPECT_NEAR(value_at("tanh", x), std::tanh(x), 1e-15);
    EXPECT_NEAR(value_at("softplus", x), std::log1p(std::exp(x)), 1e-14);
  }
}

TEST(ActivationFunction, SoftmaxIsOverTheChannels) {
  for (const Shape& shape : {Shape{4, 3}, Shape{4, 3, 5, 2}}) {
    const Tensor z = randn(shape);
    const Tensor p = activation("softmax")(z);
    EXPECT_LT(largest_difference(p.sum(1), at::ones_like(p.sum(1))), 1e-6);
    EXPECT_LT(largest_difference(p, z.exp() / z.exp().sum(1, true)), 1e-6);
    EXPECT_LT(largest_difference(activation("log_softmax")(z).exp(), p), 1e-6);
  }
}

TEST(ActivationFunction, SoftmaxTakesAnotherAxis) {
  const Tensor p = activation("softmax")(randn({4, 3, 5}), -1);
  EXPECT_LT(largest_difference(p.sum(2), at::ones({4, 3})), 1e-6);
}

TEST(ActivationFunction, NotesTheLogitsOfProbabilities) {
  const Tensor z = randn({4, 3});
  for (const auto& name : activation_names()) {
    Recorder recorder;
    const Tensor out = activation(name)(z);
    const bool probability = name == "softmax" || name == "log_softmax" || name == "sigmoid";
    EXPECT_EQ(recorder.logits_of(out).is_same(z), probability) << name;
  }
}

TEST(ActivationFunction, ConsumedInPlaceItHasTheSameValueAndGradient) {
  for (const auto& name : activation_names()) {
    for (const bool view : {false, true}) {
      const Tensor x = randn({6, 5}).requires_grad_();
      const auto fresh = [&] { return view ? (2 * x).view({5, 6}) : 2 * x; };
      const Tensor kept = activation(name)(fresh());
      const Tensor consumed = activation(name).consume(fresh());
      EXPECT_TRUE(at::equal(kept, consumed)) << name;
      const Tensor weights = randn(kept.sizes(), 2);
      (kept * weights).sum().backward();
      const Tensor gradient = x.grad().clone();
      x.mutable_grad().reset();
      (consumed * weights).sum().backward();
      EXPECT_TRUE(at::equal(gradient, x.grad())) << name;
    }
  }
}

TEST(ActivationFunction, ReluIsConsumedWithoutNewMemory) {
  const Tensor z = randn({6, 5});
  EXPECT_EQ(activation("relu").consume(z).data_ptr(), z.data_ptr());
}

TEST(ActivationFunction, IsNamed) {
  EXPECT_THAT(activation_names(),
              ElementsAre("linear", "relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh",
                          "softplus", "softmax", "log_softmax"));
  for (const auto& name : activation_names()) EXPECT_EQ(activation(name).name(), name);
}

TEST(ActivationFunction, AnUnknownNameNamesTheNearest) {
  EXPECT_THAT(message_of<ValueError>([] { activation("sofmax"); }),
              testing::StartsWith("unknown activation 'sofmax'; did you mean 'softmax'?"));
  EXPECT_THROW(activation(""), ValueError);
}

TEST(Activation, KeepsTheShapeAndAmends) {
  const auto layer = built(Activation("tanh"), {3, 4});
  EXPECT_EQ(layer->output_shape(), (Shape{3, 4}));
  EXPECT_TRUE(layer->amends());
  EXPECT_FALSE(layer->has_parameters());
  const Tensor x = randn({2, 3, 4});
  EXPECT_TRUE(at::equal((*layer)(x), x.tanh()));
}

TEST(Activation, LeavesItsInputAsItWas) {
  const auto layer = built(Activation("relu"), {4});
  const Tensor x = randn({2, 4});
  const Tensor before = x.clone();
  (*layer)(x);
  EXPECT_TRUE(at::equal(x, before));
}

TEST(Activation, RefusesUnknownNamesWhenItIsMade) { EXPECT_THROW(Activation("rleu"), ValueError); }

}  // namespace
}  // namespace glow
