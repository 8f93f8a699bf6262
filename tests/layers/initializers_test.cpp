#include "glow/layers/initializers.h"

#include <gmock/gmock.h>

#include <cmath>

#include "glow/core/error.h"
#include "glow/layers/conv.h"
#include "glow/layers/dense.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

constexpr Fans kFans{400, 100};
const Shape kKernel{100, 400};
constexpr double kDraws = 100 * 400;

Tensor drawn(const std::string& spec, const Shape& shape = kKernel, uint64_t seed = 0) {
  return initializer(spec)(shape, kFans, make_generator(seed, "test"));
}

// Within five standard errors, false for one sample of three million: the mean of n draws has σ/√n,
// the variance σ²√((κ − 1)/n), and κ is at most 3 for the laws here.
void expect_moments(const std::string& spec, double variance) {
  const Tensor w = drawn(spec);
  EXPECT_LT(std::abs(w.mean().item<double>()), 5 * std::sqrt(variance / kDraws)) << spec;
  EXPECT_NEAR(w.square().mean().item<double>() / variance, 1, 5 * std::sqrt(2 / kDraws)) << spec;
}

double largest(const Tensor& w) { return w.abs().max().item<double>(); }

TEST(Initializers, HaveTheMomentsOfTheirLaws) {
  expect_moments("default", 1.0 / (3 * 400));
  expect_moments("normal", 0.05 * 0.05);
  expect_moments("normal(stddev=2)", 4);
  expect_moments("uniform", 0.05 * 0.05 / 3);
  expect_moments("uniform(limit=0.3)", 0.3 * 0.3 / 3);
  expect_moments("glorot_uniform", 2.0 / 500);
  expect_moments("glorot_normal", 2.0 / 500);
  expect_moments("he_uniform", 2.0 / 400);
  expect_moments("he_normal", 2.0 / 400);
  expect_moments("lecun_uniform", 1.0 / 400);
  expect_moments("lecun_normal", 1.0 / 400);
  // A standard normal variable cut at ±2 has the variance 1 − 4 φ(2)/(2Φ(2) − 1).
  const double cut = 1 - 4 * std::exp(-2.0) / std::sqrt(2 * M_PI) / std::erf(std::sqrt(2.0));
  EXPECT_NEAR(std::sqrt(cut), 0.8796, 1e-4);
  expect_moments("truncated_normal", cut / 400);
  expect_moments("truncated_normal(stddev=0.5)", cut * 0.25);
}

TEST(Initializers, StayWithinTheirLimitsAndComeNear) {
  const std::vector<std::pair<std::string, double>> limits = {
      {"default", 0.05},
      {"uniform(limit=0.3)", 0.3},
      {"glorot_uniform", std::sqrt(6.0 / 500)},
      {"he_uniform", std::sqrt(6.0 / 400)},
      {"lecun_uniform", std::sqrt(3.0 / 400)},
      {"truncated_normal", 2 * 0.05},
      {"truncated_normal(stddev=0.5)", 1},
      {"glorot_normal", 2 * std::sqrt(2.0 / 500) / 0.87962566103423978},
      {"he_normal", 2 * std::sqrt(2.0 / 400) / 0.87962566103423978},
      {"lecun_normal", 2 * std::sqrt(1.0 / 400) / 0.87962566103423978}};
  for (const auto& [spec, limit] : limits) {
    EXPECT_LE(largest(drawn(spec)), limit * (1 + 1e-12)) << spec;
    // The density is at least a tenth of the uniform one up to the limit, so that the share beyond
    // 0.99 of it is above 1e-3, and 40000 draws all miss it with a chance of exp(−40).
    EXPECT_GT(largest(drawn(spec)), limit * 0.99) << spec;
  }
}

TEST(Initializers, ANormalLawIsNotCut) {
  // Beyond 3σ: 0.27 %, 108 of 40000 expected; 5 standard deviations of that count are 52.
  EXPECT_NEAR((drawn("normal(stddev=1)").abs() > 3).sum().item<double>(), 108, 52);
}

TEST(Initializers, Constants) {
  EXPECT_TRUE(at::equal(drawn("zeros"), at::zeros(kKernel, at::kDouble)));
  EXPECT_TRUE(at::equal(drawn("ones"), at::ones(kKernel, at::kDouble)));
  EXPECT_TRUE(at::equal(drawn("constant"), at::zeros(kKernel, at::kDouble)));
  EXPECT_TRUE(at::equal(drawn("constant(value=-1.5)"), at::full(kKernel, -1.5, at::kDouble)));
}

