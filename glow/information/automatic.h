// The estimator that the data ask for.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "glow/information/estimator.h"

namespace glow {

/// What was chosen, and why, in words.
struct Choice {
  std::string spec;
  std::string why;
};

/// For x (n, dx) and y (n, dy): both discrete, `grassberger`; one of them, `ross`, or `mixed_ksg`
/// where the other has ties; neither, `ksg`, `mixed_ksg` where there are ties, or `gaussian_copula`
/// above ten columns in all, where nearest neighbours are far. Discrete is what `is_discrete` says.
Choice choose_estimator(const Tensor& x, const Tensor& y);

struct AutoOptions {
  static constexpr auto fields() { return std::tuple{}; }
};

/// Mutual information in nats by what `choose_estimator` says; the first of the warnings names it.
/// On a layer: no complexity (see `ksg`), and the label by `ross` or `mixed_ksg`.
class Auto : public Estimator {
 public:
  explicit Auto(const AutoOptions& = {});

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  AxisNames axes() const override { return {"I(X;T)", "I(T;Y)"}; }
  Unit unit() const override { return Unit::nats; }
};

}  // namespace glow
