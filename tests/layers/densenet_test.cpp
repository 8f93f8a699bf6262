#include "glow/layers/densenet.h"

#include <gmock/gmock.h>

#include "glow/core/error.h"
#include "glow/layers/conv.h"
#include "glow/layers/dense.h"
#include "glow/layers/flatten.h"
#include "glow/layers/normalization.h"
#include "glow/layers/pooling.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

class Stack {
 public:
  explicit Stack(Shape input) : shape_(std::move(input)) {}
  template <class L>
  const Shape& add(L layer) {
    layers_.push_back(std::make_shared<L>(std::move(layer)));
    const std::string name = std::to_string(layers_.size());
    shape_ = layers_.back()->prepare(context_for(shape_, 0, name));
    parameters_ += parameter_count(*layers_.back());
    return shape_;
  }
  int64_t parameters() const { return parameters_; }

 private:
  Shape shape_;
  std::vector<LayerPtr> layers_;
  int64_t parameters_ = 0;
};

TEST(DenseBlock, ConcatenatesWhatItsLayersAdd) {
  const auto block = built(DenseBlock(3, 2), {4, 6, 5});
  EXPECT_EQ(block->output_shape(), (Shape{10, 6, 5}));
  const Tensor x = randn({2, 4, 6, 5});
  const Tensor out = (*block)(x);
  EXPECT_EQ(out.sizes().vec(), (Shape{2, 10, 6, 5}));
  EXPECT_TRUE(at::equal(out.slice(1, 0, 4), x));
}

TEST(DenseBlock, IsBatchNormReluConvOnAllBefore) {
  const auto block = built(DenseBlock(2, 3), {4, 6, 5});
  const Tensor x = randn({2, 4, 6, 5});
  Tensor all = x;
  const auto parameters = block->named_parameters();
  for (const std::string name : {"growth_1", "growth_2"}) {
    const Tensor mean = all.mean({0, 2, 3}, true);
    const Tensor variance = (all - mean).square().mean({0, 2, 3}, true);
    const Tensor normalized = (all - mean) / (variance + 1e-5).sqrt();
    all = at::cat({all, at::conv2d(normalized.relu(), parameters[name + ".conv.weight"], {}, 1, 1)},
                  1);
  }
  EXPECT_LT(largest_difference((*block)(x), all), 1e-5);
}

// A network builds its layers by a run on zeros in evaluation mode.
TEST(DenseBlock, PartsFollowTheModeThatItIsBuiltIn) {
  for (const bool transition : {false, true}) {
    LayerPtr layer = std::make_shared<DenseBlock>(2, 3);
    if (transition) layer = std::make_shared<TransitionLayer>();
    layer->eval();
    layer->prepare(context_for({4, 6, 6}));
    (*layer)(at::zeros({2, 4, 6, 6}));
    for (const auto& part : layer->modules()) EXPECT_FALSE(part->is_training());
    for (const auto& item : layer->named_buffers()) {
      const double begun = item.key().ends_with("running_var") ? 1 : 0;
      EXPECT_TRUE(at::equal(item.value(), at::full_like(item.value(), begun))) << item.key();
    }
  }
}

TEST(DenseBlock, GradientsReachEveryParameter) {
  for (const bool bottleneck : {false, true}) {
    const auto block = built(DenseBlock(2, 3, {.bottleneck = bottleneck}), {4, 6, 5});
    ((*block)(randn({2, 4, 6, 5})) * randn({2, 10, 6, 5}, 2)).sum().backward();
    EXPECT_EQ(block->parameters().size(), bottleneck ? 12u : 6u);
    for (const auto& parameter : block->parameters()) {
      EXPECT_GT(parameter.grad().abs().max().item<double>(), 0);
    }
  }
}

TEST(DenseBlock, IsOneLayerOnThePlane) {
  const auto block = built(DenseBlock(2, 3, {.bottleneck = true}), {4, 6, 5});
  const auto transition = built(TransitionLayer(), {10, 6, 5});
  Recorder recorder;
  const Tensor out = (*block)(randn({2, 4, 6, 5}));
  const Tensor reduced = (*transition)(out);
  ASSERT_EQ(recorder.layers().size(), 2u);
  EXPECT_TRUE(recorder.layers()[0].value.is_same(out));
  EXPECT_TRUE(recorder.layers()[1].value.is_same(reduced));
}

