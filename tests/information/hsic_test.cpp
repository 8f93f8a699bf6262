#include "glow/information/hsic.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/information/gradient_check.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The vectors of the reference: X = arange(50).reshape(10, 5), Y = sin(2πX/50).
Tensor ramp() { return at::arange(50, at::kDouble).view({10, 5}); }
Tensor wave() { return (ramp() * (2 * M_PI / 50)).sin(); }
const HSICOptions kRampWidths{.sigma_x = 5, .sigma_y = 1};

TEST(HSIC, GivesTheClosedFormVectors) {
  const double biased = hsic(ramp(), wave(), kRampWidths).number();
  EXPECT_NEAR(biased, 0.08251649832595423, 1e-12);
  EXPECT_NEAR(biased * 81 / 100, 0.06683836364402293, 1e-12);  // the m^-2 variant
  HSICOptions unbiased = kRampWidths;
  unbiased.unbiased = true;
  EXPECT_NEAR(hsic(ramp(), wave(), unbiased).number(), 0.007910430309578012, 1e-12);
}

// The documentation of PyTorch-Ignite: widths from all squared distances, the diagonal included.
TEST(HSIC, GivesTheVectorOfIgnite) {
  const auto width = [](const Tensor& x) {
    const Tensor squared = (x.unsqueeze(0) - x.unsqueeze(1)).pow(2).sum(2).flatten();
    return std::sqrt(squared.median().item<double>());
  };
  const Tensor x = ramp().to(at::kFloat), y = wave().to(at::kFloat);
  const HSICOptions options{.sigma_x = width(x), .sigma_y = width(y), .unbiased = true};
  EXPECT_NEAR(hsic(x, y, options).number(), 0.0922665, 1e-6);
}

