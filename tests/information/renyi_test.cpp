#include "glow/information/renyi.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "glow/information/gradient_check.h"
#include "glow/information/gram.h"
#include "tests/information/kernel_support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

double in_bits(const Estimate& estimate) { return in_unit(estimate, Unit::bits).number(); }

TEST(Renyi, GivesTheReferenceVector) {
  const double x = in_bits(renyi_entropy(ramp_rows(), {.sigma = 5}));
  const double y = in_bits(renyi_entropy(wave_rows(), {.sigma = 1}));
  const double information = in_bits(renyi(ramp_rows(), wave_rows(), {.sigma_x = 5, .sigma_y = 1}));
  EXPECT_NEAR(x, 3.3130651310597, 1e-10);
  EXPECT_NEAR(y, 2.1966341910049, 1e-10);
  EXPECT_NEAR(x + y - information, 3.3175014069121, 1e-10);
  EXPECT_NEAR(information, 2.1921979151525, 1e-10);
}

TEST(Renyi, EqualsTheEigenvaluesOfNumPy) {
  for (const auto& item : kernel_cases()) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    for (const auto& of : item["renyi"]) {
      const RenyiOptions options{.alpha = of["alpha"],
                                 .sigma_x = item["sigma_x"].get<double>(),
                                 .sigma_y = item["sigma_y"].get<double>()};
      for (const bool graph : {false, true}) {
        const Tensor input = x.clone().requires_grad_(graph);
        const double information =
            of["x"].get<double>() + of["y"].get<double>() - of["joint"].get<double>();
        // Below one, what is left out as rounding is not nothing.
        const double tolerance = options.alpha < 1 ? 1e-7 : 1e-10;
        EXPECT_NEAR(renyi_entropy(input, options).number(), of["x"], tolerance);
        EXPECT_NEAR(renyi(input, y, options).number(), information, 2 * tolerance);
      }
    }
  }
}

