#include "glow/information/binned.h"

#include <cmath>
#include <map>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Segment one_layer(const Tensor& t, const Tensor& y, int64_t classes) {
  Segment segment;
  segment.x = t;
  segment.layers = {{.name = "dense_1", .value = t}};
  segment.y = y;
  segment.classes = classes;
  return segment;
}
Coordinates only(const std::vector<Coordinates>& all) { return all.at(0); }
double bits(const Estimate& estimate) { return in_unit(estimate, Unit::bits).number(); }
TEST(Binned, EqualsNumPys) {
  for (const auto& item : vectors()["binned"]) {
    const Segment segment =
        one_layer(matrix(item["t"]), at::tensor(item["y"].get<std::vector<int64_t>>(), at::kLong),
                  item["classes"]);
    const Coordinates plain = only(Binned({.bins = item["bins"]}).evaluate(segment));
    EXPECT_NEAR(plain.complexity.number(), item["complexity"], 1e-13);
    EXPECT_NEAR(plain.generalization.number(), item["generalization"], 1e-13);
    const Coordinates corrected =
        only(Binned({.bins = item["bins"], .correction = "miller_madow"}).evaluate(segment));
    EXPECT_NEAR(corrected.complexity.number(), item["complexity_miller_madow"], 1e-13);
    EXPECT_NEAR(corrected.generalization.number(), item["generalization_miller_madow"], 1e-13);
    EXPECT_EQ(binned_entropy(segment.x, {.bins = item["bins"]}).number(),
              plain.complexity.number());
    EXPECT_EQ(binned_mutual_information(segment.x, segment.y, {.bins = item["bins"]}).number(),
              plain.generalization.number());
  }
}

// The labels of Shwartz-Ziv and Tishby: twelve bits are the vertices of an icosahedron.
struct Patterns {
  Tensor x = at::zeros({4096, 12}), y = at::zeros({4096}, at::kLong);
};
Patterns icosahedron_patterns() {
  const std::vector<std::vector<int>> adjacent{
      {1, 3, 5, 10, 11}, {0, 2, 3, 4, 11},  {1, 3, 4, 8, 9},  {0, 1, 2, 8, 10},
      {1, 2, 6, 9, 11},  {0, 6, 7, 10, 11}, {4, 5, 7, 9, 11}, {5, 6, 8, 9, 10},
      {2, 3, 7, 9, 10},  {2, 4, 6, 7, 8},   {0, 3, 5, 7, 8},  {0, 1, 4, 5, 6}};
  const std::vector<int> antipode{9, 7, 5, 6, 10, 2, 3, 1, 11, 0, 4, 8};
  Patterns out;
  for (int code = 0; code < 4096; ++code) {
    int ones = 0, twice_adjacent = 0, twice_opposite = 0;
    const auto on = [&](int column) { return (code >> (11 - column) & 1) != 0; };
    for (int a = 0; a < 12; ++a) {
      out.x[code][a] = on(a) ? 1 : 0;
      if (!on(a)) continue;
      ++ones;
      for (const int b : adjacent[static_cast<size_t>(a)]) twice_adjacent += on(b) ? 1 : 0;
      twice_opposite += on(antipode[static_cast<size_t>(a)]) ? 1 : 0;
    }
    const int edges = twice_adjacent / 2, opposite = twice_opposite / 2;
    const int middle = ones * (ones - 1) / 2 - edges - opposite;
    out.y[code] = 23 * ones + edges - 5 * middle - 8 * opposite >= 99 ? 1 : 0;
  }
  return out;
}