// By the vectors of every processor.
class HSICByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(HSICByVectorsOf, EqualsTheDefinitionWithWholeMatrices) {
  const VectorLimit limit(GetParam());
  for (const auto& item : vectors()["hsic"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    HSICOptions options{.kernel = item["kernel"],
                        .sigma_x = item["sigma_x"].get<double>(),
                        .sigma_y = item["sigma_y"].get<double>()};
    const double scale = options.kernel == "linear" ? 100 : 1;
    EXPECT_NEAR(hsic(x, y, options).number(), item["biased"], 1e-13 * scale);
    options.unbiased = true;
    EXPECT_NEAR(hsic(x, y, options).number(), item["unbiased"], 1e-12 * scale);
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, HSICByVectorsOf, testing::Values(16, 32, 64));

// PyGlow multiplies by 1/(m−1): its number grows with the batch.
TEST(HSIC, DoesNotGrowWithTheBatch) {
  EXPECT_NEAR(hsic(ramp(), wave(), kRampWidths).number() * 9, 0.742648484933588, 1e-12);
  const auto at_size = [](int64_t m) {
    const Tensor x = normal({m, 3}, "x");
    return hsic(x, x + normal({m, 3}, "noise"), {.sigma = 1.5}).number();
  };
  const double small = at_size(32);
  for (const int64_t m : {64, 256, 1024}) EXPECT_NEAR(at_size(m) / small, 1, 0.5) << m;
}

// PyGlow broadcasts an (m, m, d) tensor: 36 GB here.
TEST(HSIC, BroadcastsNoDifferences) {
  const Tensor x = normal({3000, 1000}, "x").to(at::kFloat);
  EXPECT_GT(hsic(x, x, {.sigma = 40}).number(), 0);
}

TEST(HSIC, IsNeverClipped) {
  int negative = 0;
  double sum = 0;
  constexpr int kDraws = 200;
  for (int draw = 0; draw < kDraws; ++draw) {
    const std::string name = std::to_string(draw);
    const double value = hsic(normal({20, 2}, "x" + name), normal({20, 2}, "y" + name),
                              {.sigma = 1, .unbiased = true})
                             .number();
    negative += value < 0 ? 1 : 0;
    sum += value;
  }
  EXPECT_GT(negative, kDraws / 3);
  EXPECT_NEAR(sum / kDraws, 0, 1e-3);  // 0.00028 is one standard error
}

TEST(HSIC, HasNoUnitAndSaysWhatItIs) {
  const Estimate estimate = hsic(ramp(), wave(), kRampWidths);
  EXPECT_EQ(estimate.unit, Unit::none);
  EXPECT_EQ(estimate.bound, BoundKind::estimate);
  EXPECT_EQ(estimate.n, 10);
  EXPECT_EQ(estimate.estimator, "hsic(sigma_x=5, sigma_y=1)");
  EXPECT_EQ(estimate.value.dim(), 0);
  EXPECT_EQ(in_unit(estimate, Unit::bits).number(), estimate.number());
  EXPECT_EQ(hsic(ramp(), wave()).estimator, "hsic(kernel=gaussian, sigma=5)");
}

struct Pair {
  Tensor x, y;
};
Pair dependent(int64_t m) {
  const Tensor x = normal({m, 4}, "x");
  return {x, at::cat({x.slice(1, 0, 1).sin(), normal({m, 1}, "noise")}, 1)};
}
const std::vector<HSICOptions> kVariants{{.sigma = 1.2},
                                         {.sigma = 1.2, .unbiased = true},
                                         {.kernel = "linear"},
                                         {.kernel = "linear", .unbiased = true},
                                         {.sigma = "median", .sigma_y = 0.5}};

TEST(HSIC, IsSymmetricAndKnowsNoOrderNoShiftNoRotation) {
  const auto [x, y] = dependent(70);
  const Tensor order = at::randperm(70, make_generator(0, "order"), at::kLong);
  const Tensor rotation = std::get<0>(at::linalg_qr(normal({4, 4}, "rotation")));
  for (HSICOptions options : kVariants) {
    const double value = hsic(x, y, options).number();
    const double tolerance = 1e-12 * std::max(1.0, std::abs(value));
    EXPECT_NEAR(hsic(x.index_select(0, order), y.index_select(0, order), options).number(), value,
                tolerance);
    EXPECT_NEAR(hsic(x + 1000, y - 1000, options).number(), value, 1e-9);
    EXPECT_NEAR(hsic(x.mm(rotation), y, options).number(), value, tolerance);
    EXPECT_NEAR(hsic(x.flip({1}), y, options).number(), value, tolerance);
    std::swap(options.sigma_x, options.sigma_y);
    EXPECT_NEAR(hsic(y, x, options).number(), value, tolerance);
  }
}

TEST(HSIC, KeepsItsDigitsInSinglePrecision) {
  const auto [x, y] = dependent(300);
  const double value = hsic(x, y, {.sigma = 1.2}).number();
  EXPECT_NEAR(hsic(x.to(at::kFloat), y.to(at::kFloat), {.sigma = 1.2}).number(), value, 1e-8);
  // Far from the origin the inputs themselves lose digits; distances must lose no more.
  const Tensor far = (x + 1000).to(at::kFloat);
  EXPECT_NEAR(hsic(far, y, {.sigma = 1.2}).number(),
              hsic(far.to(at::kDouble), y, {.sigma = 1.2}).number(), 1e-8);
}

TEST(HSIC, DoesNotNoticeHowItsInputLies) {
  const auto [x, y] = dependent(33);
  const double value = hsic(x, y, {.sigma = 1.2}).number();
  for (const Tensor& same : disguises(x)) {
    const Tensor before = same.detach().clone();
    const auto version = same._version();
    EXPECT_NEAR(hsic(same, y, {.sigma = 1.2}).number(), value, 1e-14);
    EXPECT_NEAR(hsic(y, same, {.sigma = 1.2}).number(), value, 1e-14);
    EXPECT_TRUE(at::equal(same.detach(), before));
    EXPECT_EQ(same._version(), version);
  }
  const Tensor expanded = y.slice(1, 0, 1).expand({33, 3});
  EXPECT_EQ(hsic(x, expanded, {.sigma = 1.2}).number(),
            hsic(x, expanded.clone(), {.sigma = 1.2}).number());
}

TEST(HSIC, PromotesIntegersAndHalfPrecision) {
  const Tensor x = normal({20, 3}, "x").mul(4).round(), y = x.slice(1, 0, 1);
  const double value = hsic(x, y).number();
  for (const auto type : {at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kChar}) {
    EXPECT_EQ(hsic(x.to(type), y.to(type)).number(), value);
  }
  const Tensor positive = x.gt(0);
  EXPECT_EQ(hsic(positive, y).number(), hsic(positive.to(at::kDouble), y).number());
  EXPECT_EQ(hsic(x, y.flatten()).number(), value);
}

TEST(HSIC, IsTheSameBitsAtAnyNumberOfThreads) {
  const auto [x, y] = dependent(500);
  const auto run = [&, x = x, y = y](int threads) {
    const Threads scope(threads);
    return hsic(x, y, {.sigma = 1.2}).number();
  };
  EXPECT_EQ(run(1), run(2));
  EXPECT_EQ(run(1), run(7));
}

TEST(HSIC, NeitherUsesNorChangesTheGlobalGenerator) {
  const auto [x, y] = dependent(20);
  at::manual_seed(5);
  const Tensor expected = at::rand({3});
  at::manual_seed(5);
  hsic(x, y, {.sigma = "median"});
  EXPECT_TRUE(at::equal(at::rand({3}), expected));
}

// All permutations of six rows.
TEST(HSIC, NullMeanIsTheMeanOverAllPermutations) {
  const Tensor x = normal({6, 2}, "x"), y = x + 0.3 * normal({6, 2}, "noise");
  for (HSICOptions options : kVariants) {
    std::vector<int64_t> order(6);
    std::iota(order.begin(), order.end(), 0);
    double sum = 0;
    int count = 0;
    do {
      sum += hsic(x, y.index_select(0, at::tensor(order, at::kLong)), options).number();
      ++count;
    } while (std::next_permutation(order.begin(), order.end()));
    ASSERT_EQ(count, 720);
    EXPECT_NEAR(sum / count, hsic(x, y, options).null_mean, 1e-12);
    if (options.unbiased) {
      EXPECT_EQ(hsic(x, y, options).null_mean, 0);
    }
  }
}

TEST(HSIC, OfAConstantIsZeroAndSaysSo) {
  const Tensor x = normal({12, 3}, "x"), constant = at::full({12, 2}, 0.1, at::kDouble);
  for (const HSICOptions& options : kVariants) {
    for (const bool graph : {false, true}) {
      const Tensor input = constant.clone().requires_grad_(graph);
      const Estimate estimate = hsic(input, x, options);
      EXPECT_EQ(estimate.number(), 0);
      EXPECT_THAT(estimate.warnings, Contains("x is constant: HSIC is 0"));
      EXPECT_EQ(hsic(x, input, options).number(), 0);
    }
  }
  EXPECT_THAT(hsic(constant, x, {.sigma = "median", .sigma_y = 1}).warnings,
              Contains(HasSubstr("there is no median distance")));
}

TEST(HSIC, WarnsOfASaturatedKernel) {
  const Tensor x = normal({30, 3}, "x"), y = normal({30, 3}, "y");
  EXPECT_THAT(hsic(x, y, {.sigma = 1.5}).warnings, IsEmpty());
  for (const bool graph : {false, true}) {
    const Tensor input = x.clone().requires_grad_(graph);
    EXPECT_THAT(
        hsic(input, y, {.sigma_x = 100, .sigma_y = 1.5}).warnings,
        ElementsAre("kernel saturated at this sigma: the mean off-diagonal Gram entry of x is "
                    "1 at sigma = 100"));
    EXPECT_THAT(hsic(y, input, {.sigma_x = 1.5, .sigma_y = 0.01}).warnings,
                ElementsAre(HasSubstr("kernel saturated at this sigma: the mean off-diagonal Gram "
                                      "entry of y is")));
  }
}

TEST(HSIC, MedianIsAWidthLikeAnyOther) {
  for (const auto& item : vectors()["hsic"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    const HSICOptions numbers{.sigma_x = item["median_x"].get<double>(),
                              .sigma_y = item["median_y"].get<double>()};
    EXPECT_NEAR(hsic(x, y, {.sigma = "median"}).number(), hsic(x, y, numbers).number(), 1e-13);
  }
}

TEST(HSIC, ScalesWidthsGivenAsNumbersByTheDimension) {
  const auto [x, y] = dependent(20);
  EXPECT_DOUBLE_EQ(hsic(x, y, {.sigma = 1, .scale_by_dimension = true}).number(),
                   hsic(x, y, {.sigma_x = 2, .sigma_y = std::sqrt(2.0)}).number());
  EXPECT_DOUBLE_EQ(hsic(x, y, {.sigma = "median", .scale_by_dimension = true}).number(),
                   hsic(x, y, {.sigma = "median"}).number());
}

TEST(HSIC, RefusesWhatHasNoAnswer) {
  const Tensor x = normal({5, 2}, "x");
  const auto message = [](const Tensor& a, const Tensor& b, const HSICOptions& options = {}) {
    return message_of<ValueError>([&] { hsic(a, b, options); });
  };
  EXPECT_EQ(message(x.slice(0, 0, 1), x.slice(0, 0, 1)), "hsic needs at least 2 rows, got 1");
  EXPECT_EQ(message(x.slice(0, 0, 3), x.slice(0, 0, 3), {.unbiased = true}),
            "unbiased hsic needs at least 4 rows, got 3");
  EXPECT_EQ(hsic(x.slice(0, 0, 4), x.slice(0, 0, 4), {.unbiased = true}).n, 4);
  EXPECT_EQ(hsic(x.slice(0, 0, 2), x.slice(0, 0, 2)).n, 2);
  EXPECT_THAT(message(x, normal({6, 2}, "y")), HasSubstr("x has 5 rows, y has 6"));
  EXPECT_THAT(message(x.slice(0, 0, 0), x), HasSubstr("x is empty"));
  EXPECT_THAT(message(x, at::scalar_tensor(1)), HasSubstr("y needs rows"));
  EXPECT_THAT(message(x.view({5, 2, 1}), x), HasSubstr("flatten it first"));
  EXPECT_THAT(message(x, x, {.kernel = "box"}), HasSubstr("known: gaussian, linear"));
  EXPECT_THAT(message(x, x, {.sigma = -1}), HasSubstr("sigma must be"));
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    for (const bool graph : {false, true}) {
      Tensor y = x.clone();
      y[3][1] = bad;
      y.requires_grad_(graph);
      EXPECT_EQ(message(x, y), "y contains 1 non-finite value, first at row 3, column 1");
      EXPECT_THAT(message(y, x, {.sigma = "median"}), HasSubstr("x contains 1 non-finite value"));
    }
  }
}

TEST(HSIC, RefusesMatricesThatDoNotFit) {
  const Tensor x = at::zeros({300'000, 1}).requires_grad_(true);
  EXPECT_THAT(message_of<ValueError>([&] { hsic(x, x); }),
              testing::AllOf(HasSubstr("300,000 rows need"), HasSubstr("leave out the gradient")));
}

TEST(HSIC, GradientIsThatOfFiniteDifferences) {
  for (const int64_t m : {4, 9, 40}) {  // one entry at a time, and along directions
    for (const HSICOptions& options : kVariants) {
      if (options.sigma.median) continue;  // the median itself is taken as given
      const Tensor y = normal({m, 2}, "y");
      const GradientCheck check = check_gradient(
          [&](const std::vector<Tensor>& in) { return hsic(in[0], in[1], options).value; },
          {normal({m, 3}, "x"), y});
      EXPECT_TRUE(check.passed) << check.report();
    }
  }
}

TEST(HSIC, GradientIsFiniteAtCoincidentPoints) {
  Tensor x = normal({8, 3}, "x");
  x[1] = x[0];
  x[5] = x[0];
  for (const HSICOptions& options : kVariants) {
    const Tensor leaf = x.clone().requires_grad_(true);
    const Tensor gradient =
        torch::autograd::grad({hsic(leaf, normal({8, 1}, "y"), options).value}, {leaf})[0];
    EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
  }
  const GradientCheck check = check_gradient(
      [&](const std::vector<Tensor>& in) {
        return hsic(in[0], normal({8, 1}, "y"), {.sigma = 1}).value;
      },
      {x});
  EXPECT_TRUE(check.passed) << check.report();
}

TEST(HSIC, ValueIsTheSameWithAGraph) {
  const auto [x, y] = dependent(50);
  for (const HSICOptions& options : kVariants) {
    const Estimate plain = hsic(x, y, options);
    const Estimate graph = hsic(x.clone().requires_grad_(true), y, options);
    EXPECT_FALSE(plain.value.requires_grad());
    EXPECT_TRUE(graph.value.requires_grad());
    EXPECT_NEAR(graph.number(), plain.number(), 1e-12);
    EXPECT_NEAR(graph.null_mean, plain.null_mean, 1e-12);
    const at::AutoGradMode no_graph(false);
    EXPECT_EQ(hsic(x.clone().requires_grad_(true), y, options).number(), plain.number());
  }
}

// What a loss of cross-entropy and λ HSIC(T, X) does with it.
TEST(HSIC, DescendsInSinglePrecision) {
  const Tensor x = normal({64, 5}, "x").to(at::kFloat);
  Tensor weights = normal({5, 3}, "w").to(at::kFloat).requires_grad_(true);
  const auto loss = [&] {
    const Tensor t = at::tanh(x.mm(weights));
    return t.pow(2).mean() * 0 + hsic(t, x, {.sigma = 2}).value;
  };
  const double before = loss().item<double>();
  for (int step = 0; step < 20; ++step) {
    const Tensor gradient = torch::autograd::grad({loss()}, {weights})[0];
    weights = (weights.detach() - 20 * gradient).requires_grad_(true);
  }
  EXPECT_LT(loss().item<double>(), 0.5 * before);
}

TEST(HSICEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = small_segment(70);
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  for (HSICOptions options : kVariants) {
    if (options.sigma_y) options.sigma_t = 0.9;
    const auto coordinates = HSIC(options).evaluate(segment);
    ASSERT_EQ(coordinates.size(), 2U);
    for (size_t layer = 0; layer < 2; ++layer) {
      const Tensor t = segment.layers[layer].value.flatten(1);
      HSICOptions with_x = options, with_y = options;
      with_x.sigma_x = options.sigma_t;  // of the first variable
      with_x.sigma_y = options.sigma_x;
      with_y.sigma_x = options.sigma_t;
      EXPECT_NEAR(coordinates[layer].complexity.number(), hsic(t, x, with_x).number(), 1e-13);
      EXPECT_NEAR(coordinates[layer].generalization.number(), hsic(t, y, with_y).number(), 1e-13);
      EXPECT_NEAR(coordinates[layer].complexity.null_mean, hsic(t, x, with_x).null_mean, 1e-13);
    }
  }
}

TEST(HSICEvaluate, UsesTheLabelsAndNotTheOutput) {
  Segment segment = small_segment();
  const HSIC estimator({.sigma = 1});
  const double before = estimator.evaluate(segment)[0].generalization.number();
  segment.layers[1].value = segment.layers[1].value.flip({0});
  EXPECT_EQ(estimator.evaluate(segment)[0].generalization.number(), before);
  segment.y = (segment.y + 1) % 3;  // other names of the same classes
  EXPECT_NEAR(estimator.evaluate(segment)[0].generalization.number(), before, 1e-14);
  segment.y = segment.y.flip({0});
  EXPECT_NE(estimator.evaluate(segment)[0].generalization.number(), before);
}

TEST(HSICEvaluate, DoesNotDependOnWhichClassesTheBatchHolds) {
  Segment segment = small_segment();
  segment.y.fill_(1);
  const Coordinates last = HSIC({.sigma = 1}).evaluate(segment).back();
  EXPECT_EQ(last.generalization.number(), 0);
  EXPECT_THAT(last.generalization.warnings, Contains("y is constant: HSIC is 0"));
  EXPECT_GT(last.complexity.number(), 0);
}

TEST(HSICEvaluate, KeepsTheGraphOfALayer) {
  Segment segment = small_segment();
  const Tensor weights = normal({6, 4}, "w1").requires_grad_(true);
  segment.layers[0].value = at::tanh(segment.x.flatten(1).mm(weights)).view({24, 1, 2, 2});
  const auto coordinates = HSIC({.sigma = 1}).evaluate(segment);
  EXPECT_TRUE(coordinates[0].complexity.value.requires_grad());
  const Tensor gradient = torch::autograd::grad({coordinates[0].complexity.value}, {weights})[0];
  EXPECT_GT(gradient.abs().max().item<double>(), 0);
}

TEST(HSICEvaluate, MeasuresWithTheWidthOfTheReference) {
  const HSIC estimator({.sigma = "median"});
  EXPECT_EQ(estimator.reference(), Reference::first);
  Segment first = small_segment(), later = small_segment();
  later.layers[0].value = 3 * later.layers[0].value;
  Fit fit;
  estimator.fit(first, fit);
  const double width = median_distance(first.layers[0].value.flatten(1));
  const double x_width = median_distance(first.x.flatten(1));
  EXPECT_NEAR(estimator.evaluate(later, fit)[0].complexity.number(),
              hsic(later.layers[0].value.flatten(1), later.x.flatten(1),
                   {.sigma_x = width, .sigma_y = x_width})
                  .number(),
              1e-14);
  estimator.fit(later, fit);  // the mean over a run
  EXPECT_NEAR(estimator.evaluate(later, fit)[0].complexity.number(),
              hsic(later.layers[0].value.flatten(1), later.x.flatten(1),
                   {.sigma_x = 2 * width, .sigma_y = x_width})
                  .number(),
              1e-14);
  EXPECT_NE(estimator.evaluate(later)[0].complexity.number(),
            estimator.evaluate(later, fit)[0].complexity.number());
  EXPECT_THROW(estimator.evaluate(later, Fit()), StateError);
}

TEST(HSICEvaluate, NamesTheLayerThatIsNotFinite) {
  Segment segment = small_segment();
  segment.layers[1].value[3][2] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { HSIC().evaluate(segment); }),
            "dense_1 contains 1 non-finite value, first at row 3, column 2");
  segment = small_segment();
  segment.layers[0].value = segment.layers[0].value.slice(0, 0, 5);
  EXPECT_THAT(message_of<ValueError>([&] { HSIC().evaluate(segment); }),
              HasSubstr("conv2d_1 has 5"));
}

TEST(HSICEvaluate, NamesItsAxes) {
  EXPECT_EQ(HSIC().axes().complexity, "HSIC(T,X)");
  EXPECT_EQ(HSIC().axes().generalization, "HSIC(T,Y)");
  EXPECT_EQ(HSIC().unit(), Unit::none);
  EXPECT_TRUE(HSIC().differentiable());
  EXPECT_EQ(HSIC().evaluate(small_segment())[0].complexity.estimator,
            "hsic(kernel=gaussian, sigma=5)");
}

}  // namespace
}  // namespace glow
