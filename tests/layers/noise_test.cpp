#include "glow/layers/noise.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "glow/core/error.h"
#include "glow/layers/dense.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

TEST(GaussianNoise, AddsItsNoise) {
  const auto layer = built(GaussianNoise(0.5), {1000});
  const Tensor x = randn({20, 1000});
  const Tensor noise = (*layer)(x)-x;
  // Five standard errors of mean and variance of n = 20000 Gaussian draws.
  EXPECT_NEAR(noise.mean().item<double>(), 0, 5 * 0.5 / std::sqrt(20000));
  EXPECT_NEAR(noise.square().mean().item<double>() / 0.25, 1, 5 * std::sqrt(2.0 / 20000));
}

TEST(GaussianNoise, IsAFunctionOfSeedAndStep) {
  auto clock = std::make_shared<StreamClock>(StreamClock{3, 0, 5});
  const auto draw = [&] {
    GaussianNoise layer(1);
    BuildContext context = context_for({10});
    context.clock = clock;
    layer.prepare(context);
    at::manual_seed(static_cast<uint64_t>(clock->step));
    return layer(at::zeros({2, 10}));
  };
  const Tensor first = draw();
  EXPECT_TRUE(at::equal(draw(), first));
  clock->step = 6;
  EXPECT_FALSE(at::equal(draw(), first));
}

TEST(GaussianNoise, IsSilentInEvaluationAndAtZero) {
  const Tensor x = randn({3, 5});
  EXPECT_TRUE(at::equal((*built(GaussianNoise(0), {5}))(x), x));
  const auto layer = built(GaussianNoise(1), {5});
  layer->eval();
  Recorder recorder;
  EXPECT_TRUE(at::equal((*layer)(x), x));
  EXPECT_TRUE(recorder.deterministic());
}

TEST(GaussianNoise, IsNoPartOfTheLayerBefore) {
  const auto dense = built(Dense(4), {5});
  const auto noise = built(GaussianNoise(1), {4});
  const auto output = built(Dense(2), {4});
  Recorder recorder;
  const Tensor hidden = (*dense)(randn({3, 5}));
  (*output)((*noise)(hidden));
  EXPECT_FALSE(recorder.deterministic());
  ASSERT_EQ(recorder.layers().size(), 2u);
  EXPECT_TRUE(recorder.layers()[0].value.is_same(hidden));
  EXPECT_FALSE(recorder.layers()[1].mean.defined());
}

TEST(GaussianNoise, PassesTheGradient) {
  const auto layer = built(GaussianNoise(1), {5});
  const Tensor x = randn({3, 5}).requires_grad_();
  (*layer)(x).sum().backward();
  EXPECT_TRUE(at::equal(x.grad(), at::ones({3, 5})));
}

TEST(GaussianNoise, RefusesWhatHasNoMeaning) {
  EXPECT_THROW(GaussianNoise(-1), ValueError);
  EXPECT_THROW(GaussianNoise(std::nan("")), ValueError);
  EXPECT_THROW(GaussianNoise(std::numeric_limits<double>::infinity()), ValueError);
}

}  // namespace
}  // namespace glow
