#include "glow/information/tasks.h"

#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

// Truths to four digits, computed apart; they agree with the formulas of the suite's authors.
const std::map<std::string, double> kTruths{
    {"1v1-normal-0.75", 0.4133},
    {"normal_cdf-1v1-normal-0.75", 0.4133},
    {"1v1-additive-0.1", 1.7094},
    {"1v1-additive-0.75", 0.3333},
    {"1v1-bimodal-0.75", 0.4133},
    {"wiggly-1v1-normal-0.75", 0.4133},
    {"half_cube-1v1-normal-0.75", 0.4133},
    {"student-identity-1-1-1", 0.2242},
    {"asinh-student-identity-1-1-1", 0.2242},
    {"swissroll_x-normal_cdf-1v1-normal-0.75", 0.4133},
    {"multinormal-dense-2-2-0.5", 0.2939},
    {"multinormal-dense-3-3-0.5", 0.4133},
    {"multinormal-dense-5-5-0.5", 0.5928},
    {"multinormal-dense-25-25-0.5", 1.2922},
    {"multinormal-dense-50-50-0.5", 1.6243},
    {"multinormal-sparse-2-2-2-2.0", 1.0217},
    {"multinormal-sparse-3-3-2-2.0", 1.0217},
    {"multinormal-sparse-5-5-2-2.0", 1.0217},
    {"multinormal-sparse-25-25-2-2.0", 1.0217},
    {"student-identity-2-2-1", 0.4319},
    {"student-identity-2-2-2", 0.1931},
    {"student-identity-3-3-2", 0.2909},
    {"student-identity-3-3-3", 0.1787},
    {"student-identity-5-5-2", 0.4482},
    {"student-identity-5-5-3", 0.2985},
    {"normal_cdf-multinormal-sparse-3-3-2-2.0", 1.0217},
    {"normal_cdf-multinormal-sparse-5-5-2-2.0", 1.0217},
    {"normal_cdf-multinormal-sparse-25-25-2-2.0", 1.0217},
    {"half_cube-multinormal-sparse-3-3-2-2.0", 1.0217},
    {"half_cube-multinormal-sparse-5-5-2-2.0", 1.0217},
    {"half_cube-multinormal-sparse-25-25-2-2.0", 1.0217},
    {"spiral-multinormal-sparse-3-3-2-2.0", 1.0217},
    {"spiral-multinormal-sparse-5-5-2-2.0", 1.0217},
    {"spiral-multinormal-sparse-25-25-2-2.0", 1.0217},
    {"spiral-normal_cdf-multinormal-sparse-3-3-2-2.0", 1.0217},
    {"spiral-normal_cdf-multinormal-sparse-5-5-2-2.0", 1.0217},
    {"spiral-normal_cdf-multinormal-sparse-25-25-2-2.0", 1.0217},
    {"asinh-student-identity-2-2-1", 0.4319},
    {"asinh-student-identity-3-3-2", 0.2909},
    {"asinh-student-identity-5-5-2", 0.4482}};

TEST(Tasks, AreTheFortyOfTheFirstSuiteWithTheirTruths) {
  std::set<std::string> names;
  for (const Task& one : tasks()) {
    ASSERT_EQ(kTruths.count(one.name), 1U) << one.name;
    EXPECT_NEAR(one.truth, kTruths.at(one.name), 5.01e-5) << one.name;
    EXPECT_EQ(&task(one.name), &one);
    names.insert(one.name);
  }
  EXPECT_EQ(tasks().size(), 40U);
  EXPECT_EQ(names.size(), 40U);
}

