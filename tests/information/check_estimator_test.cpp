#include "glow/information/check_estimator.h"

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What the estimators of the registry claim. One that is missing here fails the test.
const std::map<std::string, EstimatorClaims>& claims() {
  static const std::string cells = "cells stay where they are when the values move";
  const auto neighbours = [](double gaussian_error) {
    return EstimatorClaims{.scaled = true, .tolerance = 1e-3, .gaussian_error = gaussian_error};
  };
  const EstimatorClaims discrete{.discrete = true, .scaled = true};
  static const std::string one_continuous =
      "for one continuous variable; the checks hand it whole numbers twice, whose ties noise "
      "breaks";
  EstimatorClaims multi_information = neighbours(0.1);
  multi_information.exceptions = {{"constant", "what the columns of one variable share counts too"},
                                  {"segment", "no coordinates on a layer"}};
  EstimatorClaims kde{.symmetric = false, .rotated = true};
  kde.exceptions = {{"precision", "rounded, rows of x become equal and y is no function of it"},
                    {"gradient at coincident points", "only y, the layer, has a gradient"},
                    {"graph", "the same"},
                    {"independent", "a bound on I(X; Y + noise), y a function of x"},
                    {"dependent", "the same"},
                    {"constant", "a constant x with y that varies is no function"}};
  static const std::map<std::string, EstimatorClaims> all = {
      {"auto", {.scaled = true, .tolerance = 1e-3, .gaussian_error = 0.1}},
      {"plugin", discrete},
      {"miller_madow", discrete},
      {"grassberger", discrete},
      {"chao_shen", discrete},
      {"james_stein", discrete},
      {"nsb", discrete},
      {"binned",
       {.translated = false,
        .exceptions = {{"gaussian", cells},
                       {"independent", "300 cells for 1000 examples: the plug-in bias"}}}},
      {"ksg", neighbours(0.1)},
      {"lnc", neighbours(0.1)},
      {"ross",
       {.discrete = true,
        .scaled = true,
        .exceptions = {{"rows permuted", one_continuous},
                       {"columns permuted", one_continuous},
                       {"symmetric", one_continuous}}}},
      {"mixed_ksg", neighbours(0.1)},
      {"kl", neighbours(0.1)},
      {"weighted_kl", neighbours(0.1)},
      {"multi_information", multi_information},
      {"hsic", {.rotated = true}},
      {"nhsic", {.rotated = true}},
      {"cka", {.scaled = true, .rotated = true}},
      {"dcor", {.scaled = true, .rotated = true}},
      {"renyi",
       {.scaled = true,
        .rotated = true,
        .exceptions = {{"gradient", "of a fixed width; here the median moves with x"}}}},
      {"kde", kde},
      {"kernel_mi", {.scaled = true, .rotated = true, .gaussian_error = 0.15}},
      {"gaussian", {.scaled = true, .rotated = true, .gaussian_error = 0.05}},
      {"cca", {.scaled = true, .rotated = true, .gaussian_error = 0.05}},
      {"edge", {.scaled = true, .gaussian_error = 0.1}},
      {"gaussian_copula", {.scaled = true, .gaussian_error = 0.05}},
  };
  return all;
}

class Registered : public testing::TestWithParam<std::string> {};

TEST_P(Registered, KeepsTheContract) {
  const auto found = claims().find(GetParam());
  ASSERT_NE(found, claims().end()) << "no claims for " << GetParam();
  const EstimatorPtr estimator = make_estimator(GetParam());
  EXPECT_EQ(fault_report(check_estimator(*estimator, found->second)), "");
}

INSTANTIATE_TEST_SUITE_P(All, Registered, testing::ValuesIn(estimators().names()),
                         [](const auto& test) { return test.param; });

