#include "glow/information/check_estimator.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/random.h"
#include "glow/core/text.h"
#include "glow/information/gradient_check.h"

namespace glow {
namespace {

constexpr int64_t kContractRows = 160;

/// What a check says when a promise is broken.
class Broken : public Error {
 public:
  using Error::Error;
};

Tensor contract_normal(at::IntArrayRef shape, const std::string& name) {
  return at::randn(shape, make_generator(0, "contract/" + name),
                   at::TensorOptions().dtype(at::kDouble));
}

struct VariablePair {
  Tensor x, y;
};

// (n, 2) and (n, 2) that depend on each other, or do not.
VariablePair contract_pair(bool discrete, bool dependent = true, int64_t n = kContractRows) {
  const Tensor x = contract_normal({n, 2}, "x"), noise = contract_normal({n, 2}, "noise");
  const Tensor y = dependent ? x * 0.9 + noise * 0.3 : noise;
  if (!discrete) return {x, y};
  return {at::round(x).clamp(-1, 1), at::round(y).clamp(-1, 1)};
}

void expect_near(double value, double expected, double tolerance, const char* where) {
  const double allowed = tolerance * std::max(1.0, std::abs(expected));
  if (std::abs(value - expected) <= allowed) return;  // false for NaN
  throw Broken("{}: {:.9g}, was {:.9g}", where, value, expected);
}

class Contract {
 public:
  Contract(const Estimator& estimator, const EstimatorClaims& claims)
      : estimator_(estimator), claims_(claims), pair_(contract_pair(claims.discrete)) {}

  using Check = void (Contract::*)() const;
  struct Named {
    const char* name;
    Check run;
  };
  static const std::vector<Named>& checks() {
    using C = Contract;
    static const std::vector<Named> all = {
        {"rows permuted", &C::rows_permuted},
        {"columns permuted", &C::columns_permuted},
        {"symmetric", &C::symmetric},
        {"translated", &C::translated},
        {"scaled", &C::scaled},
        {"rotated", &C::rotated},
        {"inputs unmodified", &C::inputs_unmodified},
        {"layouts", &C::layouts},
        {"precision", &C::precision},
        {"deterministic", &C::deterministic},
        {"global random state", &C::global_random_state},
        {"threads", &C::threads},
        {"not a number", &C::not_a_number},
        {"infinity", &C::infinity},
        {"rows differ", &C::rows_differ},
        {"empty", &C::empty},
        {"scalar", &C::scalar},
        {"one row", &C::one_row},
        {"constant", &C::constant},
        {"duplicates", &C::duplicates},
        {"more columns than rows", &C::more_columns_than_rows},
        {"result", &C::result},
        {"units", &C::units},
        {"independent", &C::independent},
        {"dependent", &C::dependent},
        {"gaussian", &C::gaussian},
        {"gradient", &C::gradient},
        {"gradient at coincident points", &C::gradient_at_coincident_points},
        {"graph", &C::graph},
        {"segment", &C::segment},
    };
    return all;
  }

 private:
  double value(const Tensor& x, const Tensor& y) const {
    return estimator_.estimate(x, y).number();
  }
  double value() const { return value(pair_.x, pair_.y); }

  void same(const Tensor& x, const Tensor& y, const char* where) const {
    expect_near(value(x, y), value(), claims_.tolerance, where);
  }

  // What is no estimate is refused, in words that hold each of `parts`.
  void refuses(const Tensor& x, const Tensor& y, const std::vector<std::string>& parts) const {
    double got = 0;
    try {
      got = value(x, y);
    } catch (const ValueError& error) {
      const std::string text = error.what();
      for (const auto& part : parts) {
        if (text.find(part) == std::string::npos) {
          throw Broken("the message names no '{}': {}", part, text);
        }
      }
      return;
    }
    throw Broken("gave {} and no error", got);
  }

  void rows_permuted() const {
    const Tensor order = at::randperm(kContractRows, make_generator(0, "contract/order"),
                                      at::TensorOptions().dtype(at::kLong));
    same(pair_.x.index_select(0, order), pair_.y.index_select(0, order), "the same rows shuffled");
  }
  void columns_permuted() const { same(pair_.x.flip(1), pair_.y, "columns of x swapped"); }
  void symmetric() const {
    if (claims_.symmetric) same(pair_.y, pair_.x, "x and y swapped");
  }
  void translated() const {
    if (claims_.translated) same(pair_.x + 3, pair_.y, "x + 3");
  }
  void scaled() const {
    if (claims_.scaled) same(pair_.x * 4, pair_.y, "4 x");
  }
  void rotated() const {
    if (!claims_.rotated) return;
    const Tensor turn = at::tensor({0.6, -0.8, 0.8, 0.6}, at::kDouble).view({2, 2});
    same(pair_.x.mm(turn), pair_.y, "x turned");
  }

