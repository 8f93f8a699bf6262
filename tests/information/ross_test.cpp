#include "glow/information/ross.h"

#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Ross, EqualsTheDefinition) {
  for (const auto& item : neighbour_vectors()["ross"]) {
    const Tensor x = matrix(item["x"]);
    const Tensor classes = at::tensor(item["labels"].get<std::vector<int64_t>>(), at::kLong);
    RossOptions options{.k = item["k"], .standardize = false, .jitter = 0};
    EXPECT_NEAR(ross(x, classes, options).number(), item["ross"], 1e-12);
    options.standardize = true;
    EXPECT_NEAR(ross(x, classes, options).number(), item["standard"], 1e-12);
  }
}

// X uniform on {0 … m−1}, Y on [X, X + 2].
TEST(Ross, FindsTheInformationOfTheGaoMixture) {
  for (const auto& [m, error] : {std::pair{2, 0.009}, {5, 0.0173}, {10, 0.0209}}) {
    const double mean = mean_of_100([m = m](const Draw& draw) {
      const Tensor label = draw.labels(0, m);
      return ross(label + 2 * draw.uniform("y"), label);
    });
    EXPECT_NEAR(mean, std::log(m) - (m - 1) * std::log(2) / m, error) << m;
  }
}

// The set of figure 3 of EDGE in one dimension.
TEST(Ross, FindsTheInformationOfShiftedGaussians) {
  const double mean = mean_of_100([](const Draw& draw) {
    const Tensor label = draw.labels(1, 5);
    return ross(0.5 * label + draw.normal("t"), label);
  });
  EXPECT_NEAR(mean, 0.135829, 0.0146);
}

TEST(Ross, KnowsNoOrderOfRowsAndNoNamesOfClasses) {
  const Tensor label = labels(200, 4, "y"), x = normal({200, 3}, "x") + label.unsqueeze(1);
  const Tensor order = at::randperm(200, make_generator(0, "order"), at::kLong);
  const double value = ross(x, label).number();
  EXPECT_NEAR(ross(x.index_select(0, order), label.index_select(0, order)).number(), value, 1e-12);
  EXPECT_NEAR(ross(x, label * -1'000'000'007 + 5).number(), value, 1e-12);
  EXPECT_NEAR(ross(x * 8 - 100, label.to(at::kByte)).number(), value, 1e-12);
  for (const Tensor& same : disguises(x)) EXPECT_EQ(ross(same, label).number(), value);
}

TEST(Ross, LowersKInSmallClassesAndLeavesLonelyRowsOut) {
  Tensor label = at::zeros({30}, at::kLong);
  label.slice(0, 0, 10).fill_(1);
  label.slice(0, 10, 12).fill_(2);
  label[12] = 3;
  label[13] = 4;
  const Tensor x = normal({30}, "x");
  const Estimate estimate = ross(x, label);
  EXPECT_EQ(estimate.n, 28);
  EXPECT_THAT(estimate.warnings,
              testing::IsSupersetOf({"2 rows are alone in their class left out",
                                     "1 class has at most 3 rows: there k is one less than their "
                                     "number"}));
  EXPECT_THAT(message_of<ValueError>([&] { ross(x, at::arange(30)); }),
              "labels has 30 classes of one row each: ross needs two rows of a class");
}

TEST(Ross, ReachesItsCeilingWhereClassesAreApart) {
  const Tensor label = labels(300, 5, "y"), x = 100 * label + normal({300}, "x");
  const Estimate estimate = ross(x, label);
  EXPECT_NEAR(estimate.number(), estimate.ceiling, 1e-12);
  EXPECT_NEAR(estimate.ceiling, std::log(5), 0.05);
  EXPECT_THAT(estimate.warnings, ElementsAre(HasSubstr("saturated")));
}

TEST(Ross, OfAConstantIsZeroAndSaysSo) {
  const Tensor x = normal({40, 2}, "x"), label = labels(40, 2, "y");
  EXPECT_EQ(ross(at::ones({40}), label).number(), 0);
  EXPECT_THAT(ross(at::ones({40}), label).warnings, ElementsAre(HasSubstr("x is constant")));
  EXPECT_EQ(ross(x, at::full({40}, 7, at::kLong)).number(), 0);
  EXPECT_THAT(ross(x, at::full({40}, 7, at::kLong)).warnings,
              ElementsAre(HasSubstr("labels is constant")));
}

TEST(Ross, RecognisesTheDiscreteVariable) {
  const Tensor label = labels(100, 3, "y"), x = normal({100, 1}, "x") + label.unsqueeze(1);
  const Ross estimator;
  EXPECT_EQ(estimator.spec(), "ross(k=3)");
  const double value = estimator.estimate(x, label).number();
  EXPECT_NEAR(value, ross(x, label).number(), 1e-9);
  EXPECT_NEAR(estimator.estimate(label, x).number(), value, 1e-9);
  EXPECT_EQ(estimator.estimate(x, label.to(at::kFloat)).number(), value);
  EXPECT_EQ(estimator.estimate(x, at::one_hot(label, 3)).number(), value);
  EXPECT_THAT(message_of<ValueError>([&] { estimator.estimate(x, x); }), HasSubstr("take ksg"));
}

TEST(Ross, IsTheSameBitsAtAnyNumberOfThreads) {
  const Tensor label = labels(9000, 3, "y"), x = normal({9000, 2}, "x") + label.unsqueeze(1);
  const auto run = [&](int threads) {
    const Threads scope(threads);
    const Estimate estimate = ross(x, label, {.errors = true});
    return std::pair{estimate.number(), estimate.standard_error};
  };
  EXPECT_EQ(run(1), run(2));
  EXPECT_GT(run(1).second, 0);
}

TEST(Ross, WarnsOfTies) {
  const Tensor label = labels(500, 3, "y"), x = normal({500}, "x").relu();
  EXPECT_THAT(ross(x, label).warnings, Contains(HasSubstr("use mixed_ksg")));
  EXPECT_THAT(ross(normal({500}, "x"), label).warnings, IsEmpty());
}

TEST(Ross, RefusesWhatHasNoAnswer) {
  const Tensor x = normal({10, 2}, "x"), label = labels(10, 2, "y");
  const auto message = [](const Tensor& a, const Tensor& b, const RossOptions& options = {}) {
    return message_of<ValueError>([&] { ross(a, b, options); });
  };
  EXPECT_THAT(message(x, label.to(at::kFloat)), HasSubstr("labels must have an integer type"));
  EXPECT_THAT(message(x, at::one_hot(label, 2)), HasSubstr("one column of class numbers, got 2"));
  EXPECT_THAT(message(x, labels(11, 2, "y")), HasSubstr("x has 10 rows, labels has 11"));
  EXPECT_THAT(message(x, label, {.k = 0}), HasSubstr("k must be at least 1"));
  EXPECT_THAT(message(x.slice(0, 0, 1), label.slice(0, 0, 1)), HasSubstr("at least 2 rows"));
  Tensor bad = x.clone();
  bad[4][0] = HUGE_VAL;
  EXPECT_EQ(message(bad, label), "x contains 1 non-finite value, first at row 4, column 0");
}

TEST(Ross, TellsLabelsApartThatNoDoubleDoes) {
  const Tensor x = normal({200, 1}, "x"), y = labels(200, 3, "y");
  const int64_t far = int64_t{1} << 60;
  EXPECT_EQ(ross(x, y + far).number(), ross(x, y).number());
}

}  // namespace
}  // namespace glow
