#include "glow/information/gaussian.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "glow/information/gradient_check.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const nlohmann::json& gaussian_vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/gaussian.json"));
  return loaded;
}

using GaussianFunction = Estimate (*)(const Tensor&, const Tensor&, const GaussianOptions&);
struct NamedGaussian {
  std::string name;
  GaussianFunction measure;
};
const std::vector<NamedGaussian> kGaussianFunctions{
    {"gaussian", gaussian}, {"cca", cca}, {"gaussian_copula", gaussian_copula}};
const GaussianOptions kRaw{.bias_correction = false};

struct GaussianSample {
  Tensor x, y;
};
// Pairs of columns with correlation rho, `pairs` of them, the rest independent.
GaussianSample correlated(int64_t n, int64_t dx, int64_t dy, int64_t pairs, double rho,
                          const std::string& name) {
  GaussianSample out{normal({n, dx}, name + " x"), normal({n, dy}, name + " y")};
  Tensor linked = out.y.slice(1, 0, pairs);
  linked.mul_(std::sqrt(1 - rho * rho)).add_(out.x.slice(1, 0, pairs), rho);
  return out;
}

TEST(Gaussian, EqualsNumPys) {
  for (const auto& item : gaussian_vectors()["cases"]) {
    const Tensor x = matrix(item["x"]), y = matrix(item["y"]);
    const double raw = item["raw"], bias = item["bias"], copula = item["copula"];
    EXPECT_NEAR(gaussian(x, y, kRaw).number(), raw, 1e-11);
    EXPECT_NEAR(gaussian(x, y).number(), raw - bias, 1e-11);
    EXPECT_NEAR(cca(x, y, kRaw).number(), raw, 1e-11);
    EXPECT_NEAR(cca(x, y).number(), raw - bias, 1e-11);
    EXPECT_NEAR(gaussian_copula(x, y, kRaw).number(), copula, 1e-11);
    EXPECT_NEAR(gaussian_copula(x, y).number(), copula - bias, 1e-11);
    EXPECT_NEAR(gaussian(x, y, kRaw).null_mean, bias, 1e-12);
    EXPECT_EQ(gaussian(x, y).null_mean, 0);
    const auto rho = item["correlations"].get<std::vector<double>>();
    EXPECT_TRUE(at::allclose(canonical_correlations(x, y), at::tensor(rho, at::kDouble), 0, 1e-11));
    EXPECT_NEAR(gaussian_entropy(y, kRaw).number(), item["entropy_raw"], 1e-11);
    EXPECT_NEAR(gaussian_entropy(y).number(), item["entropy_corrected"], 1e-11);
    if (!item.contains("classes_raw")) continue;
    const Tensor labels = at::arange(x.size(0), at::kLong).remainder(2);
    EXPECT_NEAR(gaussian_class_information(y, labels, 2, kRaw).number(), item["classes_raw"],
                1e-11);
    EXPECT_NEAR(gaussian_class_information(y, labels, 3).number(), item["classes_corrected"],
                1e-11);
  }
}

// A sample whose covariance is exactly what it is asked to be: the closed form without chance.
TEST(Gaussian, OfExactCovariancesIsTheClosedForm) {
  const Tensor white = normal({400, 100}, "white");
  const Tensor centred = white - white.mean(0, true);
  const Tensor orthonormal = std::get<0>(at::linalg_qr(centred));
  const auto dense = [&](int64_t d, double rho) {
    const Tensor sigma =
        at::full({2 * d, 2 * d}, rho, at::kDouble) + (1 - rho) * at::eye(2 * d, at::kDouble);
    const Tensor z = orthonormal.slice(1, 0, 2 * d).mm(at::linalg_cholesky(sigma).t());
    return GaussianSample{z.slice(1, 0, d), z.slice(1, d)};
  };
  for (const auto& [rho, truth] : std::vector<std::pair<double, double>>{{.5, .143841},
                                                                         {.6, .223144},
                                                                         {.75, .413339},
                                                                         {.8, .510826},
                                                                         {.9, .830366},
                                                                         {.95, 1.163951}}) {
    const auto [x, y] = dense(1, rho);
    EXPECT_NEAR(gaussian(x, y, kRaw).number(), truth, 6e-7);
    EXPECT_NEAR(gaussian(x, y, kRaw).number(), -0.5 * std::log(1 - rho * rho), 1e-12);
    EXPECT_NEAR(cca(x, y, kRaw).number(), -0.5 * std::log(1 - rho * rho), 1e-12);
  }
  for (const auto& [d, truth] : std::vector<std::pair<int64_t, double>>{
           {2, .2939}, {3, .4133}, {5, .5928}, {25, 1.2922}, {50, 1.6243}}) {
    const auto [x, y] = dense(d, 0.5);
    EXPECT_NEAR(gaussian(x, y, kRaw).number(), truth, 6e-5);
  }
}

