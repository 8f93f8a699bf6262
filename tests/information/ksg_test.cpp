#include "glow/information/ksg.h"

#include "glow/information/special.h"
#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(KSG, EqualsTheDefinition) {
  for (const auto& item : neighbour_vectors()["pairs"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    for (const bool standardize : {false, true}) {
      const auto& expected = item[standardize ? "standard" : "raw"];
      KSGOptions options{.k = item["k"], .standardize = standardize, .jitter = 0};
      EXPECT_NEAR(ksg(x, y, options).number(), expected["ksg1"], 1e-12);
      options.variant = 2;
      EXPECT_NEAR(ksg(x, y, options).number(), expected["ksg2"], 1e-12);
    }
  }
}

TEST(KSG, FindsTheInformationOfGaussians) {
  const std::vector<std::pair<double, double>> allowed{{0, 0.011},     {0.5, 0.0147}, {0.6, 0.0173},
                                                       {0.75, 0.0224}, {0.8, 0.0241}, {0.9, 0.0296},
                                                       {0.95, 0.0366}};
  for (const auto& [rho, error] : allowed) {
    const double mean =
        mean_of_100([&](const Draw& draw) { return ksg(draw.normal("x"), draw.partner(rho)); });
    EXPECT_NEAR(mean, gaussian_information(rho), error) << rho;
  }
  for (const auto& [rho, error] : {std::pair{0.5, 0.016}, {0.9, 0.0292}}) {
    const double mean = mean_of_100(
        [&](const Draw& draw) { return ksg(draw.normal("x"), draw.partner(rho), {.variant = 2}); });
    EXPECT_NEAR(mean, gaussian_information(rho), error) << rho;
  }
}

TEST(KSG, FindsTheInformationOfSkewedVariables) {
  const double gamma_exponential = mean_of_100([](const Draw& draw) {
    const Tensor shape = at::full({draw.n, 1}, 3.4, at::kDouble);
    const Tensor x = at::_standard_gamma(shape, make_generator(0, "gamma", draw.number));
    return ksg(x, draw.exponential("y") / x);
  });
  EXPECT_NEAR(gamma_exponential, digamma(4.4) - std::log(3.4), 0.023);
  struct Sum {
    double a, b, truth, error;
  };
  for (const auto& [a, b, truth, error] :
       {Sum{1, 2, 1.0, 0.0577}, {0.2, 0.3, 0.806853, 0.0515}, {3, 3.1, 0.593790, 0.0455}}) {
    const double mean = mean_of_100([&, a = a, b = b](const Draw& draw) {
      const Tensor x = draw.exponential("x") / a;
      return ksg(x, x + draw.exponential("y") / b);
    });
    EXPECT_NEAR(mean, truth, error) << a;
  }
}

struct KSGPair {
  Tensor x, y;
};
KSGPair ksg_pair(int64_t n) {
  const Tensor x = normal({n, 2}, "x");
  return {x, at::cat({x.slice(1, 0, 1).sin(), normal({n, 1}, "noise")}, 1)};
}
const std::vector<KSGOptions> kKSGVariants{{}, {.variant = 2}, {.k = 7}, {.standardize = false}};

TEST(KSG, IsSymmetricAndKnowsNoOrderNoShiftNoUnitOfMeasure) {
  const auto [x, y] = ksg_pair(300);
  const Tensor order = at::randperm(300, make_generator(0, "order"), at::kLong);
  for (const KSGOptions& options : kKSGVariants) {
    const double value = ksg(x, y, options).number();
    const auto expect_same = [&](const Tensor& a, const Tensor& b) {
      EXPECT_NEAR(ksg(a, b, options).number(), value, 1e-12);
    };
    expect_same(y, x);
    expect_same(x.index_select(0, order), y.index_select(0, order));
    expect_same(x + 1000, y - 1000);
    expect_same(x * 8, y * 8);
    expect_same(x.flip({1}), y);
    expect_same(-x, y);
    if (options.standardize) expect_same(x * at::tensor({1e-5, 1e7}, at::kDouble), y);
  }
}