TEST(Binned, OfTheFirstInformationPlanesData) {
  const Patterns data = icosahedron_patterns();
  ASSERT_EQ(data.y.sum().item<int64_t>(), 2118);
  const Coordinates input = only(Binned().evaluate(one_layer(data.x, data.y, 2)));
  EXPECT_DOUBLE_EQ(bits(input.complexity), 12);  // H(X)
  EXPECT_EQ(input.complexity.number(), std::log(4096.0));
  EXPECT_NEAR(bits(input.generalization), 0.999157, 5e-7);  // I(X;Y) = H(Y)
  const Tensor labels = data.y.to(at::kFloat).unsqueeze(1);
  const Coordinates perfect = only(Binned().evaluate(one_layer(labels, data.y, 2)));
  EXPECT_EQ(perfect.complexity.number(), perfect.generalization.number());
  EXPECT_NEAR(bits(perfect.complexity), 0.999157, 5e-7);
  EXPECT_NEAR(bits(binned_mutual_information(data.x, data.y)), 0.999157, 5e-7);
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// H(bin(f(wx))) of a normal x: Saxe et al. 2018, figure 2. The exact probabilities of the cells,
// and the quantiles of the normal law as a sample.
TEST(Binned, OfOneNeuronRisesAndFallsWithTheWeightForTanhButNotForReLU) {
  const std::vector<double> weights{.05, .1, .5, 1, 2, 5, 20, 100};
  const std::vector<double> tanh_bits{1.73, 2.64, 4.63, 4.88, 4.16, 2.78, 1.59, 1.15};
  const std::vector<double> relu_bits{.46, 1.14, 2.73, 3.33, 3.89, 4.60, 5.63, 6.80};
  const double width = 2.0 / 30;
  constexpr int64_t kSample = 200'000;
  const Tensor p = (at::arange(kSample, at::kDouble) + 0.5) / kSample;
  const Tensor x = at::erfinv(2 * p - 1) * std::sqrt(2.0);
  const auto term = [](double q) { return q > 0 ? -q * std::log2(q) : 0; };
  for (size_t i = 0; i < weights.size(); ++i) {
    const double w = weights[i];
    double tanh_exact = 0, relu_exact = 0;
    for (int k = 0; k < 30; ++k) {
      const double low = -1 + k * width, high = k == 29 ? 1 : low + width;
      tanh_exact += term(normal_cdf(std::atanh(high) / w) -
                         normal_cdf((k == 0 ? -HUGE_VAL : std::atanh(low)) / w));
    }
    relu_exact = term(normal_cdf(width / w));
    for (int k = 1; k < 20'000; ++k) {
      relu_exact += term(normal_cdf((k + 1) * width / w) - normal_cdf(k * width / w));
    }
    EXPECT_NEAR(tanh_exact, tanh_bits[i], 0.006);
    EXPECT_NEAR(relu_exact, relu_bits[i], 0.006);
    EXPECT_NEAR(bits(binned_entropy(at::tanh(w * x))), tanh_exact, 5e-3) << w;
    EXPECT_NEAR(bits(binned_entropy(at::relu(w * x), {.width = width})), relu_exact, 5e-3) << w;
  }
}

// Cells by a map of whole rows.
TEST(Binned, CountsRowsAsAMapDoes) {
  for (const int64_t d : {1, 2, 9, 40}) {
    const Tensor t = at::tanh(normal({600, d}, "t").mul(d > 5 ? 0.02 : 1)).to(at::kFloat);
    std::map<std::vector<int>, int> rows;
    const Tensor cells = t.to(at::kDouble).add(1).mul(5).floor().clamp(0, 9).to(at::kInt);
    for (int64_t i = 0; i < 600; ++i) {
      std::vector<int> row;
      for (int64_t j = 0; j < d; ++j) row.push_back(cells[i][j].item<int>());
      ++rows[row];
    }
    double expected = 0;
    for (const auto& [row, count] : rows) expected -= count / 600.0 * std::log(count / 600.0);
    EXPECT_NEAR(binned_entropy(t, {.bins = 10}).number(), expected, 1e-12);
  }
}

TEST(Binned, KnowsNoOrderAndNoNamesOfClasses) {
  const Tensor t = at::tanh(normal({300, 3}, "t")), y = labels(300, 4, "y");
  const Tensor order = at::randperm(300, make_generator(0, "order"), at::kLong);
  const Binned estimator({.bins = 6});
  const Coordinates plain = only(estimator.evaluate(one_layer(t, y, 4)));
  const auto expect_same = [&](const Segment& segment) {
    const Coordinates other = only(estimator.evaluate(segment));
    EXPECT_EQ(other.complexity.number(), plain.complexity.number());
    EXPECT_EQ(other.generalization.number(), plain.generalization.number());
  };
  expect_same(one_layer(t.index_select(0, order), y.index_select(0, order), 4));
  expect_same(one_layer(t, 3 - y, 4));
  expect_same(one_layer(t, y + 5, 9));
  expect_same(one_layer(t.flip({1}), y, 4));
  expect_same(one_layer(t.view({300, 3, 1, 1}), y.to(at::kInt).unsqueeze(1), 4));
  expect_same(one_layer(t, at::one_hot(y, 4).to(at::kFloat), 0));
}

TEST(Binned, DoesNotNoticeHowItsInputLies) {
  const Tensor t = at::tanh(normal({50, 3}, "t"));
  const double value = binned_entropy(t, {.bins = 4}).number();
  for (const Tensor& same : disguises(t)) {
    const Tensor before = same.detach().clone();
    const auto version = same._version();
    const Estimate estimate = binned_entropy(same, {.bins = 4});
    EXPECT_EQ(estimate.number(), value);
    EXPECT_FALSE(estimate.value.requires_grad());
    EXPECT_TRUE(at::equal(same.detach(), before));
    EXPECT_EQ(same._version(), version);
  }
  EXPECT_EQ(binned_entropy(t.to(at::kHalf), {.bins = 4}).number(),
            binned_entropy(t.to(at::kHalf).to(at::kDouble), {.bins = 4}).number());
}

TEST(Binned, IsTheSameBitsAtAnyNumberOfThreads) {
  const Segment segment =
      one_layer(at::tanh(normal({3000, 800}, "t") * 0.001), labels(3000, 3, "y"), 3);
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return only(Binned({.bins = 2}).evaluate(segment)).generalization.number();
  };
  EXPECT_EQ(run(1), run(2));
}