TEST(Tasks, DrawWhatTheySay) {
  for (const Task& one : tasks()) {
    const Sample few = sample(one, 7);
    EXPECT_EQ(few.x.sizes(), (std::vector<int64_t>{7, one.x_columns})) << one.name;
    EXPECT_EQ(few.y.sizes(), (std::vector<int64_t>{7, one.y_columns})) << one.name;
    EXPECT_EQ(few.x.scalar_type(), at::kDouble);
    EXPECT_TRUE(few.x.is_contiguous() && few.y.is_contiguous());
    EXPECT_TRUE(at::isfinite(few.x).all().item<bool>() && at::isfinite(few.y).all().item<bool>());
    EXPECT_EQ(sample(one, 1).x.size(0), 1);
  }
  EXPECT_EQ(sample(tasks()[0]).x.size(0), 10'000);
}

// Of one pair of variables, in each of its rows; multiplies out for independent blocks.
using LogRatio = std::function<Tensor(const Tensor& x, const Tensor& y)>;

// ln N(v; 0, Σ) without the term of 2π, which cancels.
Tensor log_normal(const Tensor& v, const Tensor& covariance) {
  const Tensor factor = at::linalg_cholesky(covariance);
  const Tensor white = at::linalg_solve_triangular(factor, v.t(), /*upper=*/false);
  return -0.5 * white.square().sum(0) - factor.diagonal().log().sum();
}

// ln p(x,y)/(p(x)p(y)) of jointly Gaussian columns.
LogRatio gaussian_ratio(const Tensor& covariance) {
  return [covariance](const Tensor& x, const Tensor& y) {
    const int64_t d = x.size(1);
    const Tensor of_x = covariance.slice(0, 0, d).slice(1, 0, d);
    const Tensor of_y = covariance.slice(0, d).slice(1, d);
    return log_normal(at::cat({x, y}, 1), covariance) - log_normal(x, of_x) - log_normal(y, of_y);
  };
}

LogRatio pair_ratio(int64_t d, int64_t pairs, double rho) {
  const Tensor covariance = at::eye(2 * d, at::kDouble);
  for (int64_t j = 0; j < pairs; ++j) {
    covariance[j][d + j] = rho;
    covariance[d + j][j] = rho;
  }
  return gaussian_ratio(covariance);
}

LogRatio dense_ratio(int64_t d) {
  return gaussian_ratio(at::full({2 * d, 2 * d}, 0.5, at::kDouble) +
                        0.5 * at::eye(2 * d, at::kDouble));
}

Tensor log_student(const Tensor& v, double nu) {
  const auto d = static_cast<double>(v.size(1));
  return std::lgamma((nu + d) / 2) - std::lgamma(nu / 2) - d / 2 * std::log(nu * std::numbers::pi) -
         (nu + d) / 2 * at::log1p(v.square().sum(1) / nu);
}
LogRatio student_ratio(double nu) {
  return [nu](const Tensor& x, const Tensor& y) {
    return log_student(at::cat({x, y}, 1), nu) - log_student(x, nu) - log_student(y, nu);
  };
}

// p(y|x) = 1/2ε around x; p(y) is the share of [0, 1] within ε of y, over 2ε.
LogRatio additive_ratio(double epsilon) {
  return [epsilon](const Tensor& x, const Tensor& y) {
    EXPECT_TRUE(((y - x).abs() <= epsilon).all().item<bool>());
    const Tensor share = (y + epsilon).clamp_max(1) - (y - epsilon).clamp_min(0);
    return -share.log().squeeze(1);
  };
}

// What undoes the maps, each on its own.
Tensor bisect(const std::function<Tensor(const Tensor&)>& map, const Tensor& target) {
  Tensor low = target - 3, high = target + 3;
  for (int step = 0; step < 60; ++step) {
    const Tensor middle = (low + high) / 2, below = map(middle) < target;
    low = at::where(below, middle, low);
    high = at::where(below, high, middle);
  }
  return low;
}

void undo_cdf(Tensor& v) { v = at::special_ndtri(v); }
void undo_asinh(Tensor& v) { v = at::sinh(v); }
void undo_half_cube(Tensor& v) { v = v.sign() * v.abs().pow(2.0 / 3); }

void undo_wiggly(Sample& s) {
  s.x = bisect(
      [](const Tensor& v) {
        return v + 0.4 * v.sin() + 0.2 * (1.7 * v + 1).sin() + 0.03 * (3.3 * v - 2.5).sin();
      },
      s.x);
  s.y = bisect(
      [](const Tensor& v) {
        return v - 0.4 * (0.4 * v).sin() + 0.17 * (1.3 * v + 3.5).sin() +
               0.02 * (4.3 * v - 2.5).sin();
      },
      s.y);
}

void undo_bimodal(Sample& s) {
  const auto cdf = [](const Tensor& v) { return at::special_ndtr(v); };
  s.x = at::special_ndtri(0.3 * cdf(s.x) + 0.7 * cdf(s.x - 5));
  s.y = at::special_ndtri(0.5 * cdf(s.y + 1) + 0.5 * cdf(s.y - 3));
}

void undo_swissroll(Sample& s) {
  const Tensor t = 21 * s.x.norm(2, 1);
  // On the roll, which is one line: the length says where.
  const Tensor rolled = at::stack({t * t.cos(), t * t.sin()}, 1) / 21;
  EXPECT_LT((rolled - s.x).abs().max().item<double>(), 1e-12);
  s.x = ((t / (1.5 * std::numbers::pi) - 1) / 2).unsqueeze(1);
}

void turn_back(Tensor& v, int64_t plane) {
  const Tensor angle = -v.square().sum(1) / static_cast<double>(v.size(1));
  const Tensor z =
      at::complex(v.select(1, plane).contiguous(), v.select(1, plane + 1).contiguous());
  const Tensor turned = z * at::complex(angle.cos(), angle.sin());
  v = v.clone();
  v.select(1, plane).copy_(at::real(turned));
  v.select(1, plane + 1).copy_(at::imag(turned));
}

// The log density ratio of the law before the maps, at the rows of a sample after them.
Tensor log_ratio(const std::string& name, Sample s) {
  const auto begins = [&](const char* prefix) { return name.rfind(prefix, 0) == 0; };
  const auto contains = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (begins("spiral")) {
    turn_back(s.x, 0);
    turn_back(s.y, 1);
  }
  if (begins("swissroll")) undo_swissroll(s);
  const auto both = [&](void (*undo)(Tensor&)) {
    undo(s.x);
    undo(s.y);
  };
  if (contains("normal_cdf")) both(undo_cdf);
  if (contains("half_cube")) both(undo_half_cube);
  if (contains("asinh")) both(undo_asinh);
  if (contains("wiggly")) undo_wiggly(s);
  if (contains("bimodal")) undo_bimodal(s);
  const int64_t d = s.x.size(1);
  LogRatio ratio = pair_ratio(1, 1, 0.75);
  if (contains("additive")) ratio = additive_ratio(contains("0.75") ? 0.75 : 0.1);
  if (contains("sparse")) ratio = pair_ratio(d, 2, 0.8);
  if (contains("dense")) ratio = dense_ratio(d);
  if (contains("student")) ratio = student_ratio(name.back() - '0');
  return ratio(s.x, s.y);
}

// I(X;Y) is the mean of the log density ratio: 40 means, none of them 4.5 standard errors from the
// truth (chance of a false alarm 3e-4; over 20 seeds the largest deviation was 2.9).
TEST(Tasks, HaveTheTruthThatTheirDensitiesGive) {
  constexpr int64_t kDraws = 20'000;
  for (const Task& one : tasks()) {
    const Tensor ratios = log_ratio(one.name, sample(one, kDraws, 1));
    const double error = ratios.std().item<double>() / std::sqrt(static_cast<double>(kDraws));
    EXPECT_NEAR(ratios.mean().item<double>(), one.truth, 4.5 * error) << one.name;
    EXPECT_LT(error, 0.02) << one.name;
  }
}

// The marginals too are what the names say: mean and spread of what the maps were undone to.
TEST(Tasks, HaveTheMarginalsOfTheirNames) {
  constexpr int64_t kDraws = 40'000;
  const auto moments = [](const std::string& name) {
    const Sample s = sample(task(name), kDraws, 2);
    return std::vector<double>{s.x.mean().item<double>(), s.x.var().item<double>(),
                               s.y.mean().item<double>(), s.y.var().item<double>()};
  };
  // Five standard errors: of a mean √(v/n), of a variance at most √(2/n) v, as for a normal law.
  const auto expect = [&](const std::string& name, const std::vector<double>& expected) {
    const std::vector<double> found = moments(name);
    for (size_t i = 0; i < 4; i += 2) {
      const double variance = expected[i + 1];
      EXPECT_NEAR(found[i], expected[i], 5 * std::sqrt(variance / kDraws)) << name;
      EXPECT_NEAR(found[i + 1], variance, 5 * std::sqrt(2.0 / kDraws) * variance) << name;
    }
  };
  expect("1v1-normal-0.75", {0, 1, 0, 1});
  expect("multinormal-sparse-25-25-2-2.0", {0, 1, 0, 1});
  expect("normal_cdf-1v1-normal-0.75", {0.5, 1.0 / 12, 0.5, 1.0 / 12});
  expect("1v1-additive-0.75", {0.5, 1.0 / 12, 0.5, 1.0 / 12 + 0.75 * 0.75 / 3});
  expect("1v1-bimodal-0.75", {3.5, 1 + 0.3 * 0.7 * 25, 1, 1 + 4});
  // The tails of a Student law: P(|X| > 1) of one degree of freedom is a half.
  const Sample cauchy = sample(task("student-identity-1-1-1"), kDraws);
  EXPECT_NEAR((cauchy.x.abs() > 1).to(at::kDouble).mean().item<double>(), 0.5, 0.0125);
  EXPECT_NEAR((cauchy.y.abs() > 1).to(at::kDouble).mean().item<double>(), 0.5, 0.0125);
}

TEST(Tasks, AreMapsOfTheSameDraws) {
  const auto draw = [](const std::string& name) {
    return task(name).draw(50, make_generator(5, "draws"));
  };
  const Sample base = draw("multinormal-sparse-3-3-2-2.0");
  const Sample cubed = draw("half_cube-multinormal-sparse-3-3-2-2.0");
  EXPECT_TRUE(at::allclose(cubed.x, base.x.sign() * base.x.abs().pow(1.5), 1e-12, 1e-14));
  const Sample spiral = draw("spiral-multinormal-sparse-3-3-2-2.0");
  EXPECT_TRUE(at::equal(spiral.x.select(1, 2), base.x.select(1, 2)));
  EXPECT_TRUE(at::equal(spiral.y.select(1, 0), base.y.select(1, 0)));
  EXPECT_TRUE(at::allclose(spiral.y.norm(2, 1), base.y.norm(2, 1), 1e-12, 1e-14));
  // One row, by hand: a third of its squared length is the angle.
  const double a = base.x[0][0].item<double>(), b = base.x[0][1].item<double>();
  const double angle = base.x[0].square().sum().item<double>() / 3;
  EXPECT_NEAR(spiral.x[0][0].item<double>(), std::cos(angle) * a - std::sin(angle) * b, 1e-13);
  EXPECT_NEAR(spiral.x[0][1].item<double>(), std::sin(angle) * a + std::cos(angle) * b, 1e-13);
}

TEST(Tasks, AreFunctionsOfTheirSeedAlone) {
  const Task& one = task("wiggly-1v1-normal-0.75");
  const Sample first = sample(one, 100, 3);
  at::manual_seed(1);
  const Tensor before = at::rand({1});
  at::manual_seed(1);
  const Sample again = sample(one, 100, 3);
  EXPECT_TRUE(at::equal(at::rand({1}), before));
  EXPECT_TRUE(at::equal(first.x, again.x) && at::equal(first.y, again.y));
  EXPECT_FALSE(at::equal(first.x, sample(one, 100, 4).x));
  EXPECT_FALSE(at::equal(sample(task("1v1-normal-0.75"), 9).x,
                         sample(task("multinormal-dense-2-2-0.5"), 9).x.slice(1, 0, 1)));
}

TEST(Tasks, RefuseWhatHasNoAnswer) {
  EXPECT_THAT(message_of<ValueError>([] { task("1v1-normal-0.7"); }),
              HasSubstr("unknown task '1v1-normal-0.7'; did you mean '1v1-normal-0.75'?"));
  EXPECT_THAT(message_of<ValueError>([] { sample(tasks()[0], 0); }),
              HasSubstr("at least one row, got 0"));
}

}  // namespace
}  // namespace glow
