#include "glow/information/edge.h"

#include <cmath>
#include <utility>

#include "glow/information/check_estimator.h"
#include "glow/information/entropy.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const nlohmann::json& edge_vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/edge.json"));
  return loaded;
}

using EdgePair = std::pair<Tensor, Tensor>;

EdgePair edge_gaussians(int64_t n, int64_t d, double rho, const std::string& seed = "") {
  const Tensor x = normal({n, d}, "x" + seed);
  return {x, rho * x + std::sqrt(1 - rho * rho) * normal({n, d}, "y" + seed)};
}
// Figure 2 of the paper: Y = X + aU in the plane, U uniform on the unit square.
EdgePair edge_strip(int64_t n, double a, const std::string& seed = "") {
  const Tensor x = normal({n, 2}, "x" + seed);
  return {x, x + a * at::rand({n, 2}, make_generator(0, "u" + seed), at::kDouble)};
}
// Figure 3: N(j/2, 1) of a label j in 1 … 4, among d columns.
EdgePair edge_classes(int64_t n, int64_t d, const std::string& seed = "") {
  const Tensor j = labels(n, 4, "j" + seed) + 1;
  Tensor t = normal({n, d}, "t" + seed);
  t.select(1, 0).add_(j.to(at::kDouble) / 2);
  return {t, j};
}
double edge_value(const EdgePair& pair, const EdgeOptions& options = {}) {
  return edge(pair.first, pair.second, options).number();
}

EdgeOptions edge_case_options(const nlohmann::json& item) {
  EdgeOptions options;
  if (item.contains("hashes")) options.hashes = item["hashes"];
  if (item.contains("epsilon")) options.epsilon = item["epsilon"];
  if (item.contains("cap")) options.cap = item["cap"].get<double>();
  return options;
}

TEST(Edge, EqualsTheDefinitionWithDictionaries) {
  for (const auto& item : edge_vectors()["cases"]) {
    const EdgeOptions options = edge_case_options(item);
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]),
                 of_label = matrix(item["x_of_label"]);
    const Tensor label = at::tensor(item["label"].get<std::vector<int64_t>>(), at::kLong);
    EXPECT_NEAR(edge(x, y, options).number(), item["edge"], 1e-11);
    EXPECT_NEAR(edge(of_label, label, options).number(), item["edge_label"], 1e-11);
    EXPECT_NEAR(edge(label, of_label, options).number(), item["edge_label"], 1e-11);
  }
}

TEST(Edge, WeightsCancelPowersAndAreTheShortest) {
  const std::vector<double> t{1, 1.5, 2, 3, 4};
  for (int64_t orders = 0; orders <= 4; ++orders) {
    const auto w = edge_weights(t, orders);
    for (int64_t i = 0; i <= orders; ++i) {
      double moment = 0;
      for (size_t l = 0; l < t.size(); ++l) moment += w[l] * std::pow(t[l], static_cast<double>(i));
      EXPECT_NEAR(moment, i == 0 ? 1 : 0, 1e-9) << orders;
    }
  }
  for (const double w : edge_weights(t, 0)) EXPECT_DOUBLE_EQ(w, 0.2);
  // Shortest: a combination of the constraints.
  const auto w = edge_weights(t, 1);
  for (size_t l = 2; l < t.size(); ++l) {
    EXPECT_NEAR((w[l] - w[0]) / (t[l] - t[0]), (w[1] - w[0]) / (t[1] - t[0]), 1e-12);
  }
  EXPECT_THAT(message_of<ValueError>([&] { edge_weights(t, 5); }),
              HasSubstr("5 widths are too few"));
  EXPECT_THAT(message_of<ValueError>([&] { edge_weights({2, 1}, 0); }), HasSubstr("increase"));
}