TEST(Binned, SaysWhatItIs) {
  const Segment segment = one_layer(at::tanh(normal({40, 1}, "t")), labels(40, 3, "y"), 5);
  const Coordinates found = only(Binned({.bins = 4}).evaluate(segment));
  EXPECT_EQ(found.complexity.estimator, "binned(bins=4)");
  EXPECT_EQ(found.complexity.unit, Unit::nats);
  EXPECT_EQ(found.complexity.n, 40);
  EXPECT_DOUBLE_EQ(found.complexity.ceiling, std::log(40.0));
  EXPECT_DOUBLE_EQ(found.generalization.ceiling, std::log(5.0));
  EXPECT_THAT(found.complexity.warnings, IsEmpty());
  EXPECT_EQ(Binned().spec(), "binned(bins=30)");
  EXPECT_EQ(Binned({.bins = 30}).spec(), "binned(bins=30)");
  EXPECT_EQ(Binned({.edges = 30}).spec(), "binned(edges=30)");
  EXPECT_EQ(Binned({.bins = 100, .range = "layer"}).spec(), "binned(bins=100, range=layer)");
  EXPECT_EQ(Binned({.range = BinRange(0, 2.5)}).spec(), "binned(range=[0, 2.5])");
  EXPECT_EQ(Binned().axes().complexity, "I(X;T)");
  EXPECT_EQ(Binned().axes().generalization, "I(T;Y)");
  EXPECT_EQ(Binned().unit(), Unit::nats);
  EXPECT_EQ(Binned().reference(), Reference::snapshot);
  EXPECT_FALSE(Binned().differentiable());
}