// 400 replications each; the bounds are five standard errors of a mean, and of a deviation.
TEST(Gaussian, IsUnbiasedAndKnowsItsErrorOnGaussianSamples) {
  constexpr int kReplications = 400;
  struct Case {
    int64_t n, dx, dy, pairs;
    double rho;
  };
  for (const auto& [n, dx, dy, pairs, rho] : {Case{50, 1, 1, 1, 0}, Case{50, 1, 1, 1, .75},
                                              Case{100, 3, 2, 2, .5}, Case{200, 10, 10, 1, .9}}) {
    const double truth = -0.5 * static_cast<double>(pairs) * std::log(1 - rho * rho);
    double sum = 0, squares = 0, errors = 0;
    for (int r = 0; r < kReplications; ++r) {
      const auto [x, y] = correlated(n, dx, dy, pairs, rho, std::to_string(r));
      const Estimate found = gaussian(x, y);
      sum += found.number() - truth;
      squares += std::pow(found.number() - truth, 2);
      errors += found.standard_error;
    }
    const double deviation = std::sqrt(squares / kReplications);
    EXPECT_NEAR(sum / kReplications, 0, 5 * deviation / std::sqrt(kReplications));
    // The error is asymptotic, and of the small dependence of pure chance 27 % too large at n = 50.
    const double ratio = errors / kReplications / deviation;
    EXPECT_NEAR(ratio, 1, rho == 0 ? 0.45 : 0.05 + 5 / std::sqrt(2.0 * kReplications));
  }
}

TEST(Gaussian, NullMeanOfTheRawValueIsItsMeanWithoutDependence) {
  double sum = 0;
  constexpr int kReplications = 400;
  for (int r = 0; r < kReplications; ++r) {
    const auto [x, y] = correlated(60, 6, 4, 1, 0, "null" + std::to_string(r));
    sum += gaussian(x, y, kRaw).number();
  }
  const auto [x, y] = correlated(60, 6, 4, 1, 0, "null");
  const Estimate one = gaussian(x, y, kRaw);
  EXPECT_GT(one.null_mean, 0.2);
  EXPECT_NEAR(sum / kReplications, one.null_mean, 5 * 0.06 / std::sqrt(kReplications));
}

