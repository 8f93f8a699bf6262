#include "glow/layers/wrap.h"

#include <gmock/gmock.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/linear.h>

#include <type_traits>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

struct RowSum : torch::nn::Module {
  Tensor forward(const Tensor& x) { return x.sum(1, true); }
};
struct TotalSum : torch::nn::Module {
  Tensor forward(const Tensor& x) { return x.sum(); }
};

TEST(Wrap, IsTheModule) {
  torch::nn::Linear linear(6, 4);
  const auto layer = built(Wrap(linear), {6});
  EXPECT_EQ(layer->output_shape(), Shape{4});
  const Tensor x = randn({3, 6});
  EXPECT_TRUE(at::equal((*layer)(x), linear(x)));
  EXPECT_EQ(parameter_count(*layer), 28);
  EXPECT_TRUE(layer->named_parameters().contains("module.weight"));
  (*layer)(x).sum().backward();
  EXPECT_TRUE(linear->weight.grad().defined());
}

TEST(Wrap, TakesSequentialsAndModulesOfOnesOwn) {
  const auto stack = built(Wrap(torch::nn::Sequential(torch::nn::Linear(6, 5), torch::nn::ReLU(),
                                                      torch::nn::Linear(5, 2))),
                           {6});
  EXPECT_EQ(stack->output_shape(), Shape{2});
  EXPECT_EQ((*stack)(randn({3, 6})).sizes().vec(), (Shape{3, 2}));
  const auto own = built(Wrap(std::make_shared<RowSum>()), {6});
  EXPECT_EQ(own->output_shape(), Shape{1});
  EXPECT_FALSE(own->has_parameters());
}

TEST(Wrap, IsOneLayerOnThePlane) {
  const auto layer =
      built(Wrap(torch::nn::Sequential(torch::nn::Linear(6, 5), torch::nn::Linear(5, 2))), {6});
  Recorder recorder;
  (*layer)(randn({3, 6}));
  ASSERT_EQ(recorder.layers().size(), 1u);
  EXPECT_EQ(recorder.layers()[0].name, "layer_1");
}

TEST(Wrap, AMadeModuleKeepsItsValues) {
  torch::nn::Linear linear(6, 4);
  const Tensor before = linear->weight.detach().clone();
  built(Wrap(linear), {6}, 1);
  EXPECT_TRUE(at::equal(linear->weight, before));
}

TEST(Wrap, AFunctionsModuleDependsOnTheSeedOnly) {
  const auto weight = [](uint64_t seed) {
    const auto layer = built(Wrap([] { return torch::nn::Linear(6, 4); }), {6}, seed);
    return layer->named_parameters()["module.weight"].detach();
  };
  at::Generator global = at::globalContext().defaultGenerator(c10::kCPU);
  at::manual_seed(1);
  const Tensor state = global.get_state();
  const Tensor first = weight(5);
  EXPECT_TRUE(at::equal(global.get_state(), state));
  at::manual_seed(2);
  EXPECT_TRUE(at::equal(weight(5), first));
  EXPECT_FALSE(at::equal(weight(6), first));
}

TEST(Wrap, KnowsTorchsRandomModules) {
  const auto deterministic = [](Wrap made, bool training) {
    const auto layer = built(std::move(made), {6});
    layer->train(training);
    Recorder recorder;
    (*layer)(randn({3, 6}));
    return recorder.deterministic();
  };
  EXPECT_TRUE(deterministic(Wrap(torch::nn::Linear(6, 4)), true));
  EXPECT_FALSE(deterministic(Wrap(torch::nn::Dropout(0.5)), true));
  EXPECT_TRUE(deterministic(Wrap(torch::nn::Dropout(0.5)), false));
  EXPECT_FALSE(deterministic(
      Wrap(torch::nn::Sequential(torch::nn::Linear(6, 4), torch::nn::BatchNorm1d(4))), true));
  EXPECT_FALSE(deterministic(Wrap(torch::nn::Linear(6, 4), {.random = true}), true));
}

TEST(Wrap, TheDryRunChangesNothing) {
  torch::nn::BatchNorm1d norm(6);
  built(Wrap(norm), {6});
  EXPECT_TRUE(norm->is_training());
  EXPECT_TRUE(at::equal(norm->running_var, at::ones(6)));
  EXPECT_EQ(norm->num_batches_tracked.item<int64_t>(), 0);
}

TEST(Wrap, TakesThePrecisionOfTheNetwork) {
  Wrap layer(torch::nn::Linear(6, 4));
  BuildContext context = context_for({6});
  context.dtype = at::kDouble;
  layer.prepare(context);
  EXPECT_EQ(layer(at::zeros({2, 6}, at::kDouble)).scalar_type(), at::kDouble);
}

TEST(Wrap, SaysWhatDoesNotFit) {
  EXPECT_THAT(message_of<ValueError>([] { built(Wrap(torch::nn::Linear(6, 4)), {5}); }),
              testing::AllOf(testing::StartsWith("layer_1: torch::nn::LinearImpl does not take an "
                                                 "input of (5): "),
                             testing::Not(testing::HasSubstr("frame"))));
  EXPECT_THROW(built(Wrap(std::make_shared<TotalSum>()), {5}), ValueError);
  EXPECT_THROW(built(Wrap(std::shared_ptr<RowSum>()), {5}), ValueError);
}

TEST(Wrap, IsMovedButNotCopied) {
  static_assert(std::is_move_constructible_v<Wrap> && !std::is_copy_constructible_v<Wrap>);
}

}  // namespace
}  // namespace glow
