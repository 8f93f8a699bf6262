#include "glow/information/kernel_mi.h"

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const nlohmann::json& kernel_mi_vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/kernel_mi.json"));
  return loaded;
}

struct KernelMISample {
  Tensor x, y;
};
KernelMISample kernel_mi_sample(int64_t n, int64_t dx, int64_t dy) {
  const Tensor x = normal({n, dx}, "x");
  return {x, normal({n, dy}, "y") + x.slice(1, 0, 1).pow(2)};
}
const std::vector<KernelMIOptions> kDensityVariants{
    {}, {.bandwidth = 0.6}, {.kernel = "box"}, {.kernel = "box", .bandwidth = 0.8}};

class KernelMIByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(KernelMIByVectorsOf, EqualsInfomeasureAndSciPy) {
  const VectorLimit limit(GetParam());
  for (const auto& item : kernel_mi_vectors()["cases"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    const double bandwidth = item["bandwidth"];
    EXPECT_NEAR(kernel_mi(x, y, {.bandwidth = bandwidth}).number(), item["gaussian"], 1e-11);
    EXPECT_NEAR(kernel_mi(x, y).number(), item["gaussian_scott"], 1e-11);
    EXPECT_NEAR(kernel_mi(x, y, {.kernel = "box", .bandwidth = bandwidth}).number(), item["box"],
                1e-12);
    EXPECT_NEAR(kernel_mi(x, y, {.kernel = "box"}).number(), item["box_scott"], 1e-12);
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, KernelMIByVectorsOf, testing::Values(16, 32, 64));

// One column goes by series and by sorting, a second, of zeros nearly, by all pairs.
TEST(KernelMI, OfOneColumnIsThatOfAllPairs) {
  for (const int64_t n : {2, 3, 100, 700}) {
    const auto [x, y] = kernel_mi_sample(n, 1, 1);
    const Tensor heavy = x / (x - 0.3).abs();  // outliers: cells far apart
    for (const double bandwidth : {0.01, 0.3, 2.}) {
      for (const Tensor& first : {x, heavy}) {
        const Tensor twice = at::cat({first, at::zeros({n, 1}, at::kDouble)}, 1);
        const KernelMIOptions box{.kernel = "box", .bandwidth = bandwidth};
        EXPECT_NEAR(kernel_mi(first, y, box).number(), kernel_mi(twice, y, box).number(), 1e-12);
        if (n < 4) continue;
        const auto sums = [&](const Tensor& t) {
          return (((t - t.t()) / (bandwidth * t.std())).pow(2) * -0.5).exp().sum(1);
        };
        const double rho =
            ((first - first.mean()) * (y - y.mean())).mean().item<double>() /
            std::sqrt(first.var(0, false).item<double>() * y.var(0, false).item<double>());
        const Tensor u = (first - first.t()) / (bandwidth * first.std());
        const Tensor v = (y - y.t()) / (bandwidth * y.std());
        const Tensor joint =
            ((u * u + v * v - 2 * rho * u * v) * (-0.5 / (1 - rho * rho))).exp().sum(1);
        const double expected =
            (static_cast<double>(n) * joint / (sums(first) * sums(y))).log().mean().item<double>() -
            0.5 * std::log(1 - rho * rho);
        EXPECT_NEAR(kernel_mi(first, y, {.bandwidth = bandwidth}).number(), expected, 1e-11) << n;
      }
    }
  }
}

// Mean over 20 samples each, by the deviation of such a mean: five of them. The Gaussian of Scott's
// rule keeps the correlation; its bias at n = 1000 is below 0.04 in two dimensions.
TEST(KernelMI, ComesNearTheTruthOnGaussians) {
  for (const double rho : {0., .6, .9}) {
    double sum = 0;
    for (int r = 0; r < 20; ++r) {
      const std::string name = std::to_string(r);
      const Tensor x = normal({1000, 1}, "x" + name);
      const Tensor y = rho * x + std::sqrt(1 - rho * rho) * normal({1000, 1}, "y" + name);
      sum += kernel_mi(x, y).number() / 20;
    }
    const double error = 5 * std::max(rho, 0.1) / std::sqrt(20 * 1000.);
    EXPECT_NEAR(sum, -0.5 * std::log(1 - rho * rho), 0.04 + error) << rho;
  }
}

TEST(KernelMI, IsSymmetricAndKnowsNoOrderAndNoShift) {
  for (const int64_t d : {1, 3}) {
    const auto [x, y] = kernel_mi_sample(90, d, d);
    const Tensor order = at::randperm(90, make_generator(0, "order"), at::kLong);
    for (const KernelMIOptions& options : kDensityVariants) {
      const auto value = [&](const Tensor& a, const Tensor& b) {
        return kernel_mi(a, b, options).number();
      };
      const double expected = value(x, y);
      EXPECT_NEAR(value(y, x), expected, 1e-11);
      EXPECT_NEAR(value(x.index_select(0, order), y.index_select(0, order)), expected, 1e-11);
      EXPECT_NEAR(value(x + 64, y - 64), expected, 1e-10);
      EXPECT_NEAR(value(x.flip({1}), y), expected, 1e-11);
      if (options.kernel == "gaussian") {
        EXPECT_NEAR(value(x.mm(normal({d, d}, "map")), 1e3 * y), expected, 1e-9);
        // Columns that others determine.
        EXPECT_NEAR(value(at::cat({x, x.sum(1, true), at::ones({90, 1})}, 1), y), expected, 1e-9);
      } else if (!options.bandwidth) {
        EXPECT_NEAR(value(x * 8, y / 4), expected, 1e-12);
      }
    }
  }
}

TEST(KernelMI, SaysWhatItIs) {
  const auto [x, y] = kernel_mi_sample(100, 1, 1);
  const Estimate found = kernel_mi(x, y);
  EXPECT_EQ(found.estimator, "kernel_mi(kernel=gaussian)");
  EXPECT_EQ(found.unit, Unit::nats);
  EXPECT_EQ(found.bound, BoundKind::estimate);
  EXPECT_EQ(found.n, 100);
  EXPECT_EQ(found.value.dim(), 0);
  EXPECT_GE(found.ceiling, std::log(100.0));
  EXPECT_THAT(found.warnings, IsEmpty());
  EXPECT_DOUBLE_EQ(kernel_mi(x, y, {.kernel = "box"}).ceiling, std::log(100.0));
  EXPECT_EQ(KernelMI({.kernel = "box", .bandwidth = 0.5}).spec(),
            "kernel_mi(kernel=box, bandwidth=0.5)");
  EXPECT_EQ(KernelMI().unit(), Unit::nats);
  EXPECT_EQ(KernelMI().reference(), Reference::first);
  EXPECT_FALSE(KernelMI().differentiable());
  EXPECT_EQ(KernelMI().estimate(x, y).number(), found.number());
}

TEST(KernelMI, SaturatesAtItsCeilingAndSaysSo) {
  for (const int64_t d : {1, 2}) {
    const auto [x, y] = kernel_mi_sample(100, d, 1);
    for (const std::string kernel : {"gaussian", "box"}) {
      const Estimate found = kernel_mi(x, y, {.kernel = kernel, .bandwidth = 1e-6});
      EXPECT_NEAR(found.number(), found.ceiling, 1e-6);
      EXPECT_THAT(found.warnings, ElementsAre(StartsWith("saturated: ")));
      EXPECT_NEAR(kernel_mi(x, y, {.kernel = "box", .bandwidth = 1e3}).number(), 0, 1e-12);
    }
  }
}

TEST(KernelMI, OfAConstantIsZeroAndOfAFunctionInfinite) {
  const Tensor x = normal({60, 2}, "x"), constant = at::full({60, 2}, 0.1);
  for (const KernelMIOptions& options : kDensityVariants) {
    for (const Estimate& found :
         {kernel_mi(constant, x, options), kernel_mi(x, constant, options)}) {
      EXPECT_EQ(found.number(), 0);
      EXPECT_THAT(found.warnings, Contains(HasSubstr("is constant: the information is 0")));
    }
  }
  const Estimate same = kernel_mi(x, at::cat({x.slice(1, 1, 2) * 3, normal({60, 1}, "y")}, 1));
  EXPECT_EQ(same.number(), HUGE_VAL);
  EXPECT_THAT(same.warnings, ElementsAre(HasSubstr("the information is infinite")));
  EXPECT_LT(kernel_mi(x, x, {.kernel = "box"}).number(), std::log(60.0));
}

TEST(KernelMI, DoesNotNoticeHowItsInputLies) {
  const auto [x, y] = kernel_mi_sample(70, 3, 2);
  for (const KernelMIOptions& options : kDensityVariants) {
    const double value = kernel_mi(x, y, options).number();
    for (const Tensor& same : disguises(x)) {
      const Tensor before = same.detach().clone();
      const auto version = same._version();
      const Estimate found = kernel_mi(same, y, options);
      EXPECT_NEAR(found.number(), value, 1e-12);
      EXPECT_FALSE(found.value.requires_grad());
      EXPECT_TRUE(at::equal(same.detach(), before));
      EXPECT_EQ(same._version(), version);
    }
    const Tensor whole = x.mul(4).round(), target = y.mul(4).round();
    const double expected = kernel_mi(whole, target, options).number();
    EXPECT_NEAR(kernel_mi(whole.to(at::kFloat), target.to(at::kFloat), options).number(), expected,
                2e-5);
    for (const auto type : {at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kChar}) {
      EXPECT_EQ(kernel_mi(whole.to(type), target.to(type), options).number(), expected);
    }
  }
}

TEST(KernelMI, IsTheSameBitsAtAnyNumberOfThreads) {
  const auto [x, y] = kernel_mi_sample(800, 2, 2);
  for (const KernelMIOptions& options : kDensityVariants) {
    const auto run = [&, x = x, y = y](int threads) {
      const Threads scope(threads);
      return kernel_mi(x, y, options).number();
    };
    EXPECT_EQ(run(1), run(2));
    EXPECT_EQ(run(1), run(7));
  }
}

TEST(KernelMI, RefusesWhatHasNoAnswer) {
  const Tensor x = normal({5, 2}, "x");
  const auto message = [](const Tensor& a, const Tensor& b, const KernelMIOptions& options = {}) {
    return message_of<ValueError>([&] { kernel_mi(a, b, options); });
  };
  EXPECT_EQ(message(x, normal({5, 3}, "y")),
            "kernel_mi needs more rows than columns: got 5 rows, 2 + 3 columns");
  EXPECT_EQ(kernel_mi(x, normal({5, 3}, "y"), {.kernel = "box"}).n, 5);
  EXPECT_EQ(message(x.slice(0, 0, 1), x.slice(0, 0, 1), {.kernel = "box"}),
            "kernel_mi needs at least 2 rows, got 1");
  EXPECT_THAT(message(x, normal({6, 2}, "y")), HasSubstr("x has 5 rows, y has 6"));
  EXPECT_THAT(message(x.slice(0, 0, 0), x), HasSubstr("x is empty"));
  EXPECT_THAT(message(x, x, {.kernel = "bax"}), HasSubstr("did you mean 'box'?"));
  EXPECT_THAT(message(x, x, {.bandwidth = 0}), HasSubstr("bandwidth must be a positive number"));
  EXPECT_THAT(message(x, x, {.reference = "last"}), HasSubstr("unknown reference"));
  for (const KernelMIOptions& options : kDensityVariants) {
    for (const double bad : {std::nan(""), HUGE_VAL}) {
      Tensor y = x.clone();
      y[3][1] = bad;
      EXPECT_EQ(message(x, y, options), "y contains 1 non-finite value, first at row 3, column 1");
    }
  }
}

TEST(KernelMIEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = small_segment(70);
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  for (const KernelMIOptions& options : kDensityVariants) {
    const auto found = KernelMI(options).evaluate(segment);
    ASSERT_EQ(found.size(), 2U);
    for (size_t layer = 0; layer < 2; ++layer) {
      const Tensor t = segment.layers[layer].value.flatten(1);
      EXPECT_NEAR(found[layer].complexity.number(), kernel_mi(t, x, options).number(), 1e-13);
      EXPECT_NEAR(found[layer].generalization.number(), kernel_mi(t, y, options).number(), 1e-13);
      EXPECT_EQ(found[layer].complexity.estimator, KernelMI(options).spec());
    }
  }
}

TEST(KernelMIEvaluate, HasNoValueOfTooFewRows) {
  const auto found = KernelMI().evaluate(small_segment(9));
  EXPECT_FALSE(found[0].complexity.value.defined());  // 6 + 4 columns
  EXPECT_THAT(found[0].complexity.warnings,
              ElementsAre("kernel_mi needs more rows than columns: got 9 rows, 4 + 6 columns; no "
                          "value"));
  EXPECT_TRUE(found[0].generalization.value.defined());  // 4 + 3
}

TEST(KernelMIEvaluate, HasNoValueOfALinearLayer) {
  Segment segment = small_segment(70);
  segment.layers[0].value = segment.x.flatten(1).slice(1, 0, 2);
  const Estimate found = KernelMI().evaluate(segment)[0].complexity;
  EXPECT_FALSE(found.value.defined());
  EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("the information is infinite")));
}