  void inputs_unmodified() const {
    const Tensor x = pair_.x.clone(), y = pair_.y.clone();
    value(x, y);
    if (!at::equal(x, pair_.x)) throw Broken("x was changed");
    if (!at::equal(y, pair_.y)) throw Broken("y was changed");
  }
  void layouts() const {
    const Tensor x = pair_.x, y = pair_.y;
    same(x.t().contiguous().t(), y, "x column by column in memory");
    same(at::cat({x, x}, 1).slice(1, 1, 3).flip(1), y, "x as a part of a wider tensor");
    same(x.clone().requires_grad_(true), y, "x that requires a gradient");
    const Tensor column = x.slice(1, 0, 1);
    expect_near(value(column.squeeze(1), y), value(column, y), claims_.tolerance,
                "x (n) as (n, 1)");
  }
  void precision() const {
    const Tensor x = pair_.x.to(at::kFloat), y = pair_.y.to(at::kFloat);
    const double wide = value(x.to(at::kDouble), y.to(at::kDouble));
    expect_near(value(x, y), wide, std::max(1e-4, claims_.tolerance), "float32");
    const Tensor whole = at::round(pair_.x * 4), partner = at::round(pair_.y * 4);
    expect_near(value(whole.to(at::kLong), partner), value(whole, partner), claims_.tolerance,
                "whole numbers as int64");
  }
  void deterministic() const {
    if (value() != value()) throw Broken("two calls differ");
  }
  void global_random_state() const {
    auto generator = at::detail::getDefaultCPUGenerator();
    struct Restore {
      at::Generator generator;
      Tensor state;
      ~Restore() { generator.set_state(state); }
    } before{generator, generator.get_state()};
    const double first = value();
    if (!at::equal(generator.get_state(), before.state)) {
      throw Broken("the global state was changed");
    }
    at::rand({1});
    const double second = value();
    if (first != second) throw Broken("the value depends on the global state");
  }
  void threads() const {
    struct Restore {
      int count = thread_count();
      ~Restore() { set_thread_count(count); }
    } restore;
    std::vector<double> values;
    for (const int count : {1, 2}) {
      set_thread_count(count);
      const VariablePair many = contract_pair(claims_.discrete, true, 1500);
      values.push_back(value(many.x, many.y));
    }
    if (values[0] != values[1]) throw Broken("{:.17g} at 1, {:.17g} at 2", values[0], values[1]);
  }

  void not_a_number() const { refuses_bad(std::nan("")); }
  void infinity() const { refuses_bad(HUGE_VAL); }
  void refuses_bad(double bad) const {
    Tensor x = pair_.x.clone();
    x[17][1] = bad;
    refuses(x, pair_.y, {"row 17", "column 1"});
    refuses(pair_.x, x, {"row 17", "column 1"});
  }
  void rows_differ() const {
    refuses(pair_.x.slice(0, 0, 100), pair_.y.slice(0, 0, 101), {"100", "101"});
  }
  void empty() const { refuses(at::empty({0, 2}), at::empty({0, 2}), {}); }
  void scalar() const { refuses(at::scalar_tensor(1.0), at::scalar_tensor(1.0), {}); }
  void one_row() const { refuses(pair_.x.slice(0, 0, 1), pair_.y.slice(0, 0, 1), {}); }

  void constant() const {
    for (const bool first : {true, false}) {
      const Tensor same_everywhere = at::full_like(pair_.x, 2);
      const Estimate e = first ? estimator_.estimate(same_everywhere, pair_.y)
                               : estimator_.estimate(pair_.x, same_everywhere);
      if (e.number() != 0) throw Broken("a constant gives {}", e.number());
      if (e.warnings.empty()) throw Broken("a constant gives no warning");
    }
  }
  void duplicates() const {
    const Estimate e =
        estimator_.estimate(at::cat({pair_.x, pair_.x}), at::cat({pair_.y, pair_.y}));
    if (!std::isfinite(e.number())) throw Broken("every row twice gives {}", e.number());
  }
  void more_columns_than_rows() const {
    const Tensor x = contract_normal({12, 20}, "wide"), y = contract_normal({12, 1}, "narrow");
    try {
      const double got = claims_.discrete ? value(at::round(x), at::round(y)) : value(x, y);
      if (!std::isfinite(got)) throw Broken("12 rows of 20 columns give {}", got);
    } catch (const ValueError&) {
      // Refusing is an answer.
    }
  }

  void result() const {
    const Estimate e = estimator_.estimate(pair_.x, pair_.y);
    if (e.estimator != estimator_.spec()) throw Broken("it calls itself '{}'", e.estimator);
    if (e.value.dim() != 0) throw Broken("the value has {} dimensions", e.value.dim());
    if (!std::isfinite(e.number())) throw Broken("the value is {}", e.number());
    if (e.n < 1 || e.n > kContractRows) throw Broken("n is {}, of {} rows", e.n, kContractRows);
    if (e.unit != estimator_.unit()) throw Broken("the unit is not what unit() says");
    if (e.standard_error < 0) throw Broken("a standard error of {}", e.standard_error);
    const auto axes = estimator_.axes();
    if (axes.complexity.empty() || axes.generalization.empty()) throw Broken("an axis has no name");
  }
  void units() const {
    const Estimate e = estimator_.estimate(pair_.x, pair_.y);
    if (e.unit == Unit::bits) throw Broken("an estimator gives nats; others convert");
  }