TEST(Binned, HasNoComplexityWhileTheNetworkIsNotDeterministic) {
  Segment segment = one_layer(at::tanh(normal({40, 1}, "t")), labels(40, 3, "y"), 3);
  const double expected = only(Binned().evaluate(segment)).generalization.number();
  segment.deterministic = false;
  const Coordinates found = only(Binned().evaluate(segment));
  EXPECT_FALSE(found.complexity.value.defined());
  EXPECT_THAT(found.complexity.warnings, ElementsAre(StartsWith("H(T) is not I(X;T)")));
  EXPECT_EQ(found.generalization.number(), expected);
}

TEST(Binned, OfAConstantIsZeroAndSaysSo) {
  const Coordinates found =
      only(Binned().evaluate(one_layer(at::full({20, 4}, 0.3), labels(20, 3, "y"), 3)));
  EXPECT_EQ(found.complexity.number(), 0);
  EXPECT_EQ(found.generalization.number(), 0);
  EXPECT_THAT(found.complexity.warnings,
              ElementsAre("dense_1 is constant in these cells: its entropy is 0"));
  EXPECT_THAT(found.generalization.warnings,
              ElementsAre("dense_1 is constant in these cells: the information is 0"));
  for (const BinnedOptions& options :
       {BinnedOptions{.range = "layer"}, BinnedOptions{.range = "neuron"}, BinnedOptions{.bits = 8},
        BinnedOptions{.width = 0.1}, BinnedOptions{.equal_mass = true}}) {
    EXPECT_EQ(binned_entropy(at::full({20, 4}, 0.3), options).number(), 0);
  }
  EXPECT_EQ(binned_entropy(at::ones({1, 1})).number(), 0);
  EXPECT_THAT(binned_entropy(at::ones({1, 1})).warnings, Contains(HasSubstr("constant")));
}

TEST(Binned, WarnsOfWhatMeansLittle) {
  const Tensor y = labels(400, 2, "y");
  const auto warnings = [&](const Tensor& t, const BinnedOptions& options = {}) {
    return only(Binned(options).evaluate(one_layer(t, y, 2)));
  };
  const Coordinates wide = warnings(at::tanh(normal({400, 20}, "t")));
  EXPECT_EQ(wide.complexity.number(), std::log(400.0));
  EXPECT_THAT(wide.complexity.warnings, ElementsAre(StartsWith("saturated: ")));
  EXPECT_THAT(wide.generalization.warnings,
              ElementsAre(StartsWith("fewer than two samples per occupied cell of dense_1 (1.0)")));
  const Coordinates sparse = warnings(at::tanh(normal({400, 2}, "t")));
  EXPECT_THAT(sparse.complexity.warnings,
              ElementsAre(StartsWith("fewer than two samples per occupied cell")));
  const Coordinates known = warnings((y * 2 - 1).to(at::kFloat).unsqueeze(1), {.bins = 2});
  EXPECT_THAT(known.complexity.warnings, IsEmpty());

  Tensor outside = at::zeros({1000, 1});
  outside.slice(0, 0, 32).fill_(1.5);
  EXPECT_THAT(
      binned_entropy(outside).warnings,
      ElementsAre("3.2 % of the values lie outside [-1, 1] and were counted in the end cells"));
  EXPECT_THAT(binned_entropy(outside + 2).warnings, Contains(StartsWith("100 % of the values")));
  EXPECT_THAT(binned_entropy(outside, {.range = BinRange(-0.5, 2)}).warnings, IsEmpty());
}

