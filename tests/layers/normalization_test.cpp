#include "glow/layers/normalization.h"

#include <gmock/gmock.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/normalization.h>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

// In training over several steps, so that the running statistics count, and then in evaluation.
template <class Reference, class L>
void expect_same_normalization(Reference reference, L made, const Shape& input) {
  const auto layer = built(std::move(made), input);
  if (reference->weight.defined()) {
    const at::NoGradGuard no_grad;
    reference->weight.copy_(randn(reference->weight.sizes(), 7));
    reference->bias.copy_(randn(reference->bias.sizes(), 8));
  }
  {
    const at::NoGradGuard no_grad;
    for (auto& item : layer->named_parameters()) {
      item.value().copy_(reference->named_parameters()[item.key()]);
    }
  }
  Shape batch{5};
  batch.insert(batch.end(), input.begin(), input.end());
  for (uint64_t step = 0; step < 3; ++step) {
    const Tensor x = 2 * randn(batch, step) + 1;
    EXPECT_LT(largest_difference((*layer)(x), reference(x)), 1e-6);
  }
  reference->eval();
  layer->eval();
  const Tensor x = randn(batch, 9);
  EXPECT_LT(largest_difference((*layer)(x), reference(x)), 1e-6);
  EXPECT_EQ(layer->output_shape(), input);
  EXPECT_EQ(parameter_count(*layer), parameter_count(*reference));
}

TEST(BatchNorm, IsTorchs) {
  expect_same_normalization(torch::nn::BatchNorm1d(4), BatchNorm1d(), {4});
  expect_same_normalization(torch::nn::BatchNorm1d(4), BatchNorm1d(), {4, 6});
  expect_same_normalization(torch::nn::BatchNorm2d(4), BatchNorm2d(), {4, 3, 2});
  expect_same_normalization(torch::nn::BatchNorm3d(4), BatchNorm3d(), {4, 3, 2, 2});
  expect_same_normalization(
      torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(4).eps(0.1).momentum(0.5).affine(false)),
      BatchNorm2d({.eps = 0.1, .momentum = 0.5, .affine = false}), {4, 3, 2});
}

TEST(BatchNorm, KeepsItsStatisticsAmongTheBuffers) {
  const auto layer = built(BatchNorm1d(), {4});
  (*layer)(randn({5, 4}) + 3);
  const auto buffers = layer->named_buffers();
  EXPECT_GT(buffers["running_mean"].min().item<double>(), 0.1);
  EXPECT_TRUE(buffers.contains("running_var"));
}

TEST(BatchNorm, IsRandomInTrainingOnly) {
  const auto layer = built(BatchNorm1d(), {4});
  {
    Recorder recorder;
    (*layer)(randn({5, 4}));
    EXPECT_FALSE(recorder.deterministic());
  }
  layer->eval();
  Recorder recorder;
  (*layer)(randn({5, 4}));
  EXPECT_TRUE(recorder.deterministic());
}

TEST(BatchNorm, GradientsReachItsInputAndParameters) {
  const auto layer = built(BatchNorm1d(), {4});
  const Tensor x = randn({5, 4}).requires_grad_();
  ((*layer)(x)*randn({5, 4}, 2)).sum().backward();
  EXPECT_GT(x.grad().abs().max().item<double>(), 0);
  for (const auto& parameter : layer->parameters()) {
    EXPECT_GT(parameter.grad().abs().max().item<double>(), 0);
  }
}

TEST(BatchNorm, RefusesWhatHasNoMeaning) {
  EXPECT_THROW(BatchNorm1d({.eps = 0}), ValueError);
  EXPECT_EQ(message_of<ValueError>([] { BatchNorm2d({.momentum = 1.5}); }),
            "BatchNorm2d: momentum must be in [0, 1], got 1.5");
  EXPECT_THAT(message_of<ValueError>([] { built(BatchNorm2d(), {500}); }),
              testing::HasSubstr("BatchNorm2d expects an input of 3 dimensions"));
  EXPECT_THROW(built(BatchNorm1d(), {3, 4, 4}), ValueError);
  const auto layer = built(BatchNorm1d(), {4});
  EXPECT_THROW((*layer)(randn({1, 4})), ValueError);
  layer->eval();
  EXPECT_NO_THROW((*layer)(randn({1, 4})));
}

TEST(LayerNorm, IsTorchs) {
  expect_same_normalization(torch::nn::LayerNorm(torch::nn::LayerNormOptions({6})), LayerNorm(),
                            {6});
  expect_same_normalization(torch::nn::LayerNorm(torch::nn::LayerNormOptions({4, 3, 2})),
                            LayerNorm(), {4, 3, 2});
  expect_same_normalization(torch::nn::LayerNorm(torch::nn::LayerNormOptions({2}).eps(0.1)),
                            LayerNorm({.dimensions = 1, .eps = 0.1}), {4, 3, 2});
  expect_same_normalization(
      torch::nn::LayerNorm(torch::nn::LayerNormOptions({3, 2}).elementwise_affine(false)),
      LayerNorm({.dimensions = 2, .affine = false}), {4, 3, 2});
}

TEST(LayerNorm, IsDeterministicInTraining) {
  const auto layer = built(LayerNorm(), {4});
  Recorder recorder;
  (*layer)(randn({5, 4}));
  EXPECT_TRUE(recorder.deterministic());
}

TEST(LayerNorm, RefusesWhatHasNoMeaning) {
  EXPECT_THROW(LayerNorm({.eps = -1}), ValueError);
  EXPECT_THROW(LayerNorm({.dimensions = 0}), ValueError);
  EXPECT_EQ(message_of<ValueError>([] {
              built(LayerNorm({.dimensions = 3}), {4, 4});
            }),
            "layer_1: LayerNorm expects an input of at least 3 dimensions, got (4, 4)");
}

}  // namespace
}  // namespace glow
