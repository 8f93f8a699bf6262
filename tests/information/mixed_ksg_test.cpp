#include "glow/information/mixed_ksg.h"

#include "glow/information/special.h"
#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MixedKSG, EqualsTheProgramOfTheAuthors) {
  for (const auto& item : neighbour_vectors()["pairs"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    EXPECT_NEAR(mixed_ksg(x, y, {.k = item["k"], .standardize = false}).number(),
                item["raw"]["mixed"], 1e-12);
    EXPECT_NEAR(mixed_ksg(x, y, {.k = item["k"]}).number(), item["standard"]["mixed"], 1e-12);
  }
  for (const auto& item : neighbour_vectors()["mixed"]) {
    EXPECT_NEAR(
        mixed_ksg(matrix(item["x"]), matrix(item["y"]), {.k = item["k"], .standardize = false})
            .number(),
        item["mixed"], 1e-12);
  }
}

TEST(MixedKSG, FindsTheInformationOfContinuousVariables) {
  for (const auto& [rho, error] : {std::pair{0.5, 0.0131}, {0.9, 0.032}}) {
    const double mean = mean_of_100(
        [&](const Draw& draw) { return mixed_ksg(draw.normal("x"), draw.partner(rho)); });
    EXPECT_NEAR(mean, gaussian_information(rho), error) << rho;
  }
}

TEST(MixedKSG, FindsTheInformationOfMixtures) {
  for (const auto& [m, error] : {std::pair{2, 0.0087}, {5, 0.0171}, {10, 0.0271}}) {
    const double mean = mean_of_100([m = m](const Draw& draw) {
      const Tensor label = draw.labels(0, m);
      return mixed_ksg(label, label + 2 * draw.uniform("y"));
    });
    EXPECT_NEAR(mean, std::log(m) - (m - 1) * std::log(2) / m, error) << m;
  }
  const double shifted = mean_of_100([](const Draw& draw) {
    const Tensor label = draw.labels(1, 5);
    return mixed_ksg(0.5 * label + draw.normal("t"), label);
  });
  EXPECT_NEAR(shifted, 0.135829, 0.0143);
}

// A Gaussian pair after a relu on both sides, or on one; truths by quadrature.
TEST(MixedKSG, FindsTheInformationOfRectifiedUnits) {
  for (const auto& [rho, truth, error] :
       {std::tuple{0.5, 0.098578, 0.0409}, {0.9, 0.554370, 0.0306}}) {
    const double mean = mean_of_100([rho = rho](const Draw& draw) {
      return mixed_ksg(draw.normal("x").relu(), draw.partner(rho).relu());
    });
    EXPECT_NEAR(mean, truth, error) << rho;
  }
  const double one_side = mean_of_100(
      [](const Draw& draw) { return mixed_ksg(draw.normal("x").relu(), draw.partner(0.9)); });
  EXPECT_NEAR(one_side, 0.605805, 0.041);
}

// Two discrete variables: the coincidences are all that counts.
TEST(MixedKSG, OfAVariableWithItselfIsItsEntropy) {
  const Tensor x = labels(2000, 4, "x");
  EXPECT_NEAR(mixed_ksg(x, x).number(), std::log(4), 0.005);
}

TEST(MixedKSG, IsSymmetricAndKnowsNoOrderNoShift) {
  const Tensor x = normal({300, 2}, "x").relu(),
               y = (x.slice(1, 0, 1) + normal({300, 1}, "y")).relu();
  const Tensor order = at::randperm(300, make_generator(0, "order"), at::kLong);
  const double value = mixed_ksg(x, y).number();
  EXPECT_NEAR(mixed_ksg(y, x).number(), value, 1e-12);
  EXPECT_NEAR(mixed_ksg(x * 4, y * 4).number(), value, 1e-12);
  EXPECT_NEAR(mixed_ksg(x.index_select(0, order), y.index_select(0, order)).number(), value, 1e-12);
  for (const Tensor& same : disguises(x)) EXPECT_EQ(mixed_ksg(same, y).number(), value);
}

TEST(MixedKSG, SaysWhatItIsAndRefusesWhatHasNoAnswer) {
  const Tensor x = normal({400, 1}, "x"), y = normal({400, 1}, "y");
  const Estimate estimate = mixed_ksg(x.relu(), y.relu(), {.errors = true});
  EXPECT_EQ(estimate.estimator, "mixed_ksg(errors=true)");
  EXPECT_EQ(mixed_ksg(x, y).estimator, "mixed_ksg(k=5)");
  EXPECT_DOUBLE_EQ(estimate.ceiling, std::log(400.0) - digamma(5));
  EXPECT_GT(estimate.standard_error, 0);
  EXPECT_THAT(estimate.warnings, IsEmpty());
  EXPECT_EQ(MixedKSG({.k = 2}).estimate(x, y).number(), mixed_ksg(x, y, {.k = 2}).number());
  EXPECT_EQ(mixed_ksg(x, at::ones({400})).number(), 0);
  EXPECT_THAT(mixed_ksg(x, at::ones({400})).warnings, ElementsAre(HasSubstr("y is constant")));
  EXPECT_THAT(message_of<ValueError>([&] { mixed_ksg(x, y, {.k = 400}); }),
              "mixed_ksg with k = 400 needs more than 400 rows, got 400");
  EXPECT_THAT(message_of<ValueError>([&] { mixed_ksg(x, y, {.k = -1}); }), HasSubstr("got -1"));
}

TEST(MixedKSG, IsTheSameBitsAtAnyNumberOfThreads) {
  const Tensor x = normal({9000, 2}, "x").relu(), y = (x + normal({9000, 2}, "y")).relu();
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return mixed_ksg(x, y).number();
  };
  EXPECT_EQ(run(1), run(2));
}

}  // namespace
}  // namespace glow
