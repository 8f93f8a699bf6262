// The nearest-neighbour estimators of Kraskov, Stögbauer and Grassberger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/information/neighbour_estimator.h"
#include "glow/information/neighbours.h"
#include "glow/information/scaled.h"

namespace glow {

struct KSGOptions {
  int64_t k = 3;  // small: little bias; the variance falls with k
  int64_t variant = 1;
  bool standardize = true;
  double jitter = 1e-10;
  std::optional<double> noise = {};
  bool errors = false;  // it costs up to two further estimates

  static constexpr auto fields() {
    using O = KSGOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours", true},
        Field{"variant", &O::variant, "1: cubes, less variance; 2: boxes, less bias"},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"noise", &O::noise, "standard deviation of noise added to a layer"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Mutual information I(X;Y) in nats of continuous x (n, dx) and y (n, dy), by the k nearest
/// neighbours under the maximum norm:
///   variant 1: ψ(k) + ψ(n) − ⟨ψ(n_x+1) + ψ(n_y+1)⟩, n_x rows strictly nearer in x than the k-th
///   joint neighbour; variant 2: ψ(k) − 1/k + ψ(n) − ⟨ψ(n_x) + ψ(n_y)⟩, n_x rows at most as far in
///   x as the farthest of the k joint neighbours.
///
/// Any real type, computed in float64; n > k. Not clipped: may be slightly negative. Constant
/// columns contribute nothing; a constant variable gives 0 and a warning. Never more than the
/// ceiling ψ(n) − ψ(k) (less 1/k in variant 2): a larger information is not seen, and the bias
/// towards 0 grows with it and with the number of columns. Warns near the ceiling, above ten
/// columns, and of ties. Throws ValueError on NaN or infinity, n <= k, or rows that differ.
/// O(n log n) in few dimensions, O(n²d) in many. Not differentiable.
///
/// Kraskov, Stögbauer, Grassberger 2004, Phys. Rev. E 69, 066138, eqs. 8 and 9.
Estimate ksg(const Tensor& x, const Tensor& y, const KSGOptions& options = {});

/// A variable prepared once for any number of partners: scaled, then sorted or in a tree. Two
/// variables of one estimate need names of their own.
struct KSGVariable {
  Scaled scaled;
  PointSet points;

  KSGVariable(const Tensor& x, const std::string& name, const KSGOptions& options);
};

/// The same of prepared variables. `order`, int64 (n) on the CPU, permutes the rows of y: y's own
/// structure serves every permutation.
Estimate ksg(const KSGVariable& x, const KSGVariable& y, const KSGOptions& options = {},
             const Tensor& order = {});

class KSG : public NeighbourEstimator {
 public:
  explicit KSG(const KSGOptions& options = {});

  const KSGOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  KSGOptions options_;
};

}  // namespace glow
