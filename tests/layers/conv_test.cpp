#include "glow/layers/conv.h"

#include <gmock/gmock.h>
#include <torch/nn/modules/conv.h>

#include "glow/core/error.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

template <class Reference, class L>
void expect_same_conv(Reference reference, L made, const Shape& input) {
  const auto layer = built(std::move(made), input);
  copy_weights(*reference, *layer);
  Shape batch{3};
  batch.insert(batch.end(), input.begin(), input.end());
  const Tensor x = randn(batch);
  const Tensor expected = reference(x);
  EXPECT_EQ(layer->output_shape(), expected.sizes().slice(1).vec());
  EXPECT_LT(largest_difference((*layer)(x), expected), 1e-6);
  EXPECT_EQ(parameter_count(*layer), parameter_count(*reference));
}

TEST(Conv, IsTorchsWithTheSameWeights) {
  expect_same_conv(torch::nn::Conv1d(torch::nn::Conv1dOptions(4, 6, 3).stride(2).padding(1)),
                   Conv1d(6, 3, {.stride = 2, .padding = 1}), {4, 11});
  expect_same_conv(torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 16, 3).padding(1)),
                   Conv2d(16, 3, {.stride = 1, .padding = 1}), {1, 28, 28});
  expect_same_conv(torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 6, {3, 2})
                                         .stride({2, 1})
                                         .padding({1, 2})
                                         .dilation({1, 3})
                                         .groups(2)
                                         .bias(false)),
                   Conv2d(6, {3, 2},
                          {.stride = {2, 1},
                           .padding = {1, 2},
                           .dilation = {1, 3},
                           .groups = 2,
                           .use_bias = false}),
                   {4, 9, 8});
  expect_same_conv(torch::nn::Conv3d(torch::nn::Conv3dOptions(2, 3, {2, 3, 1}).stride({1, 2, 1})),
                   Conv3d(3, {2, 3, 1}, {.stride = {1, 2, 1}}), {2, 4, 7, 3});
}

TEST(Conv, SamePaddingIsTorchsWithAStrideOfOne) {
  expect_same_conv(torch::nn::Conv2d(torch::nn::Conv2dOptions(2, 3, {3, 5}).padding(torch::kSame)),
                   Conv2d(3, {3, 5}, {.padding = "same"}), {2, 6, 7});
  // An even kernel: one zero more at the end.
  expect_same_conv(
      torch::nn::Conv2d(
          torch::nn::Conv2dOptions(2, 3, {4, 2}).padding(torch::kSame).dilation({1, 3})),
      Conv2d(3, {4, 2}, {.padding = "same", .dilation = {1, 3}}), {2, 6, 7});
  expect_same_conv(torch::nn::Conv1d(torch::nn::Conv1dOptions(2, 3, 2).padding(torch::kSame)),
                   Conv1d(3, 2, {.padding = "same"}), {2, 5});
}

TEST(Conv, SamePaddingDividesTheSizeByTheStride) {
  // As Keras: sizes ⌈5/2⌉ and ⌈6/2⌉; of a kernel of 3, one zero on either side of 5 places and one
  // at the end of 6.
  const auto layer = built(
      Conv2d(1, 3,
             {.stride = 2, .padding = "same", .use_bias = false, .kernel_initializer = "ones"}),
      {1, 5, 6});
  EXPECT_EQ(layer->output_shape(), (Shape{1, 3, 3}));
  const Tensor counts = (*layer)(at::ones({1, 1, 5, 6})).squeeze();
  EXPECT_TRUE(
      at::equal(counts, at::tensor({6.f, 6.f, 4.f, 9.f, 9.f, 6.f, 6.f, 6.f, 4.f}).view({3, 3})))
      << counts;
}

TEST(Conv, ValidPaddingIsNone) {
  EXPECT_EQ(built(Conv2d(3, 5, {.padding = "valid"}), {1, 28, 28})->output_shape(),
            (Shape{3, 24, 24}));
}

