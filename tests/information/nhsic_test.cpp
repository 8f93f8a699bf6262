#include "glow/information/nhsic.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/information/gradient_check.h"
#include "tests/information/kernel_support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(NHSIC, GivesTheReferenceVector) {
  const Estimate estimate =
      nhsic(ramp_rows(), wave_rows(), {.sigma_x = 5, .sigma_y = 1, .scale_by_dimension = false});
  EXPECT_NEAR(estimate.number(), 8.990656814714688, 1e-9);  // the solve amplifies rounding
}

TEST(NHSIC, EqualsTheTwoInversesOfItsAuthors) {
  for (const auto& item : kernel_cases()) {
    const NHSICOptions options{.sigma_x = item["sigma_x"].get<double>(),
                               .sigma_y = item["sigma_y"].get<double>(),
                               .scale_by_dimension = false};
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    EXPECT_NEAR(nhsic(x, y, options).number(), item["nhsic"], 1e-9);
    EXPECT_NEAR(nhsic(x.to(at::kFloat), y.to(at::kFloat), options).number(), item["nhsic"], 1e-5);
  }
}

TEST(NHSIC, SaysWhatItIs) {
  const auto [x, y] = related(20);
  const Estimate estimate = nhsic(x, y);
  EXPECT_EQ(estimate.unit, Unit::none);
  EXPECT_EQ(estimate.bound, BoundKind::estimate);
  EXPECT_EQ(estimate.n, 20);
  EXPECT_EQ(estimate.value.dim(), 0);
  EXPECT_EQ(estimate.value.scalar_type(), at::kDouble);
  EXPECT_EQ(estimate.ceiling, 19);
  EXPECT_THAT(estimate.warnings, IsEmpty());
  EXPECT_EQ(estimate.estimator, "nhsic(sigma=5)");
  EXPECT_EQ(nhsic(x, y, {.sigma_y = 1, .epsilon = 1e-4}).estimator,
            "nhsic(sigma_y=1, epsilon=0.0001)");
}

TEST(NHSIC, WidthsGrowWithTheDimension) {
  const auto [x, y] = related(20);
  EXPECT_DOUBLE_EQ(
      nhsic(x, y, {.sigma = 3}).number(),
      nhsic(x, y, {.sigma_x = 6, .sigma_y = 3 * std::sqrt(2.0), .scale_by_dimension = false})
          .number());
  EXPECT_DOUBLE_EQ(nhsic(x, y, {.sigma = "median"}).number(),
                   nhsic(x, y, {.sigma = "median", .scale_by_dimension = false}).number());
}

TEST(NHSIC, KeepsItsInvariances) {
  expect_invariances([](const Tensor& a, const Tensor& b) { return nhsic(a, b, {.sigma = 1.2}); },
                     1e-8);
}

// Whole matrices and blocks of equal rows are two ways to the same number.
TEST(NHSIC, OfRepeatedRowsEqualsTheDefinition) {
  const Tensor rows = normal({7, 3}, "rows"), y = normal({30, 2}, "y");
  const Tensor x = rows.index_select(0, labels(30, 7, "which"));
  const NHSICOptions options{.sigma = 0.8};
  const Estimate blocks = nhsic(x, y, options);
  const Estimate whole = nhsic(x.clone().requires_grad_(true), y, options);
  EXPECT_TRUE(whole.value.requires_grad());
  EXPECT_NEAR(blocks.number(), whole.number(), 1e-9);
  EXPECT_NEAR(blocks.null_mean, whole.null_mean, 1e-9);
  EXPECT_EQ(blocks.ceiling, 6);
  EXPECT_EQ(whole.ceiling, 6);
  const Tensor single = x.to(at::kFloat);
  EXPECT_NEAR(nhsic(single, y.to(at::kFloat), options).number(), blocks.number(), 1e-3);
}