// One draw each against the mean of 100 others, within five of their standard deviations: what the
// mean lacks of the truth is bias, and is written here so that a change of it is seen.
TEST(Edge, IsAsNearTheTruthAsItWas) {
  struct Case {
    EdgePair pair;
    double truth, mean, deviation;
  };
  const std::vector<Case> cases{
      {edge_gaussians(2000, 1, 0), 0, -0.0041, 0.0114},
      {edge_gaussians(2000, 1, 0.5), 0.143841, 0.1394, 0.0175},  // 1000 draws
      {edge_gaussians(2000, 1, 0.9), 0.830366, 0.8723, 0.0289},
      {edge_gaussians(2000, 2, 0), 0, 0.0014, 0.0220},
      {edge_gaussians(2000, 2, 0.5), 0.287682, 0.3245, 0.0323},
      {edge_gaussians(2000, 2, 0.9), 1.660731, 1.8638, 0.0530},
      // Strips of half a deviation, and of a tenth, are thin for the cells of 5000 samples.
      {edge_strip(5000, 0.5), 4.244791, 3.3930, 0.0343},
      {edge_strip(5000, 0.1), 7.443880, 4.5998, 0.0291},
      {edge_classes(5000, 1), 0.135829, 0.1364, 0.0073},
      {edge_classes(5000, 4), 0.135829, 0.1291, 0.0194}};
  for (const auto& item : cases) {
    EXPECT_NEAR(edge_value(item.pair), item.mean, 5 * item.deviation) << "truth " << item.truth;
  }
  EXPECT_NEAR(edge_vectors()["figure_2"]["0.5"], 4.244791, 5e-7);
  EXPECT_NEAR(edge_vectors()["figure_2"]["0.1"], 7.443880, 5e-7);
  EXPECT_NEAR(edge_vectors()["figure_3"], 0.135829, 5e-7);
}

// The bias falls as samples come: of the strips of figure 2, with cells as wide as they are.
TEST(Edge, ComesNearerWithSamples) {
  double before = HUGE_VAL;
  for (const int64_t n : {1000, 10'000, 100'000}) {
    const double apart = std::abs(edge_value(edge_strip(n, 0.5)) - 4.244791);
    EXPECT_LT(apart, before);
    before = apart;
  }
  EXPECT_LT(before, 0.55);
}

TEST(Edge, OfIndependentVariablesIsOneOfItsPermutations) {
  // A false alarm for a seed once chosen: 1 in 20.
  for (const int64_t d : {1, 2, 4, 10}) {
    const auto [x, y] = edge_gaussians(600, d, 0, "null");
    const double value = edge(x, y).number();
    std::vector<double> null;
    for (int64_t p = 0; p < 39; ++p) {
      const Tensor order = at::randperm(600, make_generator(1, "order", p), at::kLong);
      null.push_back(edge(x, y.index_select(0, order)).number());
    }
    EXPECT_GT(value, *std::min_element(null.begin(), null.end())) << d;
    EXPECT_LT(value, *std::max_element(null.begin(), null.end())) << d;
  }
}

// The authors' code gives 6.93 nats, its cap, for N(0, I_50).
TEST(Edge, OfFiftyIndependentColumnsIsNearZero) {
  const auto [x, y] = edge_gaussians(5000, 50, 0);
  const Estimate found = edge(x, y);
  EXPECT_NEAR(found.number(), 0, 0.14);  // five standard deviations, of 100 draws
  EXPECT_THAT(found.warnings, Contains(StartsWith("x has 50 columns: 4 random projections")));
}

TEST(Edge, WithNothingButSingleSamplesSaysSo) {
  const auto [x, y] = edge_gaussians(500, 3, 0.9);
  const Estimate found = edge(x, y, {.epsilon = 1e-3});
  EXPECT_NEAR(found.number(), 0, 1e-9);
  EXPECT_THAT(found.warnings,
              ElementsAre(StartsWith("fewer than two samples per occupied cell of x"),
                          StartsWith("fewer than two samples per occupied cell of y")));
}

