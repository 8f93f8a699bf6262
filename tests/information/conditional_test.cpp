#include "glow/information/conditional.h"

#include "glow/information/ksg.h"
#include "glow/information/special.h"
#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ConditionalInformation, EqualsTheDefinition) {
  for (const auto& item : neighbour_vectors()["pairs"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]), z = matrix(item["z"]);
    for (const bool standardize : {false, true}) {
      const CMIOptions options{.k = item["k"], .standardize = standardize, .jitter = 0};
      EXPECT_NEAR(conditional_mutual_information(x, y, z, options).number(),
                  item[standardize ? "standard" : "raw"]["cmi"], 1e-12);
    }
  }
}

TEST(ConditionalInformation, IsZeroOnAChainAndFindsWhatZDoesNotExplain) {
  const double none = mean_of_100([](const Draw& draw) {
    const Tensor z = draw.normal("z");
    return conditional_mutual_information(z + draw.normal("x"), z + draw.normal("y"), z);
  });
  EXPECT_NEAR(none, 0, 0.011);
  const double some = mean_of_100([](const Draw& draw) {
    const Tensor z = draw.normal("z");
    return conditional_mutual_information(z + draw.normal("x"), z + draw.partner(0.6), z);
  });
  EXPECT_NEAR(some, gaussian_information(0.6), 0.0179);
}

TEST(ConditionalInformation, GivenAConstantIsThatOfKSG) {
  const Tensor x = normal({300, 2}, "x"), y = x.slice(1, 0, 1) + normal({300, 1}, "y");
  const Estimate estimate = conditional_mutual_information(x, y, at::ones({300}));
  EXPECT_NEAR(estimate.number(), ksg(x, y).number(), 1e-12);
  EXPECT_DOUBLE_EQ(estimate.ceiling, digamma(300) - digamma(3));
  EXPECT_EQ(conditional_mutual_information(x, at::ones({300}), y).number(), 0);
  EXPECT_THAT(message_of<ValueError>([&] { conditional_mutual_information(x, y, y.slice(0, 1)); }),
              HasSubstr("x has 300 rows, z has 299"));
  EXPECT_THAT(message_of<ValueError>([&] { conditional_mutual_information(x, y, y, {.k = 300}); }),
              "cmi with k = 300 needs more than 300 rows, got 300");
}

TEST(ConditionalInformation, IsTheSameBitsAtAnyNumberOfThreads) {
  const Tensor x = normal({6000, 1}, "x"), y = normal({6000, 1}, "y"), z = x + y;
  const auto run = [&](int threads) {
    const Threads scope(threads);
    const Estimate estimate = conditional_mutual_information(x, y, z, {.errors = true});
    return std::pair{estimate.number(), estimate.standard_error};
  };
  EXPECT_EQ(run(1), run(2));
}

TEST(MultiInformation, EqualsTheDefinition) {
  for (const auto& item : neighbour_vectors()["pairs"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]), z = matrix(item["z"]);
    MultiInformationOptions options{.k = item["k"], .standardize = false, .jitter = 0};
    EXPECT_NEAR(multi_information({x, y, z}, options).number(), item["raw"]["multi1"], 1e-12);
    EXPECT_NEAR(multi_information({x, y}, options).number(), item["raw"]["ksg1"], 1e-12);
    options.variant = 2;
    options.standardize = true;
    EXPECT_NEAR(multi_information({x, y, z}, options).number(), item["standard"]["multi2"], 1e-12);
  }
}

// z, z + a, z + b: the determinant of their covariance is 1.
TEST(MultiInformation, FindsThatOfThreeGaussians) {
  for (const auto& [variant, error] : {std::pair{1, 0.035}, {2, 0.039}}) {
    const double mean = mean_of_100([variant = variant](const Draw& draw) {
      const Tensor z = draw.normal("z");
      return multi_information({z, z + draw.normal("x"), z + draw.normal("y")},
                               {.variant = variant});
    });
    EXPECT_NEAR(mean, 0.5 * std::log(4), error) << variant;
  }
}

TEST(MultiInformation, TakesColumnsAndLeavesConstantsOut) {
  const Tensor x = normal({200, 3}, "x");
  const Estimate estimate = multi_information(x);
  EXPECT_EQ(estimate.number(),
            multi_information(std::vector<Tensor>{x.select(1, 0), x.select(1, 1), x.select(1, 2)})
                .number());
  EXPECT_DOUBLE_EQ(estimate.ceiling, 2 * (digamma(200) - digamma(3)));
  const Estimate with_constant = multi_information(at::cat({x, at::ones({200, 1})}, 1));
  EXPECT_NEAR(with_constant.number(), estimate.number(), 1e-12);
  EXPECT_THAT(with_constant.warnings, ElementsAre("variable 3 is constant: it adds nothing"));
  EXPECT_EQ(multi_information(at::ones({200, 2})).number(), 0);
  EXPECT_THAT(message_of<ValueError>([&] { multi_information(x.slice(1, 0, 1)); }),
              HasSubstr("at least 2 variables, got 1"));
  EXPECT_GT(multi_information(x, {.errors = true}).standard_error, 0);
}

}  // namespace
}  // namespace glow