TEST(Initializers, OrthogonalHasOrthonormalRowsOrColumns) {
  const Tensor wide = drawn("orthogonal");
  EXPECT_LT(largest_difference(wide.mm(wide.t()), at::eye(100, at::kDouble)), 1e-12);
  const Tensor tall = drawn("orthogonal(gain=3)", {50, 20});
  EXPECT_LT(largest_difference(tall.t().mm(tall), 9 * at::eye(20, at::kDouble)), 1e-12);
  const Tensor kernel = drawn("orthogonal", {8, 3, 3, 3}).flatten(1);
  EXPECT_LT(largest_difference(kernel.mm(kernel.t()), at::eye(8, at::kDouble)), 1e-12);
}

TEST(Initializers, OrthogonalIsUniformOverRotations) {
  // Without the sign of R's diagonal the first entry of Q would always be negative.
  int positive = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    positive += drawn("orthogonal", {4, 4}, seed)[0][0].item<double>() > 0;
  }
  EXPECT_NEAR(positive, 100, 5 * std::sqrt(50.0));
}

TEST(Initializers, OrthogonalIsNotForABias) { EXPECT_THROW(drawn("orthogonal", {7}), ValueError); }

TEST(Initializers, DrawFromTheGivenGeneratorOnly) {
  at::Generator global = at::globalContext().defaultGenerator(c10::kCPU);
  const Tensor before = global.get_state();
  for (const auto& name : initializers().names()) {
    EXPECT_TRUE(at::equal(drawn(name), drawn(name))) << name;
    const bool constant = name == "zeros" || name == "ones" || name == "constant";
    EXPECT_EQ(at::equal(drawn(name), drawn(name, kKernel, 1)), constant) << name;
  }
  EXPECT_TRUE(at::equal(global.get_state(), before));
}

TEST(Initializers, RefuseWhatHasNoMeaning) {
  EXPECT_THAT(message_of<ValueError>([] { initializer("glorot_unifrom"); }),
              testing::HasSubstr("did you mean 'glorot_uniform'?"));
  EXPECT_THAT(message_of<ValueError>([] { initializer("normal(sigma=1)"); }),
              testing::HasSubstr("unknown key 'sigma' of normal"));
  EXPECT_THROW(initializer("zeros(value=1)"), ValueError);
  EXPECT_THROW(initializer("normal(stddev=-1)"), ValueError);
  EXPECT_THROW(initializer("uniform(limit=-1)"), ValueError);
  EXPECT_THROW(initializer("truncated_normal(stddev=-1)"), ValueError);
  EXPECT_THROW(initializer("normal(stddev=wide)"), ValueError);
  EXPECT_THROW(initializer(""), ValueError);
}

TEST(InitialValues, OfDenseAndConvGoByTheFanIn) {
  const auto dense = built(Dense(2000, {.bias_initializer = "default"}), {25});
  for (const char* name : {"weight", "bias"}) {
    const double reach = largest(dense->named_parameters()[name]);
    EXPECT_LE(reach, 0.2);
    EXPECT_GT(reach, 0.2 * 0.99);
  }
  // Two groups: each filter sees 4 of 8 channels, 4·3·3 values.
  const auto conv = built(Conv2d(600, 3, {.groups = 2}), {8, 9, 9});
  for (const char* name : {"weight", "bias"}) {
    const double reach = largest(conv->named_parameters()[name]);
    EXPECT_LE(reach, 1.0 / 6);
    EXPECT_GT(reach, 1.0 / 6 * 0.98);
  }
}

TEST(InitialValues, OfConvGoByBothFans) {
  // fan_in = 8·9, fan_out = 120·9.
  const auto conv = built(Conv2d(120, 3, {.kernel_initializer = "glorot_uniform"}), {8, 5, 5});
  const double limit = std::sqrt(6.0 / (8 * 9 + 120 * 9));
  const double reach = largest(conv->named_parameters()["weight"]);
  EXPECT_LE(reach, limit * (1 + 1e-6));
  EXPECT_GT(reach, limit * 0.99);
}

TEST(InitialValues, DependOnSeedAndNameOnly) {
  const auto make = [](const std::string& name, uint64_t seed, c10::ScalarType dtype = at::kFloat) {
    Dense layer(7);
    BuildContext context = context_for({5}, seed, name);
    context.dtype = dtype;
    layer.prepare(context);
    return layer.named_parameters()["weight"].detach();
  };
  const Tensor a = make("a", 3);
  const Tensor b = make("b", 3);
  EXPECT_TRUE(at::equal(make("b", 3), b));
  EXPECT_TRUE(at::equal(make("a", 3), a));
  EXPECT_FALSE(at::equal(a, b));
  EXPECT_FALSE(at::equal(make("a", 4), a));
  EXPECT_TRUE(at::equal(make("a", 3, at::kDouble).to(at::kFloat), a));
}

TEST(InitialValues, LeaveTorchsGeneratorAlone) {
  at::Generator global = at::globalContext().defaultGenerator(c10::kCPU);
  const Tensor before = global.get_state();
  built(Dense(7, {.kernel_initializer = "orthogonal"}), {5});
  EXPECT_TRUE(at::equal(global.get_state(), before));
}

}  // namespace
}  // namespace glow
