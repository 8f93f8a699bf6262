#include "glow/information/distance_correlation.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/information/gradient_check.h"
#include "glow/information/gram_sums.h"
#include "tests/information/kernel_support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<DcorOptions> kStatistics{{}, {.unbiased = true}};

// By the vectors of every processor.
class DcorByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(DcorByVectorsOf, EqualsThePackageDcor) {
  const VectorLimit limit(GetParam());
  for (const auto& item : kernel_cases()) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    const Tensor x1 = x.slice(1, 0, 1), y1 = y.slice(1, 0, 1);
    // Four points of one column span two dimensions: the ratio is rounding over rounding there.
    const double tolerance = x.size(0) == 4 ? 1e-10 : 1e-12;
    for (const bool graph : {false, true}) {
      const Tensor input = x.clone().requires_grad_(graph);
      const Tensor column = x1.clone().requires_grad_(graph);
      EXPECT_NEAR(dcor(input, y).number(), item["dcor"], tolerance);
      EXPECT_NEAR(dcor(input, y, {.unbiased = true}).number(), item["dcor_unbiased"], tolerance);
      EXPECT_NEAR(dcor(column, y1).number(), item["dcor_column"], tolerance);
      EXPECT_NEAR(dcor(column, y1, {.unbiased = true}).number(), item["dcor_column_unbiased"],
                  tolerance);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, DcorByVectorsOf, testing::Values(16, 32, 64));

TEST(Dcor, SaysWhatItIs) {
  const auto [x, y] = related(100);
  const Estimate estimate = dcor(x, y);
  EXPECT_EQ(estimate.unit, Unit::none);
  EXPECT_EQ(estimate.n, 100);
  EXPECT_EQ(estimate.value.dim(), 0);
  EXPECT_EQ(estimate.ceiling, 1);
  EXPECT_TRUE(std::isnan(estimate.null_mean));
  EXPECT_EQ(dcor(x, y, {.unbiased = true}).null_mean, 0);
  EXPECT_THAT(estimate.warnings, IsEmpty());
  EXPECT_EQ(estimate.estimator, "dcor(unbiased=false)");
}

TEST(Dcor, IsOneForAnAffineRelation) {
  const Tensor x = normal({200, 1}, "x");
  EXPECT_NEAR(dcor(x, 3 - 2 * x).number(), 1, 1e-12);
  EXPECT_NEAR(dcor(x, 3 - 2 * x, {.unbiased = true}).number(), 1, 1e-12);
}

TEST(Dcor, KeepsItsInvariances) {
  for (const DcorOptions& options : kStatistics) {
    expect_invariances([&](const Tensor& a, const Tensor& b) { return dcor(a, b, options); },
                       1e-11);
    const auto [x, y] = related(50);
    EXPECT_NEAR(dcor(7 * x, 1e-3 * y, options).number(), dcor(x, y, options).number(), 1e-12);
  }
}

// A column of zeros beside the one keeps it from being sorted.
TEST(Dcor, IsTheSameBySortingAndByTiles) {
  for (const int64_t n : {4, 5, 64, 65, 1000}) {
    for (const bool ties : {false, true}) {
      Tensor x = normal({n, 1}, "x"), y = x + normal({n, 1}, "noise");
      if (ties) {
        x = x.mul(2).round();
        y = y.mul(2).round();
      }
      const Tensor wide = at::cat({x, at::zeros_like(x)}, 1);
      for (const DcorOptions& options : kStatistics) {
        EXPECT_NEAR(dcor(x, y, options).number(), dcor(wide, y, options).number(), 1e-12)
            << n << " " << ties;
      }
    }
  }
}

TEST(Dcor, OfManyInOneColumnIsTheSameAtAnyNumberOfThreads) {
  const Tensor x = normal({30'000}, "x"), y = x.abs() + normal({30'000}, "noise");
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return dcor(x, y).number();
  };
  EXPECT_EQ(run(1), run(2));
  EXPECT_NEAR(dcor(x.to(at::kFloat), y.to(at::kFloat)).number(), run(1), 1e-6);
}

