#include "glow/layers/dense.h"

#include <gmock/gmock.h>
#include <torch/nn/modules/linear.h>

#include "glow/core/error.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

TEST(Dense, IsTorchsLinearWithTheSameWeights) {
  for (const bool bias : {true, false}) {
    torch::nn::Linear reference(torch::nn::LinearOptions(6, 4).bias(bias));
    const auto layer = built(Dense(4, {.use_bias = bias}), {6});
    copy_weights(*reference, *layer);
    const Tensor x = randn({5, 6});
    EXPECT_LT(largest_difference((*layer)(x), reference(x)), 1e-6);
    EXPECT_EQ(layer->output_shape(), Shape{4});
    EXPECT_EQ(parameter_count(*layer), bias ? 28 : 24);
  }
}

TEST(Dense, GoesThroughItsActivation) {
  for (const auto& name : activation_names()) {
    const auto plain = built(Dense(4), {6});
    const auto layer = built(Dense(4, {.activation = name}), {6});
    const Tensor x = randn({5, 6});
    EXPECT_TRUE(at::equal((*layer)(x), activation(name)((*plain)(x)))) << name;
  }
}

TEST(Dense, KeepsTheDimensionsBetween) {
  const auto layer = built(Dense(4, {.activation = "softmax"}), {3, 6});
  EXPECT_EQ(layer->output_shape(), (Shape{3, 4}));
  const Tensor out = (*layer)(randn({5, 3, 6}));
  EXPECT_EQ(out.sizes().vec(), (Shape{5, 3, 4}));
  EXPECT_LT(largest_difference(out.sum(2), at::ones({5, 3})), 1e-6);
}

TEST(Dense, GradientsAreThoseOfTorch) {
  for (const Shape& shape : {Shape{5, 6}, Shape{5, 3, 6}}) {
    torch::nn::Linear reference(6, 4);
    const auto layer =
        built(Dense(4, {.activation = "relu"}), Shape(shape.begin() + 1, shape.end()));
    copy_weights(*reference, *layer);
    const Tensor x = randn(shape).requires_grad_();
    reference(x).relu().square().sum().backward();
    const Tensor of_input = x.grad().clone();
    x.mutable_grad().reset();
    (*layer)(x).square().sum().backward();
    EXPECT_LT(largest_difference(x.grad(), of_input), 1e-5);
    EXPECT_LT(
        largest_difference(layer->named_parameters()["weight"].grad(), reference->weight.grad()),
        1e-4);
    EXPECT_LT(largest_difference(layer->named_parameters()["bias"].grad(), reference->bias.grad()),
              1e-4);
  }
}

TEST(Dense, ReluTakesNoMemoryOfItsOwn) {
  // In place, relu leaves one node more in the graph, and its output has version 1.
  const auto layer = built(Dense(4, {.activation = "relu"}), {6});
  EXPECT_EQ((*layer)(randn({5, 6}))._version(), 1);
}

TEST(Dense, ComputesInThePrecisionOfTheNetwork) {
  Dense layer(4);
  BuildContext context = context_for({6});
  context.dtype = at::kDouble;
  layer.prepare(context);
  EXPECT_EQ(layer(randn({5, 6}).to(at::kDouble)).scalar_type(), at::kDouble);
}

TEST(Dense, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(message_of<ValueError>([] { Dense(0); }), "Dense: units must be at least 1, got 0");
  EXPECT_THROW(Dense(3, {.activation = "rleu"}), ValueError);
  EXPECT_THROW(Dense(3, {.kernel_initializer = "he"}), ValueError);
  EXPECT_THROW(Dense(3, {.bias_initializer = "normal(stddev=-1)"}), ValueError);
  EXPECT_THROW(built(Dense(3), {}), ValueError);
}

}  // namespace
}  // namespace glow