// The 12 bits of issue #4 of the authors' code, which its cap of 10 bits turned into 10.
TEST(Edge, OfSymbolsIsTheirEntropyUnlessCapped) {
  const Tensor x = at::arange(4096 * 8).remainder(4096);
  const Estimate found = edge(x, x);
  EXPECT_NEAR(found.number(), 12 * std::log(2.0), 1e-3);
  EXPECT_DOUBLE_EQ(found.ceiling, 12 * std::log(2.0));
  EXPECT_THAT(found.warnings, IsEmpty());
  const Estimate capped = edge(x, x, {.cap = 10 * std::log(2.0)});
  EXPECT_NEAR(capped.number(), 10 * std::log(2.0), 1e-3);
  EXPECT_DOUBLE_EQ(capped.ceiling, 10 * std::log(2.0));
  EXPECT_THAT(capped.warnings,
              ElementsAre("cap reached: pairs of cells with 1e+02 % of the samples share more than "
                          "6.931471805599453 nats"));
  const auto pair = edge_strip(2000, 0.5);
  EXPECT_LT(edge_value(pair, {.cap = 1.5}), edge_value(pair) - 1);
  EXPECT_EQ(edge_value(pair, {.cap = 50}), edge_value(pair));
}

TEST(Edge, TakesClassesAsTheyAre) {
  const auto [t, j] = edge_classes(1000, 2);
  const double value = edge(t, j).number();
  EXPECT_EQ(edge(t, j.to(at::kDouble)).number(), value);
  EXPECT_EQ(edge(t, j.to(at::kInt).unsqueeze(1)).number(), value);
  EXPECT_NEAR(edge(t, 7 - 3 * j).number(), value, 1e-12);
  EXPECT_NEAR(edge(t, at::one_hot(j)).number(), value, 1e-12);
  EXPECT_DOUBLE_EQ(edge(t, j).ceiling, entropy(value_symbols(j.unsqueeze(1), "j").counts));
  // Whole numbers that hardly repeat are no classes.
  const Tensor many = (1e6 * t.slice(1, 0, 1)).round();
  EXPECT_NEAR(edge(many, t.slice(1, 0, 1)).number(),
              edge(t.slice(1, 0, 1), t.slice(1, 0, 1)).number(), 0.01);
  // What tells classes apart perfectly has all their entropy.
  EXPECT_NEAR(edge(50 * j + t.select(1, 0), j, {.epsilon = 0.25}).number(), edge(t, j).ceiling,
              1e-2);
}

TEST(Edge, KnowsNoOrderScalePlaceOrRole) {
  for (const int64_t d : {1, 3}) {
    const auto [x, y] = edge_gaussians(700, d, 0.7, "moved");
    const double value = edge(x, y).number();
    const Tensor order = at::randperm(700, make_generator(0, "order"), at::kLong);
    EXPECT_NEAR(edge(x.index_select(0, order), y.index_select(0, order)).number(), value, 1e-12);
    EXPECT_NEAR(edge(y, x).number(), value, 1e-12);
    EXPECT_NEAR(edge(x.flip({1}), y).number(), value, 1e-12);
    EXPECT_NEAR(edge(1000 * x + 3, y / 7).number(), value, 1e-12);
    EXPECT_NEAR(edge(at::cat({x, at::full({700, 2}, 0.1, at::kDouble)}, 1), y).number(), value,
                1e-12);
  }
}

TEST(Edge, DoesNotNoticeHowItsInputLies) {
  for (const int64_t d : {3, 9}) {
    const auto [x, y] = edge_gaussians(100, d, 0.5, "lies");
    const double value = edge(x, y).number();
    for (const Tensor& same : disguises(x)) {
      const Tensor before = same.detach().clone();
      at::manual_seed(1);
      EXPECT_EQ(edge(same, y).number(), value);
      const Tensor next = at::rand({1});
      at::manual_seed(1);
      EXPECT_TRUE(at::equal(at::rand({1}), next));
      EXPECT_FALSE(edge(same, y).value.requires_grad());
      EXPECT_TRUE(at::equal(same.detach(), before));
    }
    for (const auto type : {at::kFloat, at::kHalf}) {
      EXPECT_EQ(edge(x.to(type), y).number(), edge(x.to(type).to(at::kDouble), y).number());
    }
  }
}