// A criterion that is right, to be made wrong in one way at a time.
class Covariance : public Criterion {
 public:
  Covariance() : Criterion("covariance") {}
  Estimate estimate(const Tensor& x, const Tensor& y) const override {
    Estimate e = Criterion::estimate(x, y);
    if (x.size(0) < 2) throw ValueError("covariance needs two rows");
    check_constant(x, e);
    check_constant(y, e);
    return e;
  }
  Tensor criterion(const Tensor& x, const Tensor& y) const override {
    if (x.isnan().any().item<bool>() || !at::isfinite(x).all().item<bool>()) refuse(x, "x");
    if (!at::isfinite(y).all().item<bool>()) refuse(y, "y");
    const Tensor a = x.to(at::kDouble), b = y.to(at::kDouble);
    return wrong(((a - a.mean(0)).t().mm(b - b.mean(0)) / double(a.size(0) - 1)).square().sum(), a,
                 b);
  }
  Unit unit() const override { return Unit::none; }

 protected:
  virtual Tensor wrong(const Tensor& value, const Tensor&, const Tensor&) const { return value; }

 private:
  static void check_constant(const Tensor& x, Estimate& e) {
    if ((x == x.slice(0, 0, 1)).all().item<bool>()) {
      e.value = e.value * 0;
      e.warnings.push_back("constant");
    }
  }
  static void refuse(const Tensor& t, const char* name) {
    const Tensor place = at::isfinite(t).logical_not().nonzero()[0];
    throw ValueError("{}: row {}, column {}", name, place[0].item<int64_t>(),
                     place[1].item<int64_t>());
  }
};

std::vector<std::string> failed(const Estimator& estimator, const EstimatorClaims& of = {}) {
  std::vector<std::string> out;
  for (const auto& fault : check_estimator(estimator, of)) out.push_back(fault.check);
  return out;
}

template <class F>
std::vector<std::string> failed_with(F change, const EstimatorClaims& of = {}) {
  class Wrong : public Covariance {
   public:
    explicit Wrong(F f) : change_(f) {}
    Tensor wrong(const Tensor& value, const Tensor& x, const Tensor& y) const override {
      return change_(value, x, y);
    }

   private:
    F change_;
  };
  return failed(Wrong(change), of);
}

TEST(CheckEstimator, PassesARightOne) {
  EXPECT_THAT(failed(Covariance(), {.rotated = true}), IsEmpty());
}

TEST(CheckEstimator, RejectsEachKindOfWrongOne) {
  using V = const Tensor&;
  using testing::Contains;
  EXPECT_THAT(failed_with([](V value, V x, V) { return value + 1e-3 * x[0][0]; }),
              testing::IsSupersetOf({"rows permuted", "symmetric", "translated"}));
  EXPECT_THAT(failed_with([](V value, V x, V) { return value * x.slice(1, 0, 1).square().mean(); }),
              Contains("columns permuted"));
  EXPECT_THAT(failed_with([](V value, V, V) { return value + 1e-3 * at::rand({}, at::kDouble); }),
              testing::IsSupersetOf({"deterministic", "global random state"}));
  EXPECT_THAT(failed_with([](V value, V, V) { return value * thread_count(); }),
              Contains("threads"));
  EXPECT_THAT(failed_with([](V value, V x, V) {
                x.detach().add_(1);
                return value;
              }),
              Contains("inputs unmodified"));
  EXPECT_THAT(failed_with([](V value, V, V) { return value.detach(); }), Contains("graph"));
  EXPECT_THAT(
      failed_with([](V value, V, V) { return value.detach() + 0.5 * (value - value.detach()); }),
      ElementsAre("gradient"));
  EXPECT_THAT(failed_with([](V value, V x, V) {
                const Tensor apart = x.unsqueeze(0) - x.unsqueeze(1);
                return value + 0 * apart.square().sum(2).sqrt().sum();
              }),
              Contains("gradient at coincident points"));
  EXPECT_THAT(failed_with([](V value, V, V) { return value + 1; }),
              testing::IsSupersetOf({"independent"}));
  EXPECT_THAT(failed_with([](V value, V, V) { return -value; }), Contains("dependent"));
  EXPECT_THAT(failed_with([](V value, V, V) { return value; }, {.gaussian_error = 0.01}),
              ElementsAre("gaussian"));
  EXPECT_THAT(failed_with([](V value, V, V) { return value; }, {.scaled = true}),
              ElementsAre("scaled"));
}

