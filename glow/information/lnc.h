// KSG with the local non-uniformity correction.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/information/neighbour_estimator.h"

namespace glow {

struct LNCOptions {
  int64_t k = 5;  // as in the paper; the principal axes of three neighbours say little
  std::optional<double> alpha = {};
  bool standardize = true;
  double jitter = 1e-10;
  std::optional<double> noise = {};
  bool errors = false;

  static constexpr auto fields() {
    using O = LNCOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours", true},
        Field{"alpha", &O::alpha,
              "correct where the principal box has less than this share of the volume (that which "
              "one in 200 sets of uniform points falls below)"},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"noise", &O::noise, "standard deviation of noise added to a layer"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Mutual information I(X;Y) in nats of continuous x (n, dx) and y (n, dy) by estimator 2 of
/// Kraskov et al. with the local non-uniformity correction
///   (1/n) Σ_i ln(V_i / V̄_i) over the rows with V̄_i/V_i < alpha,
/// where V_i is the volume of the box along the axes around the k neighbours and V̄_i that along
/// their principal axes: for strong dependence, where the density is far from even within V_i. The
/// paper corrects the multi-information C of single columns; of several,
/// I(X;Y) = C(X,Y) − C(X) − C(Y). There is no ceiling.
///
/// As `ksg` otherwise; also throws ValueError when k is below the number of columns, for then the
/// principal box has no volume. O(n k d² + n d³) beside the search.
///
/// Gao, Ver Steeg, Galstyan 2015, AISTATS, eq. 18 and algorithms 1 and 2.
Estimate lnc(const Tensor& x, const Tensor& y, const LNCOptions& options = {});

class LNC : public NeighbourEstimator {
 public:
  explicit LNC(const LNCOptions& options = {});

  const LNCOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  LNCOptions options_;
};

}  // namespace glow