TEST(Edge, IsTheSameBitsAtAnyNumberOfThreads) {
  for (const int64_t d : {2, 9}) {
    const auto [x, y] = edge_gaussians(900, d, 0.5, "threads");
    const auto run = [&, a = x, b = y](int threads) {
      const Threads scope(threads);
      const Estimate found = edge(a, b, {.errors = true});
      return std::pair(found.number(), found.standard_error);
    };
    EXPECT_EQ(run(1), run(2));
  }
}

TEST(Edge, GivesItsStandardError) {
  // The deviation of 1000 draws: 0.0175. The error is itself known to a fifth: three of them.
  const auto [x, y] = edge_gaussians(2000, 1, 0.5, "error");
  EXPECT_TRUE(std::isnan(edge(x, y).standard_error));
  EXPECT_NEAR(edge(x, y, {.errors = true}).standard_error, 0.0175, 0.6 * 0.0175);
  EXPECT_TRUE(
      std::isnan(edge(x.slice(0, 0, 90), y.slice(0, 0, 90), {.errors = true}).standard_error));
}

TEST(Edge, SaysWhatItIs) {
  const auto [x, y] = edge_gaussians(1000, 1, 0.5, "says");
  const Estimate found = edge(x, y);
  EXPECT_EQ(found.estimator, "edge(hashes=16, epsilon=2)");
  EXPECT_EQ(found.unit, Unit::nats);
  EXPECT_EQ(found.bound, BoundKind::estimate);
  EXPECT_EQ(found.n, 1000);
  EXPECT_DOUBLE_EQ(found.ceiling, std::log(1000.0));
  EXPECT_EQ(found.null_mean, 0);
  EXPECT_THAT(found.warnings, IsEmpty());
  EXPECT_EQ(Edge({.cap = 3}).spec(), "edge(cap=3)");
  EXPECT_EQ(Edge().axes().complexity, "I(X;T)");
  EXPECT_EQ(Edge().unit(), Unit::nats);
  EXPECT_EQ(Edge().reference(), Reference::first);
  EXPECT_FALSE(Edge().differentiable());
}

TEST(Edge, OfAConstantIsZeroAndSaysSo) {
  const Tensor x = normal({60, 2}, "x"), constant = at::full({60, 3}, 0.1);
  for (const auto& [a, b] :
       {EdgePair{constant, x}, {x, constant}, {x, at::ones({60}, at::kLong)}}) {
    EXPECT_EQ(edge(a, b).number(), 0);
    EXPECT_THAT(edge(a, b).warnings, ElementsAre(HasSubstr(" is constant: the information is 0")));
  }
}

TEST(Edge, KeepsTheContract) {
  EXPECT_EQ(fault_report(check_estimator(Edge(), {.scaled = true, .gaussian_error = 0.1})), "");
}

TEST(EdgeEvaluate, IsTheEstimateOfEachLayer) {
  Segment segment = small_segment(300, 3);
  const auto found = Edge().evaluate(segment);
  ASSERT_EQ(found.size(), 2U);
  const Tensor x = segment.x.flatten(1);
  for (size_t i = 0; i < 2; ++i) {
    const Tensor t = segment.layers[i].value.flatten(1);
    EXPECT_EQ(found[i].complexity.number(), edge(t, x).number());
    EXPECT_EQ(found[i].generalization.number(), edge(t, segment.y).number());
    EXPECT_EQ(found[i].complexity.estimator, Edge().spec());
  }
  segment.classes = 0;
  EXPECT_EQ(Edge().evaluate(segment)[1].generalization.number(), found[1].generalization.number());
  segment.y = x.slice(1, 0, 1).clone();
  EXPECT_EQ(Edge().evaluate(segment)[1].generalization.number(),
            edge(segment.layers[1].value, segment.y).number());
}