TEST(Conv, GoesThroughItsActivation) {
  const auto plain = built(Conv2d(3, 3), {2, 6, 6});
  for (const char* name : {"relu", "softmax", "tanh"}) {
    const auto layer = built(Conv2d(3, 3, {.activation = name}), {2, 6, 6});
    const Tensor x = randn({2, 2, 6, 6});
    EXPECT_TRUE(at::equal((*layer)(x), activation(name)((*plain)(x)))) << name;
  }
}

TEST(Conv, GradientsAreThoseOfTorch) {
  torch::nn::Conv2d reference(torch::nn::Conv2dOptions(2, 3, 3));
  const auto layer = built(Conv2d(3, 3, {.activation = "relu"}), {2, 6, 6});
  copy_weights(*reference, *layer);
  const Tensor x = randn({2, 2, 6, 6});
  reference(x).relu().square().sum().backward();
  (*layer)(x).square().sum().backward();
  EXPECT_LT(
      largest_difference(layer->named_parameters()["weight"].grad(), reference->weight.grad()),
      1e-4);
  EXPECT_LT(largest_difference(layer->named_parameters()["bias"].grad(), reference->bias.grad()),
            1e-4);
}

TEST(Conv, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(message_of<ValueError>([] { Conv2d(0, 3); }),
            "Conv2d: filters must be at least 1, got 0");
  EXPECT_EQ(message_of<ValueError>([] { Conv2d(3, 0); }),
            "Conv2d: kernel_size must be at least 1, got 0");
  EXPECT_EQ(message_of<ValueError>([] { Conv1d(3, 3, {.stride = -1}); }),
            "Conv1d: stride must be at least 1, got -1");
  EXPECT_EQ(message_of<ValueError>([] { Conv2d(3, 3, {.padding = -1}); }),
            "Conv2d: padding must be at least 0, got -1");
  EXPECT_EQ(message_of<ValueError>([] { Conv2d(3, 3, {.dilation = 0}); }),
            "Conv2d: dilation must be at least 1, got 0");
  EXPECT_EQ(message_of<ValueError>([] {
              Conv2d(3, {1, 2, 3});
            }),
            "Conv2d: kernel_size takes one number or 2, got [1, 2, 3]");
  EXPECT_EQ(message_of<ValueError>([] { Conv2d(3, 3, {.groups = 2}); }),
            "Conv2d: groups must divide the 3 filters, got 2");
  EXPECT_THROW(Conv2d(3, 3, {.groups = 0}), ValueError);
  EXPECT_THROW(Conv2d(3, 3, {.activation = "rleu"}), ValueError);
  EXPECT_EQ(message_of<ValueError>([] {
              built(Conv2d(4, 3, {.groups = 2}), {3, 9, 9});
            }),
            "layer_1: groups must divide the 3 channels of the input, got 2");
}

TEST(Conv, SaysWhatInputItExpects) {
  EXPECT_EQ(message_of<ValueError>([] { built(Conv2d(4, 3), {784}); }),
            "layer_1: Conv2d expects an input of 3 dimensions (channels, height, width), got "
            "(784); it goes before a Flatten, on an input_shape with channels");
  EXPECT_THAT(message_of<ValueError>([] {
                built(Conv2d(4, 3), {28, 28});
              }),
              testing::EndsWith("got (28, 28); add a channel dimension: (1, 28, 28)"));
  EXPECT_THAT(message_of<ValueError>([] {
                built(Conv2d(4, 3), {1, 9, 9, 9});
              }),
              testing::EndsWith("got (1, 9, 9, 9); layers for such inputs end in 3d"));
  EXPECT_THAT(message_of<ValueError>([] {
                built(Conv2d(4, 5, {.dilation = 2}), {1, 8, 28});
              }),
              testing::StartsWith("layer_1: the window of Conv2d spans 9 and does not fit 8"));
}

}  // namespace
}  // namespace glow
