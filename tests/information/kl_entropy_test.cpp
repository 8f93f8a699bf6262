#include "glow/information/kl_entropy.h"

#include "glow/information/checks.h"
#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(KLEntropy, EqualsTheDefinition) {
  for (const auto& item : neighbour_vectors()["pairs"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    for (const bool standardize : {false, true}) {
      const auto& expected = item[standardize ? "standard" : "raw"];
      const KLOptions options{.k = item["k"], .standardize = standardize, .jitter = 0};
      EXPECT_NEAR(kl_entropy(y, options).number(), expected["h"], 1e-11);
      EXPECT_NEAR(kl_mutual_information(x, y, options).number(), expected["kl"], 1e-10);
      if (!expected.contains("weighted")) continue;
      const WeightedKLOptions weighted{.k = item["k"], .standardize = standardize, .jitter = 0};
      EXPECT_NEAR(weighted_kl_mutual_information(x, y, weighted).number(), expected["weighted"],
                  1e-9);
    }
  }
}

TEST(KLEntropy, FindsThatOfGaussiansAndUniforms) {
  const double each = 0.5 * std::log(2 * M_PI * M_E) + std::log(3);
  for (const auto& [d, error] : {std::pair{1, 0.018}, {2, 0.031}, {4, 0.085}, {8, 0.0671}}) {
    const double mean =
        mean_of_100([d = d](const Draw& draw) { return kl_entropy(3 * draw.normal("x", d)); });
    EXPECT_NEAR(mean, d * each, error) << d;
  }
  for (const auto& [d, error] : {std::pair{4, 0.078}, {8, 0.195}}) {
    const double mean = mean_of_100(
        [d = d](const Draw& draw) { return weighted_kl_entropy(3 * draw.normal("x", d)); });
    EXPECT_NEAR(mean, d * each, error) << d;
  }
  const double uniform =
      mean_of_100([](const Draw& draw) { return kl_entropy(2 + 5 * draw.uniform("x")); });
  EXPECT_NEAR(uniform, std::log(5), 0.0121);
}

TEST(KLEntropy, FindsTheInformationOfGaussians) {
  for (const auto& [rho, error] : {std::pair{0.5, 0.036}, {0.9, 0.044}}) {
    const double mean = mean_of_100([&](const Draw& draw) {
      return kl_mutual_information(draw.normal("x"), draw.partner(rho));
    });
    EXPECT_NEAR(mean, gaussian_information(rho), error) << rho;
  }
}

TEST(KLEntropy, GrowsByTheLogarithmOfAScale) {
  const Tensor x = normal({200, 3}, "x") * at::tensor({1.0, 5.0, 0.01}, at::kDouble);
  for (const bool standardize : {false, true}) {
    const KLOptions options{.standardize = standardize};
    const double value = kl_entropy(x, options).number();
    EXPECT_NEAR(kl_entropy(x * 7 + 30, options).number(), value + 3 * std::log(7), 1e-6);
  }
}

TEST(KLWeights, AreThoseOfNumPyAndMeetTheConditions) {
  for (const auto& item : neighbour_vectors()["weights"]) {
    const int64_t k = item["k"], d = item["columns"];
    const std::vector<double> weights = kl_weights(k, d);
    ASSERT_EQ(weights.size(), item["weights"].size());
    for (int64_t l = 0; l <= d / 4; ++l) {
      double sum = 0, size = 0;
      for (int64_t j = 1; j <= k; ++j) {
        const auto of = static_cast<double>(j),
                   power = 2 * static_cast<double>(l) / static_cast<double>(d);
        const double term = weights[static_cast<size_t>(j - 1)] *
                            std::exp(std::lgamma(of + power) - std::lgamma(of));
        sum += term;
        size += std::abs(term);
      }
      EXPECT_NEAR(sum, l == 0 ? 1 : 0, 1e-10 * size) << k << " " << d << " " << l;
    }
    for (size_t j = 0; j < weights.size(); ++j) {
      EXPECT_NEAR(weights[j], item["weights"][j], 1e-6 * std::max(1.0, std::abs(weights[j])));
    }
  }
  EXPECT_THAT(message_of<ValueError>([] { kl_weights(2, 8); }),
              "weighted_kl needs k of at least 3 for 8 columns, got 2");
}

