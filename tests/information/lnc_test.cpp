#include "glow/information/lnc.h"

#include "glow/information/ksg.h"
#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LNC, EqualsTheDefinition) {
  int cases = 0;
  for (const auto& item : neighbour_vectors()["pairs"]) {
    for (const bool standardize : {false, true}) {
      const auto& expected = item[standardize ? "standard" : "raw"];
      if (!expected.contains("lnc")) continue;
      ++cases;
      const LNCOptions options{
          .k = item["k"], .alpha = 0.3, .standardize = standardize, .jitter = 0};
      EXPECT_NEAR(lnc(matrix(item["x"]), matrix(item["y"]), options).number(), expected["lnc"],
                  1e-10);
    }
  }
  EXPECT_GE(cases, 6);
}

TEST(LNC, FindsTheInformationOfGaussians) {
  for (const auto& [rho, error] : {std::pair{0.5, 0.0232}, {0.9, 0.0413}}) {
    const double mean =
        mean_of_100([&](const Draw& draw) { return lnc(draw.normal("x"), draw.partner(rho)); });
    EXPECT_NEAR(mean, gaussian_information(rho), error) << rho;
  }
}

// Y = X + θU: KSG stops at its ceiling, 3.6 nats too low here.
TEST(LNC, SeesFarBeyondTheCeilingOfKSG) {
  constexpr double kWidth = 1e-4;
  const double truth = -std::log(kWidth) + kWidth / 2;
  const Draw draw{1000, 0};
  const Tensor x = draw.uniform("x"), y = x + kWidth * draw.uniform("y");
  EXPECT_LT(ksg(x, y).number(), truth - 3);
  EXPECT_NEAR(lnc(x, y).number(), truth, 0.21 + 5 * 0.031);  // bias and deviation of 20 others
}

TEST(LNC, IsOneWithKSGWhereNothingIsCorrected) {
  const Tensor x = normal({200, 1}, "x"), y = normal({200, 1}, "y");
  EXPECT_NEAR(lnc(x, y, {.alpha = 1e-12}).number(), ksg(x, y, {.k = 5, .variant = 2}).number(),
              1e-12);
}

TEST(LNC, SaysWhatItIsAndRefusesWhatHasNoAnswer) {
  const Tensor x = normal({50, 3}, "x"), y = x.slice(1, 0, 1) + normal({50, 1}, "y");
  const Estimate estimate = lnc(x, y);
  EXPECT_EQ(estimate.estimator, "lnc(k=5)");
  EXPECT_TRUE(std::isnan(estimate.ceiling));
  EXPECT_EQ(LNC({.alpha = 0.2}).estimate(x, y).number(), lnc(x, y, {.alpha = 0.2}).number());
  EXPECT_EQ(lnc(x, at::ones({50})).number(), 0);
  EXPECT_THAT(lnc(x, at::ones({50})).warnings, ElementsAre(HasSubstr("y is constant")));
  const auto message = [&](const LNCOptions& options) {
    return message_of<ValueError>([&] { lnc(x, y, options); });
  };
  EXPECT_THAT(message({.k = 3}), HasSubstr("k is 3, x and y have 4"));
  EXPECT_THAT(message({.k = 50}), HasSubstr("needs more than 50 rows"));
  EXPECT_THAT(message({.alpha = 0.0}), HasSubstr("alpha must be in (0, 1]"));
}

TEST(LNC, IsTheSameBitsAtAnyNumberOfThreads) {
  const Tensor x = normal({9000, 1}, "x"), y = x + 0.1 * normal({9000, 1}, "y");
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return lnc(x, y).number();
  };
  EXPECT_EQ(run(1), run(2));
}

TEST(LNC, StaysFiniteWhereRowsCoincide) {
  const Tensor x = normal({100, 1}, "x").round();
  EXPECT_TRUE(std::isfinite(lnc(x, x).number()));
  EXPECT_TRUE(std::isfinite(lnc(x, x, {.jitter = 0}).number()));
}

}  // namespace
}  // namespace glow