TEST(TransitionLayer, CompressesAndHalves) {
  EXPECT_EQ(built(TransitionLayer(), {9, 6, 5})->output_shape(), (Shape{4, 3, 2}));
  EXPECT_EQ(built(TransitionLayer({.compression = 1}), {9, 6, 6})->output_shape(),
            (Shape{9, 3, 3}));
  const auto layer = built(TransitionLayer(), {8, 6, 6});
  EXPECT_EQ((*layer)(randn({2, 8, 6, 6})).sizes().vec(), (Shape{2, 4, 3, 3}));
  EXPECT_EQ(parameter_count(*layer), 2 * 8 + 8 * 4);
}

// Huang et al. 2017, table 1, DenseNet-121 with k = 32: the sizes after each block, and the number
// of convolutions and parameters that follow from them.
TEST(DenseNet, HasTheShapesOfThePaper) {
  Stack net({3, 224, 224});
  EXPECT_EQ(net.add(Conv2d(64, 7, {.stride = 2, .padding = 3, .use_bias = false})),
            (Shape{64, 112, 112}));
  net.add(BatchNorm2d());
  EXPECT_EQ(net.add(MaxPool2d(3, {.stride = 2, .padding = 1})), (Shape{64, 56, 56}));
  EXPECT_EQ(net.add(DenseBlock(6, 32, {.bottleneck = true})), (Shape{256, 56, 56}));
  EXPECT_EQ(net.add(TransitionLayer()), (Shape{128, 28, 28}));
  EXPECT_EQ(net.add(DenseBlock(12, 32, {.bottleneck = true})), (Shape{512, 28, 28}));
  EXPECT_EQ(net.add(TransitionLayer()), (Shape{256, 14, 14}));
  EXPECT_EQ(net.add(DenseBlock(24, 32, {.bottleneck = true})), (Shape{1024, 14, 14}));
  EXPECT_EQ(net.add(TransitionLayer()), (Shape{512, 7, 7}));
  EXPECT_EQ(net.add(DenseBlock(16, 32, {.bottleneck = true})), (Shape{1024, 7, 7}));
  net.add(BatchNorm2d());
  EXPECT_EQ(net.add(AvgPool2d(7)), (Shape{1024, 1, 1}));
  net.add(Flatten());
  net.add(Dense(1000));
  EXPECT_EQ(net.parameters(), 7978856);  // as torchvision's densenet121
}

// Ibid., table 2: DenseNet (k = 12, L = 40) has 1.0 M parameters, DenseNet-BC (12, 100) 0.8 M.
TEST(DenseNet, HasTheParametersOfThePaper) {
  Stack plain({3, 32, 32});
  plain.add(Conv2d(16, 3, {.padding = 1, .use_bias = false}));
  plain.add(DenseBlock(12, 12));
  plain.add(TransitionLayer({.compression = 1}));
  plain.add(DenseBlock(12, 12));
  plain.add(TransitionLayer({.compression = 1}));
  plain.add(DenseBlock(12, 12));
  plain.add(BatchNorm2d());
  EXPECT_EQ(plain.add(AvgPool2d(8)), (Shape{448, 1, 1}));
  plain.add(Flatten());
  plain.add(Dense(10));
  EXPECT_EQ(plain.parameters(), 1019722);

  Stack compressed({3, 32, 32});
  compressed.add(Conv2d(24, 3, {.padding = 1, .use_bias = false}));
  compressed.add(DenseBlock(16, 12, {.bottleneck = true}));
  compressed.add(TransitionLayer());
  compressed.add(DenseBlock(16, 12, {.bottleneck = true}));
  compressed.add(TransitionLayer());
  compressed.add(DenseBlock(16, 12, {.bottleneck = true}));
  compressed.add(BatchNorm2d());
  compressed.add(AvgPool2d(8));
  compressed.add(Flatten());
  compressed.add(Dense(10));
  EXPECT_EQ(compressed.parameters(), 769162);
}

TEST(DenseNet, RefusesWhatHasNoMeaning) {
  EXPECT_THROW(DenseBlock(0, 12), ValueError);
  EXPECT_THROW(DenseBlock(2, 0), ValueError);
  EXPECT_THROW(DenseBlock(2, 3, {.kernel_initializer = "he"}), ValueError);
  EXPECT_THROW(TransitionLayer({.compression = 0}), ValueError);
  EXPECT_THROW(TransitionLayer({.compression = 1.5}), ValueError);
  EXPECT_THROW(built(TransitionLayer({.compression = 0.1}), {4, 6, 6}), ValueError);
  EXPECT_THAT(message_of<ValueError>([] { built(DenseBlock(2, 3), {500}); }),
              testing::HasSubstr("DenseBlock expects an input of 3 dimensions"));
}

}  // namespace
}  // namespace glow
