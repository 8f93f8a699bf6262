#include "glow/information/kde.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "glow/information/gradient_check.h"
#include "glow/information/kernel_sums.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const nlohmann::json& kde_vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/kde.json"));
  return loaded;
}
Tensor class_tensor(const nlohmann::json& y) {
  return at::tensor(y.get<std::vector<int64_t>>(), at::kLong);
}
Tensor plus_minus_one(int64_t n) { return at::arange(n, at::kDouble).remainder(2) * 2 - 1; }

// T = ±1 equiprobable: the table of the reference.
TEST(KDE, BracketsTheInformationOfTwoSymbolsInNoise) {
  const std::vector<double> lower{0.566219, 0.219070, 0.060548};
  const std::vector<double> upper{0.692812, 0.566219, 0.219070};
  const std::vector<double> truth{0.632720, 0.336831, 0.111421};
  for (const int64_t n : {2, 100}) {
    for (size_t i = 0; i < 3; ++i) {
      const auto& item = kde_vectors()["bpsk"][i];
      EXPECT_NEAR(item["true"], truth[i], 5e-7);
      const double sigma = item["sigma"];
      const KDEBounds bounds = kde_bounds(plus_minus_one(n).unsqueeze(1), sigma * sigma);
      EXPECT_NEAR(bounds.lower, lower[i], 5e-7);
      EXPECT_NEAR(bounds.upper, upper[i], 5e-7);
      EXPECT_LT(bounds.lower, truth[i]);
      EXPECT_GT(bounds.upper, truth[i]);
    }
  }
}

TEST(KDE, GivesTheVectorOfTheReference) {
  const Tensor y = (at::arange(50, at::kDouble).view({10, 5}) * (2 * M_PI / 50)).sin();
  EXPECT_NEAR(kde_information(y).number(), 1.9896373764999662, 1e-13);
  EXPECT_NEAR(kde_information(y, {.bound = "lower"}).number(), 1.4058625124594766, 1e-13);
}

class KDEByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(KDEByVectorsOf, EqualsTheDefinitionWithWholeMatrices) {
  const VectorLimit limit(GetParam());
  for (const auto& item : kde_vectors()["cases"]) {
    const Tensor t = matrix(item["t"]), y = class_tensor(item["y"]);
    for (const auto type : {at::kDouble, at::kFloat}) {
      const double tolerance = type == at::kDouble ? 1e-12 : 2e-5;
      for (const std::string bound : {"upper", "lower"}) {
        const KDEOptions options{.variance = item["variance"], .bound = bound};
        EXPECT_NEAR(kde_information(t.to(type), options).number(), item[bound], tolerance);
        EXPECT_NEAR(kde_label_information(t.to(type), y, options).number(), item["label_" + bound],
                    tolerance);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, KDEByVectorsOf, testing::Values(16, 32, 64));

// Every number of rows beside a whole number of tiles, narrow and wide.
TEST(KernelSums, AreThoseOfWholeMatrices) {
  for (const int64_t n : {1, 63, 64, 65, 130}) {
    for (const int64_t d : {1, 7, 96, 97, 150}) {
      const std::string name = std::to_string(n) + " " + std::to_string(d);
      const Tensor x = normal({n, d}, "x" + name) + 5, y = labels(n, 4, "y" + name);
      const double scale = 0.5 / static_cast<double>(d);
      const Tensor k = (x.unsqueeze(0) - x.unsqueeze(1)).pow(2).sum(2).mul(-scale).exp();
      const Tensor same = y.unsqueeze(0).eq(y.unsqueeze(1)).to(at::kDouble);
      const std::vector<Tensor> expected{k, k.pow(4), k * same, k.pow(4) * same};
      const Tensor group = y.to(at::kInt).contiguous();
      const int32_t* first = group.const_data_ptr<int32_t>();
      for (const auto type : {at::kDouble, at::kFloat}) {
        const auto found = kernel_sums({"x", x.to(type), scale},
                                       {{},
                                        {.fourth_power = true},
                                        {.within_group = true},
                                        {.fourth_power = true, .within_group = true}},
                                       {first, first + n});
        for (size_t s = 0; s < expected.size(); ++s) {
          EXPECT_TRUE(at::allclose(at::tensor(found[s], at::kDouble), expected[s].sum(1),
                                   type == at::kDouble ? 1e-12 : 2e-5, 0))
              << name << " sum " << s;
        }
      }
    }
  }
}

// In float32 with ‖a‖² + ‖b‖² − 2⟨a,b⟩ the distance of a row to itself is not zero, and the bound
// passes ln n: 9.2107 at n = 10 000.
TEST(KDE, NeverPassesItsCeilingInSinglePrecision) {
  const Tensor t = at::rand({600, 1024}, make_generator(0, "trap"), at::TensorOptions());
  for (const double shift : {0., 100.}) {
    const Estimate found = kde_information(t + shift);
    EXPECT_LE(found.number(), std::log(600.0) + 1e-12);
    EXPECT_NEAR(found.number(), std::log(600.0), 1e-6);
    EXPECT_THAT(found.warnings, ElementsAre(StartsWith("saturated: ")));
  }
  // Twins have exactly each other, however large they are against the noise.
  const Tensor twins = at::cat({t, t}) * 100;
  EXPECT_NEAR(kde_information(twins).number(), std::log(600.0), 1e-12);
  // Rounding of their distances would be all there is to see.
  const Tensor near = t.slice(0, 0, 1).mul(30).expand({300, 1024}) +
                      1e-3 * at::randn({300, 1024}, make_generator(0, "near"), at::TensorOptions());
  EXPECT_NEAR(kde_information(near, {.variance = 1e-3}).number(),
              kde_information(near.to(at::kDouble), {.variance = 1e-3}).number(), 1e-3);
}

TEST(KDE, LowerBoundIsTheUpperOneOfFourTimesTheVariance) {
  for (const int64_t d : {2, 200}) {
    const Tensor t = normal({90, d}, "t"), y = labels(90, 3, "y");
    const double variance = 0.1 * static_cast<double>(d);
    const KDEOptions lower{.variance = variance, .bound = "lower"}, upper{.variance = 4 * variance};
    EXPECT_NEAR(kde_information(t, lower).number(), kde_information(t, upper).number(), 1e-12);
    EXPECT_NEAR(kde_label_information(t, y, lower).number(),
                kde_label_information(t, y, upper).number(), 1e-12);
    EXPECT_LT(kde_information(t, lower).number(),
              kde_information(t, {.variance = variance}).number());
  }
}

TEST(KDE, FallsWithTheNoiseFromTheCeilingToZero) {
  const Tensor t = normal({80, 3}, "t");
  double before = std::log(80.0) + 1e-12;
  for (const double variance : {1e-6, 0.01, 0.1, 1., 10., 1e6}) {
    const double now = kde_information(t, {.variance = variance}).number();
    EXPECT_LE(now, before);
    before = now;
  }
  EXPECT_NEAR(kde_information(t, {.variance = 1e-8}).number(), std::log(80.0), 1e-9);
  EXPECT_NEAR(before, 0, 1e-5);
}

TEST(KDE, KnowsNoOrderNoShiftNoRotationAndNoNamesOfClasses) {
  const Tensor t = normal({70, 4}, "t"), y = labels(70, 3, "y");
  const Tensor order = at::randperm(70, make_generator(0, "order"), at::kLong);
  const Tensor rotation = std::get<0>(at::linalg_qr(normal({4, 4}, "rotation")));
  const double whole = kde_information(t).number(), label = kde_label_information(t, y).number();
  const auto expect_same = [&](const Tensor& other, const Tensor& names, double tolerance) {
    EXPECT_NEAR(kde_information(other).number(), whole, tolerance);
    EXPECT_NEAR(kde_label_information(other, names).number(), label, tolerance);
  };
  expect_same(t.index_select(0, order), y.index_select(0, order), 1e-12);
  expect_same(t + 1000, y, 1e-9);
  expect_same(t.mm(rotation), y, 1e-12);
  expect_same(t.flip({1}), 7 - y, 1e-12);
  expect_same(t, at::one_hot(y, 3), 1e-12);
  EXPECT_NEAR(kde_information(10 * t, {.variance = 10}).number(), whole, 1e-12);
}

TEST(KDE, LabelInformationEndsAtTheEntropyOfTheLabels) {
  const Tensor y = labels(200, 4, "y");
  const Tensor apart = y.to(at::kDouble).unsqueeze(1) * 100;
  const Estimate known = kde_label_information(apart, y);
  EXPECT_NEAR(known.number(), known.ceiling, 1e-12);
  EXPECT_LT(known.ceiling, std::log(4.0));
  EXPECT_THAT(known.warnings, IsEmpty());
  EXPECT_NEAR(kde_information(apart).number(), known.ceiling, 1e-12);
}

TEST(KDE, SaysWhatItIs) {
  const Tensor t = normal({40, 1}, "t"), y = labels(40, 2, "y");
  const Estimate whole = kde_information(t), label = kde_label_information(t, y);
  EXPECT_EQ(whole.estimator, "kde(variance=0.1, bound=upper)");
  EXPECT_EQ(whole.bound, BoundKind::upper);
  EXPECT_EQ(kde_information(t, {.bound = "lower"}).bound, BoundKind::lower);
  EXPECT_EQ(label.bound, BoundKind::estimate);
  EXPECT_EQ(whole.unit, Unit::nats);
  EXPECT_EQ(whole.n, 40);
  EXPECT_DOUBLE_EQ(whole.ceiling, std::log(40.0));
  EXPECT_THAT(whole.warnings, IsEmpty());
  EXPECT_EQ(KDE({.variance = 1e-3}).spec(), "kde(variance=0.001)");
  EXPECT_EQ(KDE().unit(), Unit::nats);
  EXPECT_TRUE(KDE().differentiable());
  EXPECT_EQ(KDE().axes().complexity, "I(X;T)");
  const Estimate saturated = kde_label_information(1e4 * t, y);
  EXPECT_THAT(saturated.warnings, ElementsAre(HasSubstr("the estimate is H(Y) whatever")));
  EXPECT_THAT(kde_label_information(t, t).warnings, ElementsAre(StartsWith("no two rows of y")));
}

TEST(KDE, TakesYToBeAFunctionOfXAndSaysSo) {
  const Tensor x = normal({30, 2}, "x"), y = x.sin();
  const Estimate found = kde(x, y);
  EXPECT_EQ(found.number(), kde_information(y).number());
  EXPECT_THAT(found.warnings, ElementsAre("y is taken to be a function of x, with Gaussian noise "
                                          "of variance 0.1 added"));
  EXPECT_EQ(KDE().estimate(x, y).number(), found.number());
  const Tensor twice = at::cat({x, x});
  EXPECT_EQ(kde(twice, at::cat({y, y})).n, 60);
  EXPECT_EQ(message_of<ValueError>([&] {
              kde(twice, at::cat({y, y + 1}));
            }),
            "x is equal in rows 0 and 30, y is not: kde takes y to be a function of x");
}

TEST(KDE, OfAConstantIsZeroAndSaysSo) {
  const Tensor y = labels(70, 2, "y");
  for (const int64_t d : {3, 120}) {
    for (const bool graph : {false, true}) {
      const Tensor t = at::full({70, d}, 0.1).requires_grad_(graph);
      EXPECT_EQ(kde_information(t).number(), 0);
      EXPECT_EQ(kde_label_information(t, y).number(), 0);
      EXPECT_THAT(kde_information(t).warnings, ElementsAre("t is constant: the information is 0"));
      const Tensor live = normal({70, d}, "t").requires_grad_(graph);
      const Estimate one = kde_label_information(live, at::zeros({70}));
      EXPECT_EQ(one.number(), 0);
      EXPECT_THAT(one.warnings, ElementsAre("y is constant: the information is 0"));
    }
  }
}

TEST(KDE, DoesNotNoticeHowItsInputLies) {
  const Tensor t = normal({33, 4}, "t");
  const double value = kde_information(t).number();
  for (const Tensor& same : disguises(t)) {
    const Tensor before = same.detach().clone();
    const auto version = same._version();
    EXPECT_NEAR(kde_information(same).number(), value, 1e-13);
    EXPECT_TRUE(at::equal(same.detach(), before));
    EXPECT_EQ(same._version(), version);
  }
  const Tensor whole = t.mul(2).round();
  for (const auto type : {at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kChar}) {
    EXPECT_EQ(kde_information(whole.to(type)).number(), kde_information(whole).number());
  }
}

TEST(KDE, IsTheSameBitsAtAnyNumberOfThreads) {
  for (const int64_t d : {3, 600}) {
    const Tensor t = normal({500, d}, "t").to(at::kFloat), y = labels(500, 3, "y");
    const auto run = [&](int threads) {
      const Threads scope(threads);
      return kde_label_information(t, y, {.variance = static_cast<double>(d)}).number();
    };
    EXPECT_EQ(run(1), run(2));
    EXPECT_EQ(run(1), run(7));
  }
}

TEST(KDE, NeitherUsesNorChangesTheGlobalGenerator) {
  at::manual_seed(5);
  const Tensor expected = at::rand({3});
  at::manual_seed(5);
  kde_information(normal({20, 2}, "t"));
  EXPECT_TRUE(at::equal(at::rand({3}), expected));
}

TEST(KDE, RefusesWhatHasNoAnswer) {
  const Tensor t = normal({5, 2}, "t"), y = labels(5, 2, "y");
  const auto message = [](const auto& body) { return message_of<ValueError>(body); };
  EXPECT_EQ(message([&] { kde_information(t.slice(0, 0, 1)); }),
            "kde needs at least 2 rows, got 1");
  EXPECT_THAT(message([&] { kde_information(t.slice(0, 0, 0)); }), HasSubstr("t is empty"));
  EXPECT_THAT(message([&] { kde_information(t.view({5, 2, 1})); }), HasSubstr("flatten it first"));
  EXPECT_THAT(message([&] { kde_label_information(t, labels(6, 2, "y")); }),
              HasSubstr("t has 5 rows, y has 6"));
  EXPECT_THAT(message([&] { kde(t, normal({6, 2}, "y")); }), HasSubstr("x has 5 rows, y has 6"));
  EXPECT_THAT(message([] { KDE({.variance = 0}); }), HasSubstr("variance must be a positive"));
  EXPECT_THAT(message([] { KDE({.bound = "uper"}); }), HasSubstr("did you mean 'upper'?"));
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    for (const bool graph : {false, true}) {
      for (const auto type : {at::kFloat, at::kDouble}) {
        Tensor broken = t.to(type).clone();
        broken[3][1] = bad;
        broken.requires_grad_(graph);
        EXPECT_EQ(message([&] { kde_information(broken); }),
                  "t contains 1 non-finite value, first at row 3, column 1");
      }
    }
  }
  EXPECT_THAT(message([] {
                kde_information(at::zeros({300'000, 1}).requires_grad_(true));
              }),
              testing::AllOf(HasSubstr("300,000 rows need"), HasSubstr("leave out the gradient")));
}

TEST(KDE, GradientIsThatOfFiniteDifferences) {
  for (const int64_t n : {2, 8, 40}) {
    const Tensor y = labels(n, 2, "y");
    for (const std::string bound : {"upper", "lower"}) {
      const KDEOptions options{.variance = 0.5, .bound = bound};
      const GradientCheck check = check_gradient(
          [&](const std::vector<Tensor>& in) {
            return kde_information(in[0], options).value +
                   2 * kde_label_information(in[0], y, options).value;
          },
          {normal({n, 3}, "t")});
      EXPECT_TRUE(check.passed) << check.report();
    }
  }
}

TEST(KDE, GradientIsFiniteAtCoincidentPoints) {
  Tensor t = normal({8, 3}, "t");
  t[1] = t[0];
  t[5] = t[0];
  const GradientCheck check = check_gradient(
      [&](const std::vector<Tensor>& in) { return kde_information(in[0]).value; }, {t});
  EXPECT_TRUE(check.passed) << check.report();
}

TEST(KDE, ValueIsTheSameWithAGraph) {
  const Tensor t = normal({50, 3}, "t"), y = labels(50, 3, "y");
  const Tensor leaf = t.clone().requires_grad_(true);
  EXPECT_TRUE(kde_information(leaf).value.requires_grad());
  EXPECT_EQ(kde_information(leaf).value.scalar_type(), at::kDouble);
  EXPECT_NEAR(kde_information(leaf).number(), kde_information(t).number(), 1e-12);
  EXPECT_NEAR(kde_label_information(leaf, y).number(), kde_label_information(t, y).number(), 1e-12);
  const at::AutoGradMode no_graph(false);
  EXPECT_EQ(kde_information(leaf).number(), kde_information(t).number());
}

TEST(KDEEvaluate, GivesBothCoordinatesOfEveryLayer) {
  const Segment segment = small_segment(70);
  for (const std::string bound : {"upper", "lower"}) {
    const KDEOptions options{.bound = bound};
    const auto found = KDE(options).evaluate(segment);
    ASSERT_EQ(found.size(), 2U);
    for (size_t layer = 0; layer < 2; ++layer) {
      const Tensor t = segment.layers[layer].value.flatten(1);
      EXPECT_NEAR(found[layer].complexity.number(), kde_information(t, options).number(), 1e-13);
      EXPECT_EQ(found[layer].generalization.number(),
                kde_label_information(t, segment.y, options).number());
      EXPECT_EQ(found[layer].complexity.bound,
                bound == "upper" ? BoundKind::upper : BoundKind::lower);
      EXPECT_EQ(found[layer].generalization.bound, BoundKind::estimate);
      EXPECT_EQ(found[layer].complexity.estimator, KDE(options).spec());
    }
  }
}

TEST(KDEEvaluate, CountsTheNetworksOwnNoiseAsInformationAndSaysSo) {
  Segment segment = small_segment();
  segment.deterministic = false;
  const Estimate upper = KDE().evaluate(segment)[0].complexity;
  EXPECT_EQ(upper.bound, BoundKind::upper);
  EXPECT_THAT(upper.warnings, Contains(HasSubstr("count as information")));
  EXPECT_EQ(KDE({.bound = "lower"}).evaluate(segment)[0].complexity.bound, BoundKind::estimate);
}

TEST(KDEEvaluate, KnowsTargetsOnlyWhereTheyAreDiscrete) {
  Segment segment = small_segment();
  const double expected = KDE().evaluate(segment)[0].generalization.number();
  segment.y = at::one_hot(segment.y, 3).to(at::kFloat);
  segment.classes = 0;
  EXPECT_NEAR(KDE().evaluate(segment)[0].generalization.number(), expected, 1e-13);
  segment.y = normal({24, 1}, "targets");
  const Coordinates found = KDE().evaluate(segment)[0];
  EXPECT_FALSE(found.generalization.value.defined());
  EXPECT_THAT(found.generalization.warnings, ElementsAre(HasSubstr("needs classes")));
  EXPECT_GT(found.complexity.number(), 0);
}

TEST(KDEEvaluate, KeepsTheGraphOfALayerAndNamesTheBadOne) {
  Segment segment = small_segment();
  segment.layers[0].value = segment.layers[0].value.clone().requires_grad_(true);
  const Tensor gradient = torch::autograd::grad({KDE().evaluate(segment)[0].generalization.value},
                                                {segment.layers[0].value})[0];
  EXPECT_GT(gradient.abs().max().item<double>(), 0);
  segment.layers[1].value[3][2] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { KDE().evaluate(segment); }),
            "dense_1 contains 1 non-finite value, first at row 3, column 2");
}

}  // namespace
}  // namespace glow