TEST(KernelMIEvaluate, MeasuresWithTheWidthsOfTheReference) {
  const Segment first = small_segment(70);
  Segment later = small_segment(70);
  later.layers[0].value = 3 * later.layers[0].value;
  for (const KernelMIOptions& options : {KernelMIOptions{}, KernelMIOptions{.kernel = "box"}}) {
    const KernelMI estimator(options);
    Fit fit;
    estimator.fit(first, fit);
    // Three times as far apart under the same kernel is as under one of a third of the width.
    const double own = estimator.evaluate(later)[0].generalization.number();
    const double fitted = estimator.evaluate(later, fit)[0].generalization.number();
    EXPECT_NEAR(own, estimator.evaluate(first)[0].generalization.number(), 1e-10);
    EXPECT_GT(fitted, own);
    EXPECT_THROW(estimator.evaluate(later, Fit()), StateError);
  }
  const KernelMI numbers({.kernel = "box", .bandwidth = 1});
  EXPECT_TRUE(numbers.evaluate(later, Fit())[0].complexity.value.defined());
}

TEST(KernelMIEvaluate, NamesTheLayerThatIsNotFinite) {
  Segment segment = small_segment();
  segment.layers[1].value[3][2] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { KernelMI().evaluate(segment); }),
            "dense_1 contains 1 non-finite value, first at row 3, column 2");
}

