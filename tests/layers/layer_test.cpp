#include "glow/layers/layer.h"

#include <gmock/gmock.h>

#include "glow/core/error.h"
#include "glow/layers/dense.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

/// A user's own layer: one learned factor a feature.
class Scale : public Layer {
 protected:
  Shape build(const BuildContext& context) override {
    factor_ = register_parameter("factor", at::full(context.input, 2.0));
    return context.input;
  }
  Tensor forward(const Tensor& x) override { return x * factor_; }

 private:
  Tensor factor_;
};

/// A user's own block; its layers are built at the first run.
class Residual : public Layer {
 public:
  Residual() : inner_(std::make_shared<Dense>(4, DenseOptions{.activation = "tanh"})) {}

 protected:
  Shape build(const BuildContext& context) override {
    register_module("inner", inner_)->prepare(context.inner("inner", context.input));
    return context.input;
  }
  Tensor forward(const Tensor& x) override { return x + (*inner_)(x); }

 private:
  std::shared_ptr<Dense> inner_;
};

TEST(Layer, AUsersOwnIsOneSmallClass) {
  const auto layer = built(Scale(), {3});
  EXPECT_EQ(layer->type(), "Scale");
  EXPECT_EQ(layer_name(*layer, 2), "scale_2");
  EXPECT_TRUE(layer->has_parameters());
  const Tensor x = randn({2, 3});
  Recorder recorder;
  EXPECT_TRUE(at::equal((*layer)(x), 2 * x));
  ASSERT_EQ(recorder.layers().size(), 1u);
  EXPECT_EQ(recorder.layers()[0].name, "layer_1");
}

TEST(Layer, AUsersOwnBlockIsOneLayer) {
  const auto layer = built(Residual(), {4});
  Recorder recorder;
  const Tensor out = (*layer)(randn({2, 4}));
  ASSERT_EQ(recorder.layers().size(), 1u);
  EXPECT_TRUE(recorder.layers()[0].value.is_same(out));
  EXPECT_TRUE(layer->named_parameters().contains("inner.weight"));
}

TEST(Layer, IsADescriptionUntilItIsBuilt) {
  const Dense description(3);
  EXPECT_TRUE(description.parameters().empty());
  Dense one(description), two(description);
  one.prepare(context_for({5}));
  two.prepare(context_for({5}));
  EXPECT_FALSE(one.parameters()[0].is_same(two.parameters()[0]));
  EXPECT_TRUE(at::equal(one.parameters()[0], two.parameters()[0]));
}

TEST(Layer, ABuiltOneIsNotCopied) {
  Dense layer(3);
  layer.prepare(context_for({5}));
  EXPECT_THAT(message_of<StateError>([&] { const Dense copy(layer); }),
              testing::HasSubstr("'layer_1' is built"));
}

TEST(Layer, IsBuiltOnce) {
  Dense layer(3);
  layer.prepare(context_for({5}));
  EXPECT_THROW(layer.prepare(context_for({5})), StateError);
}

TEST(Layer, IsNotRunBeforeItIsBuilt) {
  Dense layer(3);
  EXPECT_THAT(message_of<StateError>([&] {
                layer(randn({2, 5}));
              }),
              testing::HasSubstr("a Dense layer is run before it was built"));
}

TEST(Layer, IsBuiltByItsFirstRunWithinABuildScope) {
  Dense layer(3);
  layer.set_label("dense_1");
  const BuildContext network = context_for({5}, 4, "");
  {
    const BuildScope scope(network);
    EXPECT_EQ(layer(randn({2, 5})).sizes().vec(), (Shape{2, 3}));
  }
  Dense same(3);
  same.prepare(context_for({5}, 4, "dense_1"));
  EXPECT_TRUE(at::equal(layer.parameters()[0], same.parameters()[0]));
}

}  // namespace
}  // namespace glow
