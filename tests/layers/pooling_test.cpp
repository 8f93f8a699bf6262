#include "glow/layers/pooling.h"

#include <gmock/gmock.h>
#include <torch/nn/modules/pooling.h>

#include "glow/core/error.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

template <class Reference, class L>
void expect_same_pooling(Reference reference, L made, const Shape& input) {
  const auto layer = built(std::move(made), input);
  Shape batch{3};
  batch.insert(batch.end(), input.begin(), input.end());
  const Tensor x = randn(batch).requires_grad_();
  const Tensor expected = reference(x);
  EXPECT_EQ(layer->output_shape(), expected.sizes().slice(1).vec());
  const Tensor out = (*layer)(x);
  EXPECT_LT(largest_difference(out, expected), 1e-6);
  expected.square().sum().backward();
  const Tensor gradient = x.grad().clone();
  x.mutable_grad().reset();
  out.square().sum().backward();
  EXPECT_LT(largest_difference(x.grad(), gradient), 1e-6);
  EXPECT_FALSE(layer->has_parameters());
  EXPECT_FALSE(layer->amends());
}

TEST(MaxPool, IsTorchs) {
  expect_same_pooling(torch::nn::MaxPool1d(2), MaxPool1d(2), {3, 9});
  expect_same_pooling(torch::nn::MaxPool2d(2), MaxPool2d(2), {3, 9, 8});
  expect_same_pooling(
      torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions({3, 2}).stride({2, 1}).padding({1, 0})),
      MaxPool2d({3, 2}, {.stride = {2, 1}, .padding = {1, 0}}), {3, 9, 8});
  expect_same_pooling(torch::nn::MaxPool3d(2), MaxPool3d(2), {3, 4, 5, 6});
}

TEST(AvgPool, IsTorchs) {
  expect_same_pooling(torch::nn::AvgPool1d(2), AvgPool1d(2), {3, 9});
  expect_same_pooling(torch::nn::AvgPool2d(2), AvgPool2d(2), {3, 9, 8});
  for (const bool counted : {true, false}) {
    expect_same_pooling(
        torch::nn::AvgPool2d(
            torch::nn::AvgPool2dOptions(3).stride(2).padding(1).count_include_pad(counted)),
        AvgPool2d(3, {.stride = 2, .padding = 1, .count_include_pad = counted}), {3, 9, 8});
    expect_same_pooling(
        torch::nn::AvgPool1d(torch::nn::AvgPool1dOptions(2).padding(1).count_include_pad(counted)),
        AvgPool1d(2, {.padding = 1, .count_include_pad = counted}), {3, 9});
    expect_same_pooling(
        torch::nn::AvgPool3d(torch::nn::AvgPool3dOptions(2).padding(1).count_include_pad(counted)),
        AvgPool3d(2, {.padding = 1, .count_include_pad = counted}), {3, 4, 5, 6});
  }
}

TEST(Pooling, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(message_of<ValueError>([] { MaxPool2d(0); }),
            "MaxPool2d: pool_size must be at least 1, got 0");
  EXPECT_EQ(message_of<ValueError>([] { AvgPool1d(2, {.stride = -1}); }),
            "AvgPool1d: stride must be at least 0, got -1");
  EXPECT_EQ(message_of<ValueError>([] { MaxPool3d(3, {.padding = 2}); }),
            "MaxPool3d: padding must be at most half of pool_size 3, got 2");
  EXPECT_THAT(message_of<ValueError>([] { built(MaxPool2d(2), {500}); }),
              testing::HasSubstr("MaxPool2d expects an input of 3 dimensions"));
  EXPECT_THROW(built(AvgPool2d(5), {3, 4, 9}), ValueError);
}

}  // namespace
}  // namespace glow