  void independent() const {
    const VariablePair none = contract_pair(claims_.discrete, false, 1000);
    const Estimate e = estimator_.estimate(none.x, none.y);
    const double null = std::isnan(e.null_mean) ? 0 : e.null_mean;
    const double strong = dependent_value();
    if (std::abs(e.number() - null) > 0.15 * std::abs(strong)) {
      throw Broken("independent variables give {:.4g} ({:.4g} by chance), dependent ones {:.4g}",
                   e.number(), null, strong);
    }
  }
  void dependent() const {
    const VariablePair none = contract_pair(claims_.discrete, false, 1000);
    if (!(dependent_value() > value(none.x, none.y))) {
      throw Broken("dependent variables give no more than independent ones");
    }
  }
  double dependent_value() const {
    const VariablePair some = contract_pair(claims_.discrete, true, 1000);
    return value(some.x, some.y);
  }
  void gaussian() const {
    if (claims_.gaussian_error < 0) return;
    const Tensor x = contract_normal({2000, 1}, "gx"), noise = contract_normal({2000, 1}, "gn");
    for (const double rho : {0.0, 0.5, 0.9}) {
      const double truth = -0.5 * std::log(1 - rho * rho);
      const double got = value(x, rho * x + std::sqrt(1 - rho * rho) * noise);
      if (!(std::abs(got - truth) <= claims_.gaussian_error)) {
        throw Broken("correlation {}: {:.5g}, truth {:.5g}", rho, got, truth);
      }
    }
  }

  void gradient() const {
    if (!estimator_.differentiable()) return;
    for (const int64_t n : {8, 12, 24}) check_slope(contract_pair(false, true, n));
  }
  void gradient_at_coincident_points() const {
    if (!estimator_.differentiable()) return;
    const VariablePair few = contract_pair(false, true, 12);
    const Tensor x = at::cat({few.x, few.x}).requires_grad_(true);
    const Tensor y = at::cat({few.y, few.y});
    estimator_.estimate(x, y).value.backward();
    if (!at::isfinite(x.grad()).all().item<bool>()) throw Broken("the gradient is not finite");
  }
  void check_slope(const VariablePair& pair) const {
    const GradientCheck check = check_gradient(
        [&](const std::vector<Tensor>& v) { return estimator_.estimate(v[0], v[1]).value; },
        {pair.x, pair.y});
    if (!check.passed) throw Broken("n = {}: {}", pair.x.size(0), check.report());
  }
  void graph() const {
    const Tensor x = pair_.x.clone().requires_grad_(true);
    const bool kept = estimator_.estimate(x, pair_.y).value.requires_grad();
    if (kept && !estimator_.differentiable()) throw Broken("keeps a graph and does not say so");
    if (!kept && estimator_.differentiable()) throw Broken("says so and keeps no graph");
  }

  void segment() const {
    Segment segment;
    segment.x = pair_.x;
    segment.layers = {{.name = "dense_1", .value = pair_.x.clone()},
                      {.name = "dense_2", .value = pair_.y.clone()}};
    segment.y = pair_.y.select(1, 0).gt(0).to(at::kLong);
    segment.classes = 2;
    const auto coordinates = estimator_.evaluate(segment);
    if (coordinates.size() != 2) throw Broken("{} coordinates of 2 layers", coordinates.size());
    for (const auto& both : coordinates) {
      for (const Estimate& e : {both.complexity, both.generalization}) {
        if (!e.value.defined() && e.warnings.empty()) {
          throw Broken("a coordinate is missing without a word");
        }
        if (e.value.defined() && !std::isfinite(e.number())) {
          throw Broken("a coordinate is {}", e.number());
        }
      }
    }
    if (!at::equal(segment.layers[0].value, pair_.x)) throw Broken("a layer was changed");
  }

  const Estimator& estimator_;
  const EstimatorClaims& claims_;
  VariablePair pair_;
};

}  // namespace

std::vector<std::string> estimator_checks() {
  std::vector<std::string> names;
  for (const auto& check : Contract::checks()) names.emplace_back(check.name);
  return names;
}

std::vector<ContractFault> check_estimator(const Estimator& estimator,
                                           const EstimatorClaims& claims) {
  const auto names = estimator_checks();
  for (const auto& [name, reason] : claims.exceptions) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw ValueError("there is no check '{}'{}", name, did_you_mean(name, names));
    }
  }
  const Contract contract(estimator, claims);
  std::vector<ContractFault> faults;
  for (const auto& check : Contract::checks()) {
    if (claims.exceptions.count(check.name)) continue;
    try {
      (contract.*check.run)();
    } catch (const std::exception& error) {
      faults.push_back({check.name, error.what()});
    }
  }
  return faults;
}

std::string fault_report(const std::vector<ContractFault>& faults) {
  std::string out;
  for (const auto& fault : faults) out += fault.check + ": " + fault.what + "\n";
  return out;
}

}  // namespace glow