TEST(Dcor, UnbiasedNullMeanIsTheMeanOverAllPermutations) {
  const Tensor x = normal({6, 2}, "x"), y = x + 0.3 * normal({6, 2}, "noise");
  std::vector<int64_t> order(6);
  std::iota(order.begin(), order.end(), 0);
  double sum = 0;
  int negative = 0;
  do {
    const double value =
        dcor(x, y.index_select(0, at::tensor(order, at::kLong)), {.unbiased = true}).number();
    sum += value;
    negative += value < 0 ? 1 : 0;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_NEAR(sum / 720, 0, 1e-12);
  EXPECT_GT(negative, 100);  // never clipped
}

// The V-statistic says itself what independent data give.
TEST(Dcor, WarnsOfItsBias) {
  double sum = 0, told = 0;
  constexpr int kDraws = 50;
  for (int draw = 0; draw < kDraws; ++draw) {
    const Estimate estimate = dcor(normal({20, 5}, "x" + std::to_string(draw)),
                                   normal({20, 5}, "y" + std::to_string(draw)));
    sum += estimate.number();
    ASSERT_EQ(estimate.warnings.size(), 1U);
    const std::string& warning = estimate.warnings[0];
    ASSERT_THAT(warning, HasSubstr("independent data of this kind and size give about 0."));
    told += std::stod(warning.substr(warning.find("0.")));
  }
  // In 1000 replications value and told differ by -0.0008, with a deviation of 0.0265.
  EXPECT_NEAR(sum / kDraws, told / kDraws, 5 * 0.0265 / std::sqrt(kDraws));
}

TEST(Dcor, IsNeverNaN) {
  const Tensor x = normal({12, 3}, "x");
  for (const int64_t columns : {1, 2}) {
    const Tensor constant = at::full({12, columns}, 0.1, at::kDouble);
    for (const DcorOptions& options : kStatistics) {
      for (const bool graph : {false, true}) {
        const Tensor input = constant.clone().requires_grad_(graph);
        for (const Tensor& other : {x, x.slice(1, 0, 1)}) {
          const Estimate estimate = dcor(input, other, options);
          EXPECT_EQ(estimate.number(), 0);
          EXPECT_THAT(estimate.warnings, ElementsAre("x is constant: dcor is 0"));
          EXPECT_EQ(dcor(other, input, options).number(), 0);
          EXPECT_EQ(dcor(input, input, options).number(), 0);
        }
      }
    }
  }
  const Tensor corners = at::eye(12, at::kDouble) * 0.3;
  EXPECT_THAT(dcor(corners, x, {.unbiased = true}).warnings,
              Contains("all rows of x look as far from each other: dcor is 0"));
  EXPECT_EQ(dcor(corners, x, {.unbiased = true}).number(), 0);
  EXPECT_GT(dcor(corners, x).number(), 0);
}

TEST(Dcor, RefusesWhatHasNoAnswer) {
  for (const DcorOptions& options : kStatistics) {
    expect_refusals([&](const Tensor& a, const Tensor& b) { return dcor(a, b, options); });
  }
  Tensor bad = normal({5}, "x");
  bad[2] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { dcor(normal({5}, "x"), bad); }),
            "y contains 1 non-finite value, first at row 2, column 0");
  const Tensor x = normal({4, 2}, "x");
  EXPECT_EQ(message_of<ValueError>([&] { dcor(x.slice(0, 0, 1), x.slice(0, 0, 1)); }),
            "dcor needs at least 2 rows, got 1");
  EXPECT_EQ(
      message_of<ValueError>([&] { dcor(x.slice(0, 0, 3), x.slice(0, 0, 3), {.unbiased = true}); }),
      "unbiased dcor needs at least 4 rows, got 3");
  EXPECT_NEAR(dcor(x.slice(0, 0, 2), x.slice(0, 0, 2)).number(), 1, 1e-12);
  EXPECT_NEAR(dcor(x, x, {.unbiased = true}).number(), 1, 1e-10);
}

TEST(Dcor, GradientIsThatOfFiniteDifferences) {
  for (const DcorOptions& options : kStatistics) {
    for (const int64_t m : {5, 9, 30}) {
      const GradientCheck check = check_gradient(
          [&](const std::vector<Tensor>& in) { return dcor(in[0], in[1], options).value; },
          {normal({m, 3}, "x"), normal({m, m == 9 ? 1 : 2}, "y")});
      EXPECT_TRUE(check.passed) << check.report();
    }
  }
}

TEST(Dcor, GradientIsFiniteAtCoincidentPoints) {
  Tensor x = normal({8, 3}, "x");
  x[1] = x[0];
  x[5] = x[0];
  for (const DcorOptions& options : kStatistics) {
    for (const Tensor& point : {x, at::ones({8, 3}, at::kDouble), x.to(at::kFloat)}) {
      const Tensor leaf = point.clone().requires_grad_(true);
      const Tensor value = dcor(leaf, normal({8, 1}, "y"), options).value;
      const Tensor gradient = torch::autograd::grad({value}, {leaf})[0];
      EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
      EXPECT_LT(gradient.abs().max().item<double>(), 10);
    }
  }
}

TEST(DcorEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = small_segment(70);
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  for (const DcorOptions& options : kStatistics) {
    const auto coordinates = Dcor(options).evaluate(segment);
    ASSERT_EQ(coordinates.size(), 2U);
    for (size_t layer = 0; layer < 2; ++layer) {
      const Tensor t = segment.layers[layer].value.flatten(1);
      EXPECT_NEAR(coordinates[layer].complexity.number(), dcor(t, x, options).number(), 1e-12);
      EXPECT_NEAR(coordinates[layer].generalization.number(), dcor(t, y, options).number(), 1e-12);
    }
  }
  EXPECT_EQ(Dcor().axes().complexity, "dCor(T,X)");
  EXPECT_TRUE(Dcor().differentiable());
}

TEST(GramMatrix, OfDistancesIsThatOfTheTiles) {
  const Tensor x = normal({30, 3}, "x");
  const KernelVariable variable{"x", x, {Kernel::Kind::distance}};
  const Tensor distances = gram_matrix(variable);
  EXPECT_TRUE(at::allclose(distances, at::cdist(x, x, 2, 2), 1e-12, 1e-12));
  const GramStatistics tiles = gram_statistics({variable}, {{0, 0}});
  EXPECT_NEAR(tiles.products[0], (distances * distances).sum().item<double>(), 1e-9);
  EXPECT_NEAR(tiles.variables[0].rows[7], distances[7].sum().item<double>(), 1e-11);
  EXPECT_EQ(tiles.variables[0].trace, 0);
}

}  // namespace
}  // namespace glow