// By the vectors of every processor.
class RenyiByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(RenyiByVectorsOf, OfOrderTwoNeedsNoEigenvalues) {
  const VectorLimit limit(GetParam());
  const auto [x, y] = related(150);
  // Between 1.999 and 2.001 there is no other path.
  const auto at_order = [&, x = x, y = y](double alpha) {
    return renyi(x, y, {.alpha = alpha, .sigma = 1.2}).number();
  };
  const double h = 1e-3;
  const double spectral = (at_order(2 - h) + at_order(2 + h)) / 2;
  const double bend = (at_order(2 - 2 * h) + at_order(2 + 2 * h)) / 2 - spectral;
  EXPECT_NEAR(at_order(2), spectral - bend / 3, 1e-10);
  EXPECT_NEAR(renyi(x.to(at::kFloat), y.to(at::kFloat), {.alpha = 2, .sigma = 1.2}).number(),
              at_order(2), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Bytes, RenyiByVectorsOf, testing::Values(16, 32, 64));

TEST(Renyi, GoesFromNothingToLnN) {
  const Tensor x = normal({40, 2}, "x");
  for (const double alpha : {0.5, 1.0, 1.01, 2.0, 5.0}) {
    const Estimate far = renyi_entropy(x, {.alpha = alpha, .sigma = 1e-4});
    EXPECT_NEAR(far.number(), std::log(40), 1e-10);
    EXPECT_EQ(far.ceiling, std::log(40));
    EXPECT_THAT(far.warnings, ElementsAre(HasSubstr("its rows look all apart")));
    EXPECT_THAT(renyi_entropy(x, {.alpha = alpha, .sigma = 1e4}).warnings,
                ElementsAre(HasSubstr("its rows look all the same")));
    // Far apart, labels have the entropy of their shares.
    const Tensor y = at::arange(40, at::kDouble).remainder(4);
    EXPECT_NEAR(renyi_entropy(y, {.alpha = alpha, .sigma = 0.01}).number(), std::log(4), 1e-10);
    EXPECT_NEAR(renyi(x, y, {.alpha = alpha, .sigma = 1e-4}).number(), std::log(4), 1e-10);
    EXPECT_EQ(renyi(x, y, {.alpha = alpha}).ceiling, std::log(4));
  }
}

TEST(Renyi, OneIsTheLimit) {
  const auto [x, y] = related(60);
  const auto at_order = [&, x = x, y = y](double alpha) {
    return renyi(x, y, {.alpha = alpha}).number();
  };
  EXPECT_NEAR(at_order(1), (at_order(1 - 1e-4) + at_order(1 + 1e-4)) / 2, 1e-7);
}

TEST(Renyi, SaysWhatItIs) {
  const auto [x, y] = related(100);
  const Estimate estimate = renyi(x, y);
  EXPECT_EQ(estimate.unit, Unit::nats);
  EXPECT_EQ(estimate.n, 100);
  EXPECT_EQ(estimate.value.dim(), 0);
  EXPECT_EQ(estimate.ceiling, std::log(100));
  EXPECT_TRUE(std::isnan(estimate.null_mean));
  EXPECT_THAT(estimate.warnings, IsEmpty());
  EXPECT_EQ(estimate.estimator, "renyi(alpha=1.01, sigma=median)");
  EXPECT_DOUBLE_EQ(in_bits(estimate), estimate.number() / std::log(2));
  EXPECT_LE(estimate.number(), renyi_entropy(x).number());
  EXPECT_LE(estimate.number(), renyi_entropy(y).number());
}

TEST(Renyi, KeepsItsInvariances) {
  for (const double alpha : {1.01, 2.0}) {
    expect_invariances(
        [&](const Tensor& a, const Tensor& b) { return renyi(a, b, {.alpha = alpha}); }, 1e-11);
  }
}

TEST(Renyi, OfAConstantIsZeroAndSaysSo) {
  const Tensor x = normal({12, 3}, "x"), constant = at::full({12, 2}, 0.1, at::kDouble);
  for (const double alpha : {1.01, 2.0}) {
    for (const bool graph : {false, true}) {
      const Tensor input = constant.clone().requires_grad_(graph);
      EXPECT_EQ(renyi(input, x, {.alpha = alpha}).number(), 0);
      EXPECT_EQ(renyi_entropy(input, {.alpha = alpha}).number(), 0);
      EXPECT_THAT(renyi(x, input, {.alpha = alpha}).warnings,
                  Contains("y is constant: its entropy is 0"));
    }
  }
}

TEST(Renyi, RefusesWhatHasNoAnswer) {
  for (const double alpha : {1.01, 2.0}) {
    expect_refusals(
        [&](const Tensor& a, const Tensor& b) { return renyi(a, b, {.alpha = alpha}); });
  }
  const Tensor x = normal({5, 2}, "x");
  EXPECT_EQ(message_of<ValueError>([&] { renyi(x.slice(0, 0, 1), x.slice(0, 0, 1)); }),
            "renyi needs at least 2 rows, got 1");
  for (const double alpha : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THAT(message_of<ValueError>([&] { renyi(x, x, {.alpha = alpha}); }),
                HasSubstr("alpha must be a positive number"));
  }
  const Tensor many = at::arange(300'000, at::kDouble);
  EXPECT_THAT(message_of<ValueError>([&] { renyi(many, many); }),
              HasSubstr("take fewer rows, or alpha=2"));
}

TEST(Renyi, GradientIsThatOfFiniteDifferences) {
  for (const double alpha : {0.7, 1.0, 1.01, 2.0, 3.0}) {
    for (const int64_t m : {4, 9, 25}) {
      const GradientCheck check = check_gradient(
          [&](const std::vector<Tensor>& in) {
            return renyi(in[0], in[1], {.alpha = alpha, .sigma = 0.8}).value;
          },
          {normal({m, 3}, "x"), normal({m, 2}, "y")});
      EXPECT_TRUE(check.passed) << alpha << " " << m << "\n" << check.report();
    }
  }
}

TEST(Renyi, GradientIsFiniteAtCoincidentPoints) {
  Tensor x = normal({8, 3}, "x");
  x[1] = x[0];
  x[5] = x[0];
  for (const double alpha : {0.5, 1.0, 1.01, 2.0}) {
    for (const Tensor& point : {x, at::ones({8, 3}, at::kDouble)}) {
      const Tensor leaf = point.clone().requires_grad_(true);
      const Tensor value = renyi(leaf, normal({8, 1}, "y"), {.alpha = alpha}).value;
      const Tensor gradient = torch::autograd::grad({value}, {leaf})[0];
      EXPECT_TRUE(at::isfinite(gradient).all().item<bool>()) << alpha;
    }
  }
}

// Two layers of features, one of them feature maps (n, 2, 2, 3).
Segment segment_with_maps() {
  Segment segment = small_segment(30);
  segment.layers[0].value =
      normal({30, 2, 2, 3}, "maps") * at::tensor({1.0, 40.0}, at::kDouble).view({1, 2, 1, 1});
  return segment;
}

TEST(RenyiEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = segment_with_maps();
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  for (const double alpha : {1.01, 2.0}) {
    const auto coordinates =
        Renyi({.alpha = alpha, .sigma = 1.5, .sigma_t = 0.9, .sigma_y = 0.7}).evaluate(segment);
    ASSERT_EQ(coordinates.size(), 2U);
    for (size_t layer = 0; layer < 2; ++layer) {
      const Tensor t = segment.layers[layer].value.flatten(1);
      const Estimate with_x = renyi(t, x, {.alpha = alpha, .sigma_x = 0.9, .sigma_y = 1.5});
      const Estimate with_y = renyi(t, y, {.alpha = alpha, .sigma_x = 0.9, .sigma_y = 0.7});
      EXPECT_NEAR(coordinates[layer].complexity.number(), with_x.number(), 1e-11);
      EXPECT_NEAR(coordinates[layer].generalization.number(), with_y.number(), 1e-11);
      EXPECT_EQ(coordinates[layer].generalization.ceiling, std::log(3));
    }
  }
  EXPECT_EQ(Renyi().axes().complexity, "I(X;T)");
  EXPECT_EQ(Renyi().unit(), Unit::nats);
  EXPECT_TRUE(Renyi().differentiable());
}

// Yu et al. 2020: the product of the channels' matrices, each with its own width.
TEST(RenyiEvaluate, MultipliesTheKernelsOfChannels) {
  const Segment segment = segment_with_maps();
  Tensor product = at::ones({30, 30}, at::kDouble);
  for (const Tensor& channel : segment.layers[0].value.unbind(1)) {
    const Tensor rows = channel.flatten(1);
    product =
        product * gram_matrix({"channel", rows, {Kernel::Kind::gaussian, median_distance(rows)}});
  }
  const auto gram = [](const Tensor& rows) {
    return gram_matrix({"rows", rows, {Kernel::Kind::gaussian, median_distance(rows)}});
  };
  const auto entropy = [](const Tensor& k) {
    return std::log((k / 30).square().sum().item<double>()) * -1;
  };
  const Tensor x = gram(segment.x.flatten(1)), y = gram(label_matrix(segment, segment.x));
  const Coordinates maps = Renyi({.alpha = 2}).evaluate(segment)[0];
  EXPECT_NEAR(maps.complexity.number(), entropy(product) + entropy(x) - entropy(product * x),
              1e-11);
  EXPECT_NEAR(maps.generalization.number(), entropy(product) + entropy(y) - entropy(product * y),
              1e-11);
}

TEST(RenyiEvaluate, MeasuresWithTheWidthsOfTheReference) {
  const Renyi estimator;
  const Segment first = segment_with_maps();
  Segment later = first;
  Fit fit;
  estimator.fit(first, fit);
  EXPECT_EQ(fit.means("sigma conv2d_1").size(), 2U);
  later.layers[0].value = first.layers[0].value * 2;
  EXPECT_GT(estimator.evaluate(later, fit)[0].complexity.number(),
            estimator.evaluate(first, fit)[0].complexity.number() + 1e-6);
  EXPECT_NEAR(estimator.evaluate(later)[0].complexity.number(),
              estimator.evaluate(first)[0].complexity.number(), 1e-10);
  EXPECT_THROW(estimator.evaluate(later, Fit()), StateError);
  // A dead channel has no width.
  later.layers[0].value.select(1, 1).zero_();
  EXPECT_GT(estimator.evaluate(later)[0].complexity.number(), 0);
}

TEST(RenyiEvaluate, KeepsTheGraphOfFeatureMaps) {
  Segment segment = segment_with_maps();
  const Tensor leaf = segment.layers[0].value.clone().requires_grad_(true);
  segment.layers[0].value = leaf;
  const auto coordinates = Renyi().evaluate(segment);
  const Tensor gradient = torch::autograd::grad({coordinates[0].complexity.value}, {leaf})[0];
  EXPECT_GT(gradient.abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace glow