TEST(GaussianFamily, AddsUpOverIndependentBlocks) {
  const auto [a, b] = correlated(20'000, 1, 1, 1, .8, "a");
  const auto [c, d] = correlated(20'000, 1, 1, 1, .6, "b");
  for (const auto& [name, measure] : kGaussianFunctions) {
    const double both = measure(at::cat({a, c}, 1), at::cat({b, d}, 1), {}).number();
    // The deviation of the difference, about √2/n times the dimensions, five times.
    EXPECT_NEAR(both, measure(a, b, {}).number() + measure(c, d, {}).number(), 5e-4) << name;
  }
}

TEST(GaussianFamily, HasTheSymmetriesThatItDeclares) {
  const auto [x, y] = correlated(80, 3, 2, 2, .7, "symmetries");
  const Tensor order = at::randperm(80, make_generator(0, "order"), at::kLong);
  const Tensor map = normal({3, 3}, "map");
  for (const auto& [name, measure] : kGaussianFunctions) {
    const auto value = [&, measure = measure](const Tensor& a, const Tensor& b) {
      return measure(a, b, {}).number();
    };
    const double expected = value(x, y);
    EXPECT_NEAR(value(y, x), expected, 1e-12) << name;
    EXPECT_NEAR(value(x.index_select(0, order), y.index_select(0, order)), expected, 1e-12);
    EXPECT_NEAR(value(x + 1e4, 1e-3 * y), expected, 1e-9);
    EXPECT_NEAR(value(x.flip({1}), y), expected, 1e-12);
    if (name == "gaussian_copula") {
      EXPECT_EQ(value(x.exp(), y.pow(3)), expected);
    } else {
      EXPECT_NEAR(value(x.mm(map) * 1e6, y), expected, 1e-10) << name;
      EXPECT_NE(value(x.exp(), y), expected);
    }
  }
}

TEST(GaussianFamily, SaysWhatItIs) {
  const auto [x, y] = correlated(80, 3, 2, 2, .7, "symmetries");
  for (const auto& [name, measure] : kGaussianFunctions) {
    const Estimate found = measure(x, y, {});
    EXPECT_EQ(found.estimator, name);
    EXPECT_EQ(measure(x, y, {.bias_correction = false, .noise = 0.5}).estimator,
              name + "(bias_correction=false, noise=0.5)");
    EXPECT_EQ(found.unit, Unit::nats);
    EXPECT_EQ(found.bound, BoundKind::estimate);
    EXPECT_EQ(found.n, 80);
    EXPECT_EQ(found.value.dim(), 0);
    EXPECT_EQ(found.value.scalar_type(), at::kDouble);
    EXPECT_TRUE(std::isnan(found.ceiling));
    EXPECT_THAT(found.warnings, IsEmpty());
  }
  EXPECT_EQ(Gaussian().estimate(x, y).number(), gaussian(x, y).number());
  EXPECT_EQ(CCA().estimate(x, y).number(), cca(x, y).number());
  EXPECT_EQ(GaussianCopula().estimate(x, y).number(), gaussian_copula(x, y).number());
  EXPECT_TRUE(Gaussian().differentiable() && CCA().differentiable());
  EXPECT_FALSE(GaussianCopula().differentiable());
  EXPECT_EQ(GaussianCopula().unit(), Unit::nats);
}

TEST(GaussianFamily, DropsWhatTellsNothing) {
  const auto [x, y] = correlated(60, 3, 2, 2, .7, "drop");
  const Tensor constant = at::full({60, 2}, 0.1, at::kDouble);
  for (const auto& [name, measure] : kGaussianFunctions) {
    const double expected = measure(x, y, {}).number();
    const Estimate found = measure(at::cat({constant, x}, 1), y, {});
    EXPECT_NEAR(found.number(), expected, 1e-12);
    EXPECT_THAT(found.warnings, Contains("2 of 5 columns of x are constant: dropped"));
    const Estimate none = measure(constant, y, {});
    EXPECT_EQ(none.number(), 0) << name;
    EXPECT_THAT(none.warnings, Contains("x is constant: the information is 0"));
    EXPECT_EQ(measure(x, constant, {}).number(), 0);
    if (name == "gaussian_copula") continue;
    // Twins and sums of columns.
    const Tensor more = at::cat({x, x.slice(1, 0, 1), x.sum(1, true) * 5 + 3}, 1);
    EXPECT_NEAR(measure(more, y, {}).number(), expected, 1e-10);
    EXPECT_THAT(measure(more, y, {}).warnings, IsEmpty());
  }
}

TEST(GaussianFamily, OfAFunctionIsInfiniteAndSaysSo) {
  const auto [x, y] = correlated(60, 3, 2, 2, .7, "infinite");
  for (const auto& [name, measure] : kGaussianFunctions) {
    for (const bool graph : {false, true}) {
      const Tensor leaf = x.clone().requires_grad_(graph);
      const Estimate found = measure(leaf, at::cat({y, x.slice(1, 1, 2)}, 1), {});
      EXPECT_EQ(found.number(), HUGE_VAL) << name;
      EXPECT_THAT(found.warnings, Contains(HasSubstr("the information is infinite")));
    }
    const double noisy = measure(x, x, {.noise = 0.1}).number();
    EXPECT_GT(noisy, 4) << name;  // 3 pairs of ½ ln 101 = 2.3
    EXPECT_LT(noisy, 10) << name;
    EXPECT_EQ(measure(x, x, {.noise = 0.1}).number(), noisy);  // the same noise
  }
  // In single precision too.
  EXPECT_EQ(gaussian(x.to(at::kFloat), x.to(at::kFloat) * 3).number(), HUGE_VAL);
}

TEST(GaussianCopula, AveragesTheRanksOfTiesAndWarns) {
  const auto [x, y] = correlated(200, 1, 1, 1, .7, "ties");
  EXPECT_THAT(gaussian_copula(x, y).warnings, IsEmpty());
  const Estimate tied = gaussian_copula(x.mul(2).round(), y);
  EXPECT_THAT(tied.warnings, ElementsAre("100 % of the values of x are tied: its copula is not "
                                         "Gaussian"));
  const Tensor order = at::randperm(200, make_generator(0, "order"), at::kLong);
  EXPECT_NEAR(
      gaussian_copula(x.mul(2).round().index_select(0, order), y.index_select(0, order)).number(),
      tied.number(), 1e-12);
}

TEST(GaussianFamily, DoesNotNoticeHowItsInputLies) {
  const auto [x, y] = correlated(40, 3, 2, 2, .7, "layout");
  for (const auto& [name, measure] : kGaussianFunctions) {
    const double value = measure(x, y, {}).number();
    for (const Tensor& same : disguises(x)) {
      const Tensor before = same.detach().clone();
      const auto version = same._version();
      EXPECT_NEAR(measure(same, y, {}).number(), value, 1e-12) << name;
      EXPECT_TRUE(at::equal(same.detach(), before));
      EXPECT_EQ(same._version(), version);
    }
    EXPECT_NEAR(measure(x.to(at::kFloat), y.to(at::kFloat), {}).number(), value, 1e-6) << name;
    const Tensor whole = x.mul(4).round(), target = y.mul(4).round();
    for (const auto type : {at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kChar}) {
      EXPECT_EQ(measure(whole.to(type), target.to(type), {}).number(),
                measure(whole, target, {}).number());
    }
  }
}

TEST(GaussianFamily, IsTheSameBitsAtAnyNumberOfThreads) {
  const auto [x, y] = correlated(3000, 60, 40, 2, .7, "threads");
  for (const auto& [name, measure] : kGaussianFunctions) {
    const auto run = [&, x = x, y = y, measure = measure](int threads) {
      const int before = at::get_num_threads();
      at::set_num_threads(threads);
      const Threads scope(threads);
      const double value = measure(x, y, {.noise = 0.1}).number();
      at::set_num_threads(before);
      return value;
    };
    EXPECT_EQ(run(1), run(2)) << name;
  }
}

TEST(GaussianFamily, NeitherUsesNorChangesTheGlobalGenerator) {
  const auto [x, y] = correlated(40, 3, 2, 2, .7, "layout");
  at::manual_seed(5);
  const Tensor expected = at::rand({3});
  at::manual_seed(5);
  for (const auto& [name, measure] : kGaussianFunctions) measure(x, y, {.noise = 1});
  EXPECT_TRUE(at::equal(at::rand({3}), expected));
}

TEST(GaussianFamily, RefusesWhatHasNoAnswer) {
  const Tensor x = normal({5, 2}, "x");
  for (const auto& [name, measure] : kGaussianFunctions) {
    const auto message = [measure = measure](const Tensor& a, const Tensor& b,
                                             const GaussianOptions& options = {}) {
      return message_of<ValueError>([&] { measure(a, b, options); });
    };
    EXPECT_EQ(message(x, normal({5, 3}, "y")),
              name + " needs more rows than columns: got 5 rows, 2 + 3 columns");
    EXPECT_EQ(measure(x, normal({5, 2}, "y"), {}).n, 5);
    EXPECT_EQ(message(x.slice(0, 0, 1), x.slice(0, 0, 1)), name + " needs at least 2 rows, got 1");
    EXPECT_THAT(message(x, normal({6, 2}, "y")), HasSubstr("x has 5 rows, y has 6"));
    EXPECT_THAT(message(x.slice(0, 0, 0), x), HasSubstr("x is empty"));
    EXPECT_THAT(message(x.view({5, 2, 1}), x), HasSubstr("flatten it first"));
    EXPECT_THAT(message(x, x, {.noise = -1}), HasSubstr("noise must be a positive number"));
    for (const double bad : {std::nan(""), HUGE_VAL}) {
      Tensor y = x.clone();
      y[3][1] = bad;
      EXPECT_EQ(message(x, y), "y contains 1 non-finite value, first at row 3, column 1");
      EXPECT_THAT(message(y, x), HasSubstr("x contains 1 non-finite value"));
    }
  }
}

TEST(GaussianFamily, GradientIsThatOfFiniteDifferences) {
  const Tensor labels = at::arange(12, at::kLong).remainder(2);
  for (const auto& [n, dx, dy] :
       std::vector<std::tuple<int64_t, int64_t, int64_t>>{{4, 1, 1}, {12, 3, 2}, {40, 2, 4}}) {
    for (const GaussianFunction measure : {GaussianFunction(gaussian), GaussianFunction(cca)}) {
      const GradientCheck check = check_gradient(
          [&, measure = measure](const std::vector<Tensor>& in) {
            return measure(in[0], in[1], {}).value;
          },
          {normal({n, dx}, "x"), normal({n, dy}, "y")});
      EXPECT_TRUE(check.passed) << check.report();
    }
  }
  // Coincident rows, a constant column, a column twice.
  Tensor t = normal({12, 2}, "t");
  t[3] = t[0];
  const GradientCheck check = check_gradient(
      [&](const std::vector<Tensor>& in) {
        const Tensor more = at::cat({in[0], at::ones({12, 1}), in[0].slice(1, 0, 1)}, 1);
        return gaussian(more, labels.to(at::kDouble)).value + gaussian_entropy(in[0]).value +
               gaussian_class_information(in[0], labels, 2).value;
      },
      {t});
  EXPECT_TRUE(check.passed) << check.report();
}

TEST(GaussianEntropy, IsThatOfTheLawAndScalesWithIt) {
  const Tensor t = normal({20'000, 3}, "t");
  const Estimate found = gaussian_entropy(t);
  const double truth = 1.5 * std::log(2 * M_PI * M_E);
  EXPECT_NEAR(found.number(), truth, 5 * found.standard_error);
  EXPECT_NEAR(found.standard_error, std::sqrt(3 / 40'000.), 1e-5);  // √(d/2n)
  EXPECT_NEAR(gaussian_entropy(10 * t).number(), found.number() + 3 * std::log(10.), 1e-10);
  EXPECT_EQ(gaussian_entropy(at::cat({t, t.slice(1, 0, 1)}, 1)).number(), -HUGE_VAL);
  EXPECT_THAT(message_of<ValueError>([&] {
                gaussian_entropy(at::ones({9, 2}));
              }),
              HasSubstr("t is constant"));
  EXPECT_THAT(message_of<ValueError>([&] { gaussian_entropy(t.slice(0, 0, 3)); }),
              HasSubstr("got 3 rows, 3 columns"));
}

TEST(GaussianClasses, TellApartWhatLiesApart) {
  const Tensor y = labels(3000, 3, "y");
  const Tensor noise = normal({3000, 2}, "t");
  const Estimate none = gaussian_class_information(noise, y, 3);
  EXPECT_NEAR(none.number(), 0, 0.01);  // 5 standard errors of 2/n times a few parameters
  EXPECT_THAT(none.warnings, IsEmpty());
  const Tensor means = y.to(at::kDouble).unsqueeze(1);
  EXPECT_NEAR(gaussian_class_information(noise + 2 * means, y, 3).number(),
              0.5 * std::log(1 + 2 * 4 * 2. / 3), 0.05);
  // One column that is constant, one that is so in class 1, a sum.
  const Tensor gated = noise.slice(1, 0, 1) * y.ne(1).to(at::kDouble).unsqueeze(1);
  const Tensor more = at::cat({noise, at::ones({3000, 1}), gated, noise.sum(1, true)}, 1);
  const Estimate found = gaussian_class_information(more, y, 3);
  EXPECT_NEAR(found.number(), none.number(), 1e-9);
  EXPECT_THAT(found.warnings, ElementsAre("1 of 5 columns of t are constant: dropped",
                                          "1 column of t is constant within a class: dropped"));
  EXPECT_EQ(gaussian_class_information(at::ones({3000, 1}), y, 3).number(), 0);
  EXPECT_EQ(gaussian_class_information(noise, at::zeros({3000}, at::kLong), 3).number(), 0);
  EXPECT_FALSE(gaussian_class_information(gated, y, 3).value.defined());
  // Within class 0 one column is the other, elsewhere not.
  const Tensor equal = at::where(y.eq(0).unsqueeze(1), noise.slice(1, 0, 1), noise.slice(1, 1));
  EXPECT_EQ(gaussian_class_information(at::cat({noise.slice(1, 0, 1), equal}, 1), y, 3).number(),
            HUGE_VAL);
  EXPECT_THAT(
      message_of<ValueError>([&] {
        gaussian_class_information(noise.slice(0, 0, 4), at::tensor({0, 0, 1, 1}, at::kLong), 2);
      }),
      HasSubstr("class 0 has 2 rows, t 2 columns"));
}

TEST(Gaussian, SaysThatItIsNotForClasses) {
  const Tensor x = normal({200, 1}, "x"), y = labels(200, 3, "y");
  for (const char* spec : {"gaussian", "cca", "gaussian_copula", "kernel_mi"}) {
    EXPECT_THAT(make_estimator(spec)->estimate(x, y).warnings,
                testing::Contains(testing::HasSubstr("y has 3 distinct rows among 200")))
        << spec;
    EXPECT_THAT(make_estimator(spec)->estimate(x, x + normal({200, 1}, "z")).warnings,
                testing::IsEmpty());
  }
}

}  // namespace
}  // namespace glow