TEST(Binned, FitsItsCellsToTheReference) {
  const Tensor y = labels(100, 2, "y");
  const Segment first = one_layer(normal({100, 2}, "t").abs(), y, 2);
  const Segment later = one_layer(3 * first.layers[0].value, y, 2);
  const double highest = first.x.max().item<double>(), lowest = first.x.min().item<double>();

  const Binned snapshot({.bins = 5, .range = "layer"});
  const double own = only(snapshot.evaluate(first)).complexity.number();
  EXPECT_NEAR(only(snapshot.evaluate(later)).complexity.number(), own, 1e-12);

  const Binned fixed({.bins = 5, .range = "layer", .reference = "first"});
  Fit fit;
  fixed.fit(first, fit);
  const Coordinates found = only(fixed.evaluate(later, fit));
  EXPECT_EQ(found.complexity.number(),
            binned_entropy(later.x, {.bins = 5, .range = BinRange(lowest, highest)}).number());
  EXPECT_THAT(found.complexity.warnings, Contains(HasSubstr("outside the range of the reference")));
  EXPECT_THAT(found.complexity.warnings, Not(Contains(HasSubstr("not on one scale"))));

  const Binned run({.bins = 5, .range = "layer", .reference = "run"});
  Fit both;
  run.fit(later, both);
  run.fit(first, both);
  EXPECT_EQ(only(run.evaluate(first, both)).complexity.number(),
            binned_entropy(first.x, {.bins = 5, .range = BinRange(lowest, 3 * highest)}).number());
  EXPECT_THROW(fixed.evaluate(first, Fit()), StateError);
  EXPECT_TRUE(only(Binned({.bins = 5}).evaluate(first, Fit())).complexity.value.defined());
}

TEST(Binned, CutsEachNeuronByItsOwnRange) {
  const Tensor t = normal({200, 3}, "t");
  const Tensor scaled = t * at::tensor({1., 100., 0.01}, at::kDouble) + 7;
  const BinnedOptions options{.bins = 4, .range = "neuron"};
  EXPECT_EQ(binned_entropy(scaled, options).number(), binned_entropy(t, options).number());
  EXPECT_NE(binned_entropy(scaled, {.bins = 4, .range = "layer"}).number(),
            binned_entropy(t, options).number());
}

TEST(Binned, SharesEqualMass) {
  const Tensor t = normal({3000, 1}, "t");
  EXPECT_NEAR(binned_entropy(t.exp(), {.bins = 30, .equal_mass = true}).number(), std::log(30.0),
              1e-12);
  const Tensor two = at::cat({t, 50 + t.flip({0})}, 1);
  EXPECT_LT(binned_entropy(two, {.bins = 2, .equal_mass = true}).number(), 1e-9);  // of the layer
  EXPECT_GT(binned_entropy(two, {.bins = 2, .range = "neuron", .equal_mass = true}).number(), 1.3);
}

TEST(Binned, QuantisesAsAFewBitsDo) {
  const Tensor levels = labels(500, 16, "levels").to(at::kFloat).unsqueeze(1);
  std::vector<double> counts(16);
  for (int64_t i = 0; i < 500; ++i) ++counts[static_cast<size_t>(levels[i][0].item<int64_t>())];
  double expected = 0;
  for (const double count : counts) expected -= count / 500 * std::log(count / 500);
  const Tensor quantised = levels * 0.037F - 0.2F;
  EXPECT_NEAR(binned_entropy(quantised, {.bits = 4}).number(), expected, 1e-12);
  EXPECT_NEAR(binned_entropy(quantised, {.bits = 8}).number(), expected, 1e-12);
}

TEST(BinnedMutualInformation, TakesWholeNumbersAsSymbols) {
  const Tensor x = at::tanh(normal({500, 1}, "x")), y = labels(500, 40, "y");
  const BinnedOptions options{.bins = 4};
  const Estimate whole = binned_mutual_information(x, y, options);
  EXPECT_THAT(whole.warnings, IsEmpty());
  EXPECT_EQ(binned_mutual_information(x, y.to(at::kDouble), options).number(), whole.number());
  EXPECT_THAT(binned_mutual_information(x, y.to(at::kDouble), options).warnings,
              ElementsAre("y holds whole numbers only: they are symbols, not binned"));
  EXPECT_DOUBLE_EQ(whole.ceiling, std::log(40.0));
  // In cells of [-1, 1] almost all of these labels would be one.
  const Tensor fractional = y.to(at::kDouble) + 0.25;
  EXPECT_LT(binned_mutual_information(x, fractional, options).number(), whole.number());
  EXPECT_THAT(binned_mutual_information(x, fractional, options).warnings,
              Contains(HasSubstr("of the values lie outside")));
}