TEST(KernelMIEvaluate, AUnitThatIsDeadAtTheReferenceLivesLater) {
  const Segment later = small_segment(200, 3);
  Segment first = later;
  first.layers[0].value = later.layers[0].value.clone();
  first.layers[0].value.select(3, 1).fill_(0.5);  // units 1 and 3 of four
  for (const KernelMIOptions& options : {KernelMIOptions{}, KernelMIOptions{.kernel = "box"}}) {
    const KernelMI estimator(options);
    Fit fit;
    estimator.fit(first, fit);
    const Estimate found = estimator.evaluate(later, fit)[0].generalization;
    const Estimate own = estimator.evaluate(later)[0].generalization;
    EXPECT_GT(found.number(), own.number());  // narrower kernels, not none
    EXPECT_LE(found.number(), std::log(200.0));
  }
}

TEST(KernelMIEvaluate, SaysWhenItIsAboveTheEntropyOfTheLabels) {
  Segment segment = small_segment(600, 3);
  segment.layers[1].value = 3 * segment.y.unsqueeze(1) + 0.1 * normal({600, 1}, "noise");
  const Estimate found = KernelMI().evaluate(segment)[1].generalization;
  EXPECT_GT(found.number(), found.ceiling);
  EXPECT_NEAR(found.ceiling, std::log(3.0), 0.02);
  EXPECT_THAT(found.warnings, Contains(HasSubstr("above H(Y)")));
}

}  // namespace
}  // namespace glow