TEST(KLEntropy, SaysWhatItIsAndRefusesWhatHasNoAnswer) {
  const Tensor x = normal({100, 2}, "x"), y = normal({100, 1}, "y");
  EXPECT_EQ(kl_entropy(x).estimator, "kl_entropy(k=3)");
  EXPECT_EQ(weighted_kl_entropy(x).estimator, "weighted_kl_entropy(k=10)");
  EXPECT_EQ(KL().spec(), "kl(k=3)");
  EXPECT_EQ(WeightedKL({.k = 4}).spec(), "weighted_kl(k=4)");
  EXPECT_EQ(KL().estimate(x, y).number(), kl_mutual_information(x, y).number());
  EXPECT_GT(kl_entropy(normal({400}, "x"), {.errors = true}).standard_error, 0);
  EXPECT_EQ(kl_mutual_information(x, at::ones({100})).number(), 0);
  EXPECT_THAT(kl_mutual_information(x, at::ones({100})).warnings,
              ElementsAre(HasSubstr("y is constant")));
  EXPECT_THAT(message_of<ValueError>([&] {
                kl_entropy(at::cat({x, at::ones({100, 1})}, 1));
              }),
              "x has 1 constant column: its differential entropy is minus infinity");
  EXPECT_THAT(message_of<ValueError>([&] { kl_entropy(x, {.k = 100}); }),
              "kl_entropy with k = 100 needs more than 100 rows, got 100");
  const Tensor tied = x.slice(1, 0, 1).relu();
  EXPECT_THAT(message_of<ValueError>([&] { kl_entropy(tied, {.jitter = 0}); }),
              HasSubstr("rows coincide"));
  EXPECT_THAT(kl_entropy(tied).warnings, ElementsAre(HasSubstr("use mixed_ksg")));
  EXPECT_TRUE(std::isfinite(kl_entropy(tied).number()));
}

TEST(KLEntropy, IsTheSameBitsAtAnyNumberOfThreads) {
  const Tensor x = normal({9000, 2}, "x"), y = x + normal({9000, 2}, "y");
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return weighted_kl_mutual_information(x, y).number();
  };
  EXPECT_EQ(run(1), run(2));
}

TEST(KL, SaysThatACurveHasNoDensity) {
  const Tensor t = at::rand({1000, 1}, make_generator(0, "t"), at::kDouble) * 6;
  const Tensor curve = at::cat({t * t.cos(), t * t.sin()}, 1);
  const Tensor y = t + normal({1000, 1}, "noise");
  for (const Estimate& found : {KL().estimate(curve, y), WeightedKL().estimate(curve, y)}) {
    EXPECT_LT(found.number(), -0.5);
    EXPECT_THAT(found.warnings, testing::Contains(testing::HasSubstr("far below 0")));
  }
  EXPECT_THAT(KL().estimate(normal({1000, 2}, "x"), y).warnings, testing::IsEmpty());
}

TEST(WeightedKL, RefusesColumnsWhoseWeightsWouldMultiplyTheNoise) {
  const Tensor x = normal({500, 6}, "x"), y = x + normal({500, 6}, "y");
  EXPECT_THAT(message_of<NoEstimate>([&] { WeightedKL().estimate(x, y); }),
              testing::HasSubstr("multiply the noise"));
  EXPECT_NEAR(WeightedKL().estimate(x.slice(1, 0, 2), y.slice(1, 0, 2)).number(), std::log(2.0),
              0.3);
}

}  // namespace
}  // namespace glow