TEST(BinnedMutualInformation, OfGaussiansIsNearTheTruth) {
  const Tensor z = normal({200'000, 2}, "z");
  const Tensor x = z.slice(1, 0, 1), y = 0.8 * x + 0.6 * z.slice(1, 1, 2);
  const Estimate estimate = binned_mutual_information(x, y, {.bins = 40, .range = "layer"});
  // Binning loses a little, the finite sample adds about (39² − …)/2n: 0.51 is −½ ln(1 − 0.8²).
  EXPECT_NEAR(estimate.number(), 0.510826, 0.02);
  EXPECT_NEAR(binned_mutual_information(y, x, {.bins = 40, .range = "layer"}).number(),
              estimate.number(), 1e-12);
}

TEST(Binned, RefusesWhatHasNoAnswer) {
  const Tensor t = at::tanh(normal({10, 2}, "t"));
  const auto message = [](auto f) { return message_of<ValueError>(f); };
  EXPECT_THAT(message([&] { binned_entropy(t.slice(0, 0, 0)); }), HasSubstr("t is empty"));
  EXPECT_THAT(message([&] { binned_entropy(at::scalar_tensor(1)); }), HasSubstr("0-d"));
  EXPECT_THAT(message([&] { binned_entropy(t.view({10, 2, 1})); }), HasSubstr("flatten it first"));
  EXPECT_THAT(message([&] { binned_mutual_information(t, t.slice(0, 0, 9)); }),
              HasSubstr("x has 10 rows, y has 9"));
  EXPECT_THAT(message([&] { binned_mutual_information(t.slice(0, 0, 1), t.slice(0, 0, 1)); }),
              HasSubstr("at least 2 rows"));
  EXPECT_THAT(message([&] { binned_entropy(t, {.bins = 3, .width = 0.1}); }),
              HasSubstr("got bins and width"));
  EXPECT_THAT(message([&] { Binned({.bins = 0}); }), HasSubstr("bins must be between"));
  EXPECT_THAT(message([&] { binned_entropy(t, {.bins = 0, .equal_mass = true}); }),
              HasSubstr("bins must be between"));
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    Tensor broken = t.clone();
    broken[4][1] = bad;
    for (const BinnedOptions& options :
         {BinnedOptions{}, BinnedOptions{.range = "layer"}, BinnedOptions{.range = "neuron"},
          BinnedOptions{.width = 0.1}, BinnedOptions{.equal_mass = true},
          BinnedOptions{.bits = 4}}) {
      EXPECT_EQ(message([&] { binned_entropy(broken, options); }),
                "t contains 1 non-finite value, first at row 4, column 1");
    }
    EXPECT_THAT(message([&] { binned_mutual_information(t, broken); }),
                HasSubstr("y contains 1 non-finite value"));
  }
  EXPECT_EQ(message_of<DataError>(
                [&] { Binned().evaluate(one_layer(t, at::full({10}, 7, at::kLong), 7)); }),
            "y contains label 7 at row 0: expected 0 to 6");
  EXPECT_THAT(message([&] { Binned().evaluate(one_layer(t, labels(9, 2, "y"), 2)); }),
              HasSubstr("dense_1 has 10 rows, y has 9"));
}

TEST(Binned, ACorrectedEstimateMayPassLnNAndHasNoCeiling) {
  const Segment segment = small_segment(60, 3);
  const auto plain = Binned({.bins = 100}).evaluate(segment)[0];
  EXPECT_NEAR(plain.complexity.ceiling, std::log(60.0), 1e-12);
  EXPECT_GT(plain.generalization.standard_error, 0);
  const auto corrected =
      Binned({.bins = 100, .correction = "miller_madow"}).evaluate(segment)[0].complexity;
  EXPECT_GT(corrected.number(), std::log(60.0));
  EXPECT_TRUE(std::isnan(corrected.ceiling));
}

}  // namespace
}  // namespace glow