// R of labels is nearly a projection on the classes.
TEST(NHSIC, OfLabelsIsAtMostTheClassesLessOne) {
  const Tensor y = at::one_hot(labels(200, 10, "y"), 10).to(at::kDouble);
  const Estimate same = nhsic(y, y);
  EXPECT_EQ(same.ceiling, 9);
  EXPECT_LT(same.number(), 9);
  EXPECT_GT(same.number(), 8.5);
  EXPECT_THAT(same.warnings, IsEmpty());
  const Estimate other = nhsic(normal({200, 3}, "x"), y, {.sigma_x = 0.05});
  EXPECT_LE(other.number(), 9);
}

TEST(NHSIC, NullMeanIsTheMeanOverAllPermutations) {
  const Tensor x = normal({6, 2}, "x"), y = x + 0.3 * normal({6, 2}, "noise");
  std::vector<int64_t> order(6);
  std::iota(order.begin(), order.end(), 0);
  double sum = 0;
  do {
    sum += nhsic(x, y.index_select(0, at::tensor(order, at::kLong))).number();
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_NEAR(sum / 720, nhsic(x, y).null_mean, 1e-9);
}

TEST(NHSIC, OfAConstantIsZeroAndSaysSo) {
  const Tensor x = normal({12, 3}, "x"), constant = at::full({12, 2}, 0.1, at::kDouble);
  for (const bool graph : {false, true}) {
    const Tensor input = constant.clone().requires_grad_(graph);
    const Estimate estimate = nhsic(input, x);
    EXPECT_EQ(estimate.number(), 0);
    EXPECT_EQ(estimate.ceiling, 0);
    EXPECT_EQ(estimate.null_mean, 0);
    EXPECT_THAT(estimate.warnings, Contains("x is constant: nHSIC is 0"));
    EXPECT_EQ(nhsic(x, input, {.sigma = "median"}).number(), 0);
  }
}

TEST(NHSIC, WarnsWhereEveryRowIsAlone) {
  const Tensor x = normal({30, 3}, "x"), y = normal({30, 3}, "y");
  EXPECT_THAT(
      nhsic(x, y, {.sigma_x = 0.05, .sigma_y = 30}).warnings,
      ElementsAre(HasSubstr("kernel saturated at this sigma: the trace of R of x is 28.99 of ")));
}

TEST(NHSIC, RefusesWhatHasNoAnswer) {
  expect_refusals([](const Tensor& a, const Tensor& b) { return nhsic(a, b); });
  const Tensor x = normal({5, 2}, "x");
  EXPECT_EQ(message_of<ValueError>([&] { nhsic(x.slice(0, 0, 1), x.slice(0, 0, 1)); }),
            "nhsic needs at least 2 rows, got 1");
  EXPECT_GT(nhsic(x.slice(0, 0, 2), x.slice(0, 0, 2)).number(), 0);
  for (const double epsilon : {0.0, -1.0, std::nan("")}) {
    EXPECT_THAT(message_of<ValueError>([&] { nhsic(x, x, {.epsilon = epsilon}); }),
                HasSubstr("epsilon must be a positive number"));
  }
  EXPECT_THAT(message_of<ValueError>([&] { nhsic(x, x, {.sigma = -1}); }),
              HasSubstr("sigma must be"));
  const Tensor many = at::zeros({1}).expand({300'000, 1});
  EXPECT_THAT(message_of<ValueError>([&] { nhsic(many, many); }), HasSubstr("take fewer rows"));
}

TEST(NHSIC, KeepsItsDigitsInSinglePrecision) {
  const auto [x, y] = related(1100);
  const double value = nhsic(x, y).number();
  EXPECT_NEAR(nhsic(x.to(at::kFloat), y.to(at::kFloat)).number(), value, 1e-4 * value);
  EXPECT_NE(nhsic(x.to(at::kFloat), y.to(at::kFloat)).number(), value);
}

TEST(NHSIC, SmallEpsilonsAreSolvedInDoublePrecision) {
  const auto [x, y] = related(1100);
  const NHSICOptions options{.sigma = 2, .epsilon = 1e-9};
  const Tensor single = x.to(at::kFloat), other = y.to(at::kFloat);
  EXPECT_NEAR(nhsic(single, other, options).number(),
              nhsic(single.to(at::kDouble), other.to(at::kDouble), options).number(), 1e-9);
}

TEST(NHSIC, GradientIsThatOfFiniteDifferences) {
  for (const int64_t m : {4, 9, 30}) {
    const Tensor y = normal({m, 2}, "y");
    const GradientCheck check = check_gradient(
        [](const std::vector<Tensor>& in) {
          return nhsic(in[0], in[1], {.sigma = 1, .epsilon = 1e-3}).value;
        },
        {normal({m, 3}, "x"), y});
    EXPECT_TRUE(check.passed) << check.report();
  }
  Tensor x = normal({8, 3}, "x");
  for (int64_t i = 1; i < 8; ++i) x[i] = x[i % 3];  // coincident points
  const GradientCheck check = check_gradient(
      [](const std::vector<Tensor>& in) {
        return nhsic(in[0], normal({8, 1}, "y"), {.sigma = 1, .epsilon = 1e-2}).value;
      },
      {x});
  EXPECT_TRUE(check.passed) << check.report();
}

TEST(NHSICEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = small_segment(70);
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  const NHSICOptions options{.sigma = 2, .sigma_t = 0.9};
  const auto coordinates = NHSIC(options).evaluate(segment);
  ASSERT_EQ(coordinates.size(), 2U);
  for (size_t layer = 0; layer < 2; ++layer) {
    const Tensor t = segment.layers[layer].value.flatten(1);
    const Estimate with_x = nhsic(t, x, {.sigma = 2, .sigma_x = 0.9});
    const Estimate with_y = nhsic(t, y, {.sigma = 2, .sigma_x = 0.9});
    EXPECT_NEAR(coordinates[layer].complexity.number(), with_x.number(), 1e-9);
    EXPECT_NEAR(coordinates[layer].generalization.number(), with_y.number(), 1e-9);
    EXPECT_NEAR(coordinates[layer].complexity.null_mean, with_x.null_mean, 1e-9);
    EXPECT_EQ(coordinates[layer].generalization.ceiling, 2);
  }
  EXPECT_EQ(NHSIC().axes().complexity, "nHSIC(T,X)");
  EXPECT_TRUE(NHSIC().differentiable());
}

TEST(NHSICEvaluate, MeasuresWithTheWidthOfTheReference) {
  const NHSIC estimator({.sigma = "median"});
  const Segment first = small_segment();
  Segment later = small_segment();
  later.layers[0].value = 3 * later.layers[0].value;
  Fit fit;
  estimator.fit(first, fit);
  EXPECT_NEAR(estimator.evaluate(later, fit)[0].complexity.number(),
              nhsic(later.layers[0].value.flatten(1), later.x.flatten(1),
                    {.sigma_x = median_distance(first.layers[0].value.flatten(1)),
                     .sigma_y = median_distance(first.x.flatten(1)),
                     .scale_by_dimension = false})
                  .number(),
              1e-9);
  EXPECT_THROW(estimator.evaluate(later, Fit()), StateError);
}

TEST(NHSICEvaluate, KeepsTheGraphAndNamesTheLayerThatIsNotFinite) {
  Segment segment = small_segment();
  const Tensor weights = normal({6, 4}, "w1").requires_grad_(true);
  segment.layers[0].value = at::tanh(segment.x.flatten(1).mm(weights)).view({24, 1, 2, 2});
  const auto coordinates = NHSIC().evaluate(segment);
  const Tensor gradient =
      torch::autograd::grad({coordinates[0].generalization.value}, {weights})[0];
  EXPECT_GT(gradient.abs().max().item<double>(), 0);
  segment.layers[1].value[3][2] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { NHSIC().evaluate(segment); }),
            "dense_1 contains 1 non-finite value, first at row 3, column 2");
}

}  // namespace
}  // namespace glow