// A right estimator but for what `change` does with the arguments or the answer.
template <class F>
std::vector<std::string> failed_answer(F change, const EstimatorClaims& of = {}) {
  class Wrong : public Covariance {
   public:
    explicit Wrong(F f) : change_(f) {}
    Estimate estimate(const Tensor& x, const Tensor& y) const override {
      return change_(
          x, y, [this](const Tensor& a, const Tensor& b) { return Covariance::estimate(a, b); });
    }

   private:
    F change_;
  };
  return failed(Wrong(change), of);
}

TEST(CheckEstimator, RejectsWrongAnswersToOddArguments) {
  using V = const Tensor&;
  using testing::Contains;
  const auto zero = [](Estimate e) {
    e.estimator = "covariance";
    e.value = at::scalar_tensor(0, at::kDouble);
    return e;
  };
  EXPECT_THAT(failed_with([](V value, V x, V) { return value * x.abs().max(); }, {.rotated = true}),
              Contains("rotated"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                Estimate e = right(x, y);
                if (!x.is_contiguous()) e.value = e.value * 2;
                return e;
              }),
              Contains("layouts"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                Estimate e = right(x, y);
                if (x.scalar_type() != at::kDouble) e.value = e.value * 1.01;
                return e;
              }),
              Contains("precision"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                const int64_t n = x.dim() == 0 ? 0 : std::min(x.size(0), y.size(0));
                return n == 0 ? right(x, y) : right(x.slice(0, 0, n), y.slice(0, 0, n));
              }),
              Contains("rows differ"));
  EXPECT_THAT(failed_answer([&](V x, V y, auto right) {
                return x.numel() == 0 ? zero(Estimate()) : right(x, y);
              }),
              Contains("empty"));
  EXPECT_THAT(failed_answer([&](V x, V y, auto right) {
                return x.dim() == 0 ? zero(Estimate()) : right(x, y);
              }),
              Contains("scalar"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                Estimate e = right(x, y);
                const int64_t half = x.size(0) / 2;
                if (at::equal(x.slice(0, 0, half), x.slice(0, half, 2 * half))) {
                  e.value = e.value * std::nan("");
                }
                return e;
              }),
              Contains("duplicates"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                Estimate e = right(x, y);
                if (x.size(1) > x.size(0)) e.value = e.value * std::nan("");
                return e;
              }),
              Contains("more columns than rows"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                Estimate e = right(x, y);
                e.estimator = "another";
                return e;
              }),
              Contains("result"));
  EXPECT_THAT(failed_answer([](V x, V y, auto right) {
                Estimate e = right(x, y);
                e.unit = Unit::bits;
                return e;
              }),
              Contains("units"));
  class NoLayers : public Covariance {
    using Covariance::evaluate;
    std::vector<Coordinates> evaluate(const Segment&, const Fit&) const override { return {}; }
  };
  EXPECT_THAT(failed(NoLayers()), Contains("segment"));
}

TEST(CheckEstimator, AnErrorWithoutAPlaceIsAFault) {
  class Silent : public Criterion {
   public:
    Silent() : Criterion("silent") {}
    Tensor criterion(const Tensor& x, const Tensor& y) const override {
      return (at::nan_to_num(x, 0, 0, 0).mean(0).sum() * at::nan_to_num(y, 0, 0, 0).mean(0).sum());
    }
  };
  EXPECT_THAT(failed(Silent()),
              testing::IsSupersetOf({"not a number", "infinity", "one row", "constant"}));
}

TEST(CheckEstimator, LeavesOutWhatIsListedAndKnowsItsNames) {
  EXPECT_THAT(failed_with([](const Tensor& value, const Tensor&, const Tensor&) { return -value; },
                          {.exceptions = {{"dependent", "a distance"}}}),
              testing::Not(testing::Contains("dependent")));
  EXPECT_THAT(message_of<ValueError>([] {
                check_estimator(Covariance(), {.exceptions = {{"symetric", "?"}}});
              }),
              testing::HasSubstr("symmetric"));
}

}  // namespace
}  // namespace glow
