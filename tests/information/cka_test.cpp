#include "glow/information/cka.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/information/gradient_check.h"
#include "glow/information/hsic.h"
#include "tests/information/kernel_support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<CKAOptions> kAlignments{{},
                                          {.debiased = false},
                                          {.kernel = "gaussian", .sigma = 1.2},
                                          {.kernel = "gaussian", .sigma = 1.2, .debiased = false},
                                          {.kernel = "gaussian", .sigma_y = 0.7}};

TEST(CKA, GivesTheReferenceVectors) {
  EXPECT_NEAR(cka(ramp_rows(), wave_rows()).number(), 0.6617733111586901, 1e-12);
  EXPECT_NEAR(cka(ramp_rows(), wave_rows(), {.debiased = false}).number(), 0.6319289451433567,
              1e-12);
}

// By the vectors of every processor.
class CKAByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(CKAByVectorsOf, EqualsTheDefinitionWithWholeMatrices) {
  const VectorLimit limit(GetParam());
  for (const auto& item : kernel_cases()) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    CKAOptions options{.sigma_x = item["sigma_x"].get<double>(),
                       .sigma_y = item["sigma_y"].get<double>()};
    for (const bool graph : {false, true}) {
      const Tensor input = x.clone().requires_grad_(graph);
      for (const std::string kernel : {"linear", "gaussian"}) {
        options.kernel = kernel;
        options.debiased = true;
        EXPECT_NEAR(cka(input, y, options).number(), item["cka_" + kernel + "_debiased"], 1e-11);
        options.debiased = false;
        EXPECT_NEAR(cka(input, y, options).number(), item["cka_" + kernel], 1e-11);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, CKAByVectorsOf, testing::Values(16, 32, 64));

TEST(CKA, SaysWhatItIs) {
  const auto [x, y] = related(20);
  const Estimate estimate = cka(x, y);
  EXPECT_EQ(estimate.unit, Unit::none);
  EXPECT_EQ(estimate.n, 20);
  EXPECT_EQ(estimate.value.dim(), 0);
  EXPECT_EQ(estimate.ceiling, 1);
  EXPECT_EQ(estimate.null_mean, 0);
  EXPECT_THAT(estimate.warnings, IsEmpty());
  EXPECT_EQ(estimate.estimator, "cka(kernel=linear, debiased=true)");
  EXPECT_EQ(cka(x, y, {.debiased = false}).estimator, "cka(debiased=false)");
}

TEST(CKA, KeepsItsInvariances) {
  for (const CKAOptions& options : kAlignments) {
    if (options.sigma_y) continue;  // not symmetric
    expect_invariances([&](const Tensor& a, const Tensor& b) { return cka(a, b, options); }, 1e-11);
    const auto [x, y] = related(50);
    EXPECT_NEAR(cka(x, x, options).number(), 1, 1e-12);
    if (options.kernel == "linear") {
      EXPECT_NEAR(cka(7 * x, 1e-3 * y, options).number(), cka(x, y, options).number(), 1e-12);
    }
  }
}

// As many columns as rows: Gram matrices; fewer: products of features.
TEST(CKA, IsTheSameByRowsAndByColumns) {
  const auto [x, y] = related(40);
  const Tensor wide = at::cat({x, at::zeros({40, 60}, at::kDouble)}, 1);
  for (const bool debiased : {false, true}) {
    const CKAOptions options{.debiased = debiased};
    EXPECT_NEAR(cka(wide, y, options).number(), cka(x, y, options).number(), 1e-12);
    EXPECT_NEAR(cka(wide, y, options).null_mean, cka(x, y, options).null_mean, 1e-12);
    EXPECT_NEAR(cka(wide.to(at::kFloat), y.to(at::kFloat), options).number(),
                cka(x, y, options).number(), 1e-6);
  }
}

TEST(CKA, NullMeanIsTheMeanOverAllPermutations) {
  const Tensor x = normal({6, 2}, "x"), y = x + 0.3 * normal({6, 2}, "noise");
  for (const CKAOptions& options : kAlignments) {
    std::vector<int64_t> order(6);
    std::iota(order.begin(), order.end(), 0);
    double sum = 0;
    do {
      sum += cka(x, y.index_select(0, at::tensor(order, at::kLong)), options).number();
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_NEAR(sum / 720, cka(x, y, options).null_mean, 1e-12);
  }
}

// Independent data look alike to the biased form.
TEST(CKA, DebiasedIsZeroForIndependentData) {
  constexpr int kDraws = 100;
  double debiased = 0, biased = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const Tensor x = normal({32, 10}, "x" + std::to_string(draw));
    const Tensor y = normal({32, 10}, "y" + std::to_string(draw));
    debiased += cka(x, y).number() / kDraws;
    biased += cka(x, y, {.debiased = false}).number() / kDraws;
  }
  // In 500 replications the means are -0.003 and 0.239, with deviations 0.047 and 0.036.
  EXPECT_NEAR(debiased, 0, 5 * 0.047 / std::sqrt(kDraws));
  EXPECT_NEAR(biased, 0.239, 5 * 0.036 / std::sqrt(kDraws));
}

TEST(CKA, IsNeverNaN) {
  const Tensor x = normal({12, 3}, "x"), constant = at::full({12, 2}, 0.1, at::kDouble);
  for (const CKAOptions& options : kAlignments) {
    for (const bool graph : {false, true}) {
      const Tensor input = constant.clone().requires_grad_(graph);
      const Estimate estimate = cka(input, x, options);
      EXPECT_EQ(estimate.number(), 0);
      EXPECT_EQ(estimate.null_mean, 0);
      EXPECT_THAT(estimate.warnings, Contains("x is constant: CKA is 0"));
      EXPECT_EQ(cka(x, input, options).number(), 0);
      EXPECT_EQ(cka(input, input, options).number(), 0);
    }
  }
  // Rows that are all as far from each other: U-centred, nothing is left but rounding.
  const Tensor corners = at::eye(12, at::kDouble) * 0.3;
  for (const std::string kernel : {"linear", "gaussian"}) {
    for (const bool graph : {false, true}) {
      const Tensor input = corners.clone().requires_grad_(graph);
      const Estimate estimate = cka(input, x, {.kernel = kernel, .sigma = 1});
      EXPECT_EQ(estimate.number(), 0);
      EXPECT_THAT(estimate.warnings,
                  Contains("all rows of x look as far from each other: CKA is 0"));
      EXPECT_EQ(
          cka(input.to(at::kFloat), x.to(at::kFloat), {.kernel = kernel, .sigma = 1}).number(), 0);
    }
  }
  EXPECT_THAT(cka(x, 50 * x, {.kernel = "gaussian", .sigma = 1}).warnings,
              Contains(HasSubstr("y")));
}

TEST(CKA, RefusesWhatHasNoAnswer) {
  for (const CKAOptions& options : kAlignments) {
    expect_refusals([&](const Tensor& a, const Tensor& b) { return cka(a, b, options); });
  }
  const Tensor x = normal({5, 2}, "x");
  EXPECT_EQ(message_of<ValueError>([&] { cka(x.slice(0, 0, 3), x.slice(0, 0, 3)); }),
            "cka needs at least 4 rows, got 3");
  EXPECT_NEAR(cka(x.slice(0, 0, 4), x.slice(0, 0, 4)).number(), 1, 1e-12);
  EXPECT_THAT(message_of<ValueError>([&] { cka(x, x, {.kernel = "box"}); }),
              HasSubstr("known: gaussian, linear"));
}

TEST(CKA, GradientIsThatOfFiniteDifferences) {
  for (const CKAOptions& options : kAlignments) {
    for (const int64_t m : {5, 9, 30}) {
      CKAOptions fixed = options;
      fixed.sigma = 1.2;  // a median has no derivative
      const GradientCheck check = check_gradient(
          [&](const std::vector<Tensor>& in) { return cka(in[0], in[1], fixed).value; },
          {normal({m, m == 9 ? 20 : 3}, "x"), normal({m, 2}, "y")});
      EXPECT_TRUE(check.passed) << check.report();
    }
  }
}

TEST(CKA, GradientIsFiniteAtCoincidentPoints) {
  Tensor x = normal({8, 3}, "x");
  x[1] = x[0];
  x[5] = x[0];
  for (const CKAOptions& options : kAlignments) {
    const Tensor leaf = x.clone().requires_grad_(true);
    const Tensor value = cka(leaf, normal({8, 1}, "y"), options).value;
    const Tensor gradient = torch::autograd::grad({value}, {leaf})[0];
    EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
  }
}

TEST(CKAEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = small_segment(70);
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  for (CKAOptions options : kAlignments) {
    options.sigma_t = 0.9;
    const auto coordinates = CKA(options).evaluate(segment);
    ASSERT_EQ(coordinates.size(), 2U);
    for (size_t layer = 0; layer < 2; ++layer) {
      const Tensor t = segment.layers[layer].value.flatten(1);
      CKAOptions with_x = options, with_y = options;
      with_x.sigma_x = options.sigma_t;  // of the first variable
      with_x.sigma_y = options.sigma_x;
      with_y.sigma_x = options.sigma_t;
      EXPECT_NEAR(coordinates[layer].complexity.number(), cka(t, x, with_x).number(), 1e-12);
      EXPECT_NEAR(coordinates[layer].generalization.number(), cka(t, y, with_y).number(), 1e-12);
      EXPECT_NEAR(coordinates[layer].complexity.null_mean, cka(t, x, with_x).null_mean, 1e-12);
    }
  }
  EXPECT_EQ(CKA().axes().generalization, "CKA(T,Y)");
  EXPECT_TRUE(CKA().differentiable());
  EXPECT_EQ(CKA().unit(), Unit::none);
}

TEST(CKAEvaluate, FitsMediansOfTheGaussianKernelOnly) {
  Fit linear, gaussian;
  CKA().fit(small_segment(), linear);
  EXPECT_TRUE(linear.empty());
  CKA({.kernel = "gaussian"}).fit(small_segment(), gaussian);
  EXPECT_TRUE(gaussian.has("sigma x"));
  EXPECT_TRUE(gaussian.has("sigma dense_1"));
}

TEST(CKAAccumulator, OfOneBatchIsTheBatch) {
  const auto [x, y] = related(50);
  for (const CKAOptions& options : kAlignments) {
    CKAAccumulator sum(options);
    sum.add(x, y);
    const Estimate all = sum.estimate(), once = cka(x, y, options);
    EXPECT_NEAR(all.number(), once.number(), 1e-13);
    EXPECT_NEAR(all.null_mean, once.null_mean, 1e-13);
    EXPECT_EQ(all.estimator, once.estimator);
    EXPECT_EQ(all.n, 50);
  }
}

// Batches of different sizes: each HSIC counts as often as its batch has rows.
TEST(CKAAccumulator, TakesTheRatioOfWeightedMeans) {
  const auto [x, y] = related(60);
  for (const bool debiased : {false, true}) {
    const HSICOptions hsic_options{.kernel = "linear", .unbiased = debiased};
    CKAAccumulator sum({.debiased = debiased});
    double xy = 0, xx = 0, yy = 0;
    const std::vector<int64_t> ends{0, 7, 30, 60};
    for (size_t batch = 1; batch < ends.size(); ++batch) {
      const Tensor a = x.slice(0, ends[batch - 1], ends[batch]);
      const Tensor b = y.slice(0, ends[batch - 1], ends[batch]);
      const auto rows = static_cast<double>(a.size(0));
      sum.add(a, b);
      xy += rows * hsic(a, b, hsic_options).number();
      xx += rows * hsic(a, a, hsic_options).number();
      yy += rows * hsic(b, b, hsic_options).number();
    }
    EXPECT_NEAR(sum.estimate().number(), xy / std::sqrt(xx * yy), 1e-12);
  }
}

// Small batches, debiased, estimate what the whole does; biased ones do not.
TEST(CKAAccumulator, OfManyBatchesIsAboutTheWhole) {
  const auto [x, y] = related(1500);
  const double whole = cka(x, y).number();
  CKAAccumulator debiased, biased({.debiased = false});
  for (int64_t begin = 0; begin < 1500; begin += 20) {
    debiased.add(x.slice(0, begin, begin + 20), y.slice(0, begin, begin + 20));
    biased.add(x.slice(0, begin, begin + 20), y.slice(0, begin, begin + 20));
  }
  EXPECT_EQ(debiased.estimate().n, 1500);
  // In 200 replications the differences are -0.0005 and 0.0858, with deviations 0.0087 and 0.0076.
  EXPECT_NEAR(debiased.estimate().number() - whole, 0, 5 * 0.0087);
  EXPECT_NEAR(biased.estimate().number() - whole, 0.0858, 5 * 0.0076);
}

TEST(CKAAccumulator, KeepsTheWidthsOfTheFirstBatch) {
  const auto [x, y] = related(60);
  CKAAccumulator median({.kernel = "gaussian"});
  CKAAccumulator fixed({.kernel = "gaussian",
                        .sigma_x = median_distance(x.slice(0, 0, 30)),
                        .sigma_y = median_distance(y.slice(0, 0, 30))});
  for (CKAAccumulator* sum : {&median, &fixed}) {
    sum->add(x.slice(0, 0, 30), y.slice(0, 0, 30));
    sum->add(5 * x.slice(0, 30), y.slice(0, 30));
  }
  EXPECT_NEAR(median.estimate().number(), fixed.estimate().number(), 1e-13);
}

TEST(CKAAccumulator, IsNeverNaN) {
  CKAAccumulator sum;
  EXPECT_THROW(sum.estimate(), StateError);
  const Tensor constant = at::ones({6, 2}, at::kDouble);
  sum.add(constant, normal({6, 2}, "y"));
  EXPECT_EQ(sum.estimate().number(), 0);
  EXPECT_THAT(sum.estimate().warnings, ElementsAre("x is constant: CKA is 0"));
  sum.add(normal({6, 2}, "x"), normal({6, 2}, "y"));
  EXPECT_THAT(sum.estimate().warnings, IsEmpty());
  EXPECT_EQ(message_of<ValueError>([&] {
              sum.add(normal({3, 2}, "x"), normal({3, 2}, "y"));
            }),
            "a batch of cka needs at least 4 rows, got 3");
  EXPECT_EQ(sum.estimate().n, 12);
}

TEST(CKAAccumulator, KeepsItsGraph) {
  const auto [x, y] = related(20);
  const GradientCheck check = check_gradient(
      [&, y = y](const std::vector<Tensor>& in) {
        CKAAccumulator sum;
        sum.add(in[0].slice(0, 0, 8), y.slice(0, 0, 8));
        sum.add(in[0].slice(0, 8), y.slice(0, 8));
        return sum.estimate().value;
      },
      {x.slice(1, 0, 3)});
  EXPECT_TRUE(check.passed) << check.report();
}

}  // namespace
}  // namespace glow