TEST(KSG, DoesNotNoticeHowItsInputLies) {
  const auto [x, y] = ksg_pair(60);
  const double value = ksg(x, y).number();
  for (const Tensor& same : disguises(x)) {
    const Tensor before = same.detach().clone();
    const auto version = same._version();
    EXPECT_EQ(ksg(same, y).number(), value);
    EXPECT_TRUE(at::equal(same.detach(), before));
    EXPECT_EQ(same._version(), version);
  }
  EXPECT_FALSE(ksg(x.clone().requires_grad_(true), y).value.requires_grad());
  const Tensor expanded = y.slice(1, 0, 1).expand({60, 3});
  EXPECT_EQ(ksg(x, expanded).number(), ksg(x, expanded.clone()).number());
  EXPECT_EQ(ksg(x, y.select(1, 0)).number(), ksg(x, y.slice(1, 0, 1)).number());
}

TEST(KSG, PromotesIntegersAndHalfPrecision) {
  const Tensor x = normal({80, 2}, "x").mul(40).round(), y = normal({80, 1}, "y");
  const double value = ksg(x, y).number();
  for (const auto type : {at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kFloat}) {
    EXPECT_EQ(ksg(x.to(type), y).number(), value);
  }
}

TEST(KSG, IsTheSameBitsAtAnyNumberOfThreads) {
  const auto [x, y] = ksg_pair(6000);
  for (KSGOptions options : kKSGVariants) {
    options.errors = true;
    const auto run = [&, x = x, y = y](int threads) {
      const Threads scope(threads);
      const Estimate estimate = ksg(x, y, options);
      return std::pair{estimate.number(), estimate.standard_error};
    };
    EXPECT_EQ(run(1), run(2));
    EXPECT_EQ(run(1), run(7));
  }
}

TEST(KSG, NeitherUsesNorChangesTheGlobalGenerator) {
  const auto [x, y] = ksg_pair(100);
  at::manual_seed(5);
  const Tensor expected = at::rand({3});
  at::manual_seed(5);
  ksg(x, y, {.errors = true});
  EXPECT_TRUE(at::equal(at::rand({3}), expected));
}

TEST(KSG, PreparedVariablesServeManyPartnersAndPermutations) {
  const auto [x, y] = ksg_pair(500);
  const Tensor order = at::randperm(500, make_generator(0, "order"), at::kLong);
  for (KSGOptions options : kKSGVariants) {
    options.jitter = 0;
    const KSGVariable first(x, "x", options), second(y, "y", options);
    EXPECT_EQ(ksg(first, second, options).number(), ksg(x, y, options).number());
    EXPECT_NEAR(ksg(first, second, options, order).number(),
                ksg(x, y.index_select(0, order), options).number(), 1e-12);
    EXPECT_THROW(ksg(first, second, options, order.slice(0, 1)), ValueError);
  }
}

TEST(KSG, SaysWhatItIs) {
  const auto [x, y] = ksg_pair(200);
  const Estimate estimate = ksg(x, y);
  EXPECT_EQ(estimate.estimator, "ksg(k=3)");
  EXPECT_EQ(estimate.unit, Unit::nats);
  EXPECT_EQ(estimate.n, 200);
  EXPECT_EQ(estimate.value.dim(), 0);
  EXPECT_EQ(estimate.value.scalar_type(), at::kDouble);
  EXPECT_DOUBLE_EQ(estimate.ceiling, digamma(200) - digamma(3));
  EXPECT_TRUE(std::isnan(estimate.standard_error));
  EXPECT_THAT(estimate.warnings, IsEmpty());
  const KSG object({.k = 4, .variant = 2});
  EXPECT_EQ(object.spec(), "ksg(k=4, variant=2)");
  EXPECT_EQ(object.estimate(x, y).number(), ksg(x, y, {.k = 4, .variant = 2}).number());
  EXPECT_THAT(ksg(x, y, {.noise = 0.1}).warnings, ElementsAre(HasSubstr("layers only")));
}

// Without noise the ceiling is reached exactly.
TEST(KSG, CannotExceedItsCeilingAndSaysWhenItIsNear) {
  const Tensor x = normal({500, 1}, "x");
  for (const int64_t variant : {1, 2}) {
    const Estimate estimate = ksg(x, x, {.variant = variant, .jitter = 0});
    EXPECT_NEAR(estimate.number(), estimate.ceiling, 1e-12);
    EXPECT_THAT(estimate.warnings, ElementsAre(HasSubstr("saturated")));
  }
}

