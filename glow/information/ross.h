// Nearest neighbours between a continuous and a discrete variable.
#pragma once

#include <cstdint>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/information/neighbour_estimator.h"

namespace glow {

struct RossOptions {
  int64_t k = 3;
  bool standardize = true;
  double jitter = 1e-10;
  bool errors = false;

  static constexpr auto fields() {
    using O = RossOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours within a class", true},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Mutual information I(X;C) in nats of continuous x (n, d) and discrete labels, any integers, (n)
/// or (n, 1): ψ(N) + ⟨ψ(k)⟩ − ⟨ψ(N_c)⟩ − ⟨ψ(m)⟩, where N_c is the size of a row's class and m the
/// number of rows, itself included, nearer than its k-th neighbour in that class.
///
/// The right one for a layer and its label. A class with fewer than k + 1 rows takes all its others
/// as neighbours; a row alone in its class is left out and not counted in n: both with a warning.
/// Not clipped. Ceiling ψ(N) − ⟨ψ(N_c)⟩, about H(C). A constant gives 0 and a warning. Throws
/// ValueError on NaN or infinity, rows that differ, labels of another type, or when every class has
/// one row only. O(n log n) in few dimensions, O(n²d) in many. Not differentiable.
///
/// Ross 2014, PLoS ONE 9, e87357.
Estimate ross(const Tensor& x, const Tensor& labels, const RossOptions& options = {});

/// As an estimator of two variables, y is the discrete one when it has an integer type or holds
/// whole numbers only (each distinct row is a class), else x.
class Ross : public NeighbourEstimator {
 public:
  explicit Ross(const RossOptions& options = {});

  const RossOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  RossOptions options_;
};

}  // namespace glow