TEST(EdgeEvaluate, MeasuresWithTheWidthsOfTheReference) {
  Segment segment = small_segment(300, 3), later = segment;
  const Edge estimator;
  Fit fit;
  estimator.fit(segment, fit);
  const double first = estimator.evaluate(segment, fit)[0].complexity.number();
  later.layers[0].value = later.layers[0].value * 0.01;
  EXPECT_LT(estimator.evaluate(later, fit)[0].complexity.number(), 0.5 * first);
  EXPECT_NEAR(estimator.evaluate(later)[0].complexity.number(), first, 1e-9);
  // So where columns are projected.
  Segment wide = segment;
  wide.layers = {{.name = "dense_1", .value = segment.x.flatten(1).mm(normal({6, 9}, "wide"))}};
  Fit of_wide;
  estimator.fit(wide, of_wide);
  const double before = estimator.evaluate(wide, of_wide)[0].generalization.number();
  wide.layers[0].value = wide.layers[0].value * 0.01;
  EXPECT_NE(estimator.evaluate(wide, of_wide)[0].generalization.number(), before);
  EXPECT_NEAR(estimator.evaluate(wide)[0].generalization.number(), before, 1e-9);
  // A constant reference has no width: the layer's own is taken.
  Segment dead = segment;
  dead.layers[0].value = at::zeros_like(dead.layers[0].value);
  Fit of_dead;
  estimator.fit(dead, of_dead);
  EXPECT_EQ(estimator.evaluate(dead, of_dead)[0].complexity.number(), 0);
  EXPECT_NEAR(estimator.evaluate(segment, of_dead)[0].complexity.number(), first, 1e-9);
  // The noise of a dead unit is not what is measured.
  Segment noisy = segment;
  noisy.layers[0].value = segment.layers[0].value.clone();
  noisy.layers[0].value.flatten(1).select(1, 2).copy_(1e-9 * normal({300}, "noise"));
  Segment still = noisy;
  still.layers[0].value = noisy.layers[0].value.clone();
  still.layers[0].value.flatten(1).select(1, 2).zero_();
  Fit of_noisy;
  estimator.fit(noisy, of_noisy);
  EXPECT_NEAR(estimator.evaluate(noisy, of_noisy)[0].generalization.number(),
              estimator.evaluate(still, of_noisy)[0].generalization.number(), 1e-6);
  later.layers[0].value = later.layers[0].value.flatten(1).slice(1, 0, 3);
  EXPECT_EQ(message_of<ValueError>([&] { estimator.evaluate(later, fit); }),
            "conv2d_1 has 3 columns, its widths were taken from 4");
}

TEST(Edge, RefusesWhatHasNoAnswer) {
  const Tensor x = normal({10, 2}, "x");
  const auto message = [](auto f) { return message_of<ValueError>(f); };
  EXPECT_THAT(message([&] { edge(x, x.slice(0, 1)); }), HasSubstr("x has 10 rows, y has 9"));
  EXPECT_THAT(message([&] { edge(x.slice(0, 0, 1), x.slice(0, 0, 1)); }),
              HasSubstr("edge needs at least 2 rows, got 1"));
  EXPECT_THAT(message([&] { edge(x.view({10, 2, 1}), x); }), HasSubstr("flatten it first"));
  EXPECT_THAT(message([] { Edge({.hashes = 0}); }), HasSubstr("hashes must be at least 1, got 0"));
  EXPECT_THAT(message([] { Edge({.epsilon = -1}); }), HasSubstr("epsilon must be a positive"));
  EXPECT_THAT(message([] { Edge({.cap = 0}); }), HasSubstr("cap must be positive, got 0"));
  EXPECT_THAT(message([] { Edge({.reference = "last"}); }), HasSubstr("unknown reference 'last'"));
  Tensor broken = x.clone();
  broken[4][1] = HUGE_VAL;
  EXPECT_EQ(message([&] { edge(x, broken); }),
            "y contains 1 non-finite value, first at row 4, column 1");
  EXPECT_THAT(message([&] { edge(1e300 * x, x); }), HasSubstr("beyond what float64 can scale"));
}

}  // namespace
}  // namespace glow