TEST(KSG, OfAConstantIsZeroAndSaysSo) {
  const Tensor x = normal({50, 2}, "x"), constant = at::full({50, 3}, 0.1, at::kDouble);
  for (const KSGOptions& options : kKSGVariants) {
    EXPECT_EQ(ksg(constant, x, options).number(), 0);
    EXPECT_EQ(ksg(x, constant, options).number(), 0);
    EXPECT_THAT(ksg(x, constant, options).warnings,
                ElementsAre("y is constant: the information is 0"));
    const Tensor y = normal({50, 1}, "y");
    EXPECT_NEAR(ksg(at::cat({x, constant}, 1), y, options).number(), ksg(x, y, options).number(),
                1e-12);
  }
}

TEST(KSG, WarnsOfTiesDuplicatesAndManyColumns) {
  const Tensor x = normal({1000, 1}, "x"), y = normal({1000, 1}, "y");
  EXPECT_THAT(ksg(x.relu(), y.relu()).warnings, ElementsAre(HasSubstr("use mixed_ksg")));
  EXPECT_THAT(ksg(x, y.relu()).warnings, IsEmpty());  // no joint ties
  EXPECT_THAT(ksg(x, labels(1000, 4, "y")).warnings, ElementsAre(HasSubstr("it is discrete")));
  EXPECT_THAT(ksg(normal({200, 50}, "x"), normal({200, 1}, "y")).warnings,
              ElementsAre(HasSubstr("51 columns in all for 200 rows")));
  EXPECT_THAT(ksg(normal({10, 9}, "x"), normal({10, 1}, "y")).warnings,
              Contains(HasSubstr("10 columns in all for 10 rows")));
}

TEST(KSG, HasAStandardErrorThatIsRight) {
  double sum = 0, squares = 0, errors = 0;
  int covered = 0;
  for (int number = 0; number < 100; ++number) {
    const Draw draw{1000, number};
    const Estimate estimate = ksg(draw.normal("x"), draw.partner(0.5), {.errors = true});
    const double value = estimate.number();
    sum += value / 100;
    squares += value * value / 100;
    errors += estimate.standard_error / 100;
    covered += std::abs(value - gaussian_information(0.5)) < 2 * estimate.standard_error ? 1 : 0;
  }
  // A deviation over 100 draws is off by 7 %; of 200 others, the ratio was 0.96, the cover 94 %.
  EXPECT_NEAR(errors / std::sqrt(squares - sum * sum), 0.96, 0.35);
  EXPECT_GE(covered, 82);
  const Estimate small = ksg(normal({60}, "x"), normal({60}, "y"), {.errors = true});
  EXPECT_TRUE(std::isnan(small.standard_error));
  EXPECT_THAT(small.warnings, ElementsAre(HasSubstr("no standard error")));
}

TEST(KSG, RefusesWhatHasNoAnswer) {
  const Tensor x = normal({5, 2}, "x");
  const auto message = [](const Tensor& a, const Tensor& b, const KSGOptions& options = {}) {
    return message_of<ValueError>([&] { ksg(a, b, options); });
  };
  EXPECT_EQ(message(x, x, {.k = 5}), "ksg with k = 5 needs more than 5 rows, got 5");
  EXPECT_EQ(ksg(x.slice(0, 0, 4), x.slice(0, 0, 4).flip({0})).n, 4);
  EXPECT_THAT(message(x, normal({6, 2}, "y")), HasSubstr("x has 5 rows, y has 6"));
  EXPECT_THAT(message(x.slice(0, 0, 0), x), HasSubstr("x is empty"));
  EXPECT_THAT(message(x, at::scalar_tensor(1)), HasSubstr("y needs rows"));
  EXPECT_THAT(message(x.view({5, 2, 1}), x), HasSubstr("flatten it first"));
  EXPECT_THAT(message(x, x, {.k = 0}), HasSubstr("k must be at least 1"));
  EXPECT_THAT(message(x, x, {.variant = 3}), HasSubstr("variant must be 1 or 2"));
  EXPECT_THAT(message(x, x, {.jitter = -1}), HasSubstr("jitter must be"));
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    Tensor y = x.clone();
    y[3][1] = bad;
    EXPECT_EQ(message(x, y), "y contains 1 non-finite value, first at row 3, column 1");
    EXPECT_THAT(message(y, y), HasSubstr("x contains 1 non-finite value"));
  }
}

}  // namespace
}  // namespace glow
