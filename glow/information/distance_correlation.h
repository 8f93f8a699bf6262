// Distance correlation.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"

namespace glow {

struct DcorOptions {
  bool unbiased = false;  // the number that the name stands for

  static constexpr auto fields() {
    using O = DcorOptions;
    return std::tuple{Field{"unbiased", &O::unbiased,
                            "the bias-corrected squared correlation; may be negative", true}};
  }
};

/// Distance correlation of x (n, dx) and y (n, dy), at most 1, without a unit; Euclidean distances.
///
/// Default: √(dCov²/√(dVar(x) dVar(y))) of V-statistics, in [0, 1]; n >= 2. Its mean for
/// independent data is far from 0 at small n: a warning says about what it is, where it is more
/// than half of the value. Unbiased: the ratio of U-centred statistics, which estimates the square
/// of the former, may be negative and is not clipped; its `null_mean` is 0; n >= 4.
///
/// Where x or y is constant, or (unbiased) all its rows are as far from each other, it is 0, with a
/// warning. Invariant under translation, rotation and scaling of either. Throws ValueError on NaN
/// or infinity, too few rows, or rows that differ. In float64. One column each: O(n log n). Else
/// O(n² d) time and O(n) memory. Differentiable, by whole matrices: the derivative of the distance
/// of coincident points is taken as 0.
///
/// Székely, Rizzo, Bakirov 2007, Ann. Stat. 35, definition 5; Székely and Rizzo 2014, Ann. Stat.
/// 42, eq. 3.2 (unbiased).
Estimate dcor(const Tensor& x, const Tensor& y, const DcorOptions& options = {});

/// dCor(T, X) and dCor(T, one-hot Y) of every layer, in one pass over all.
class Dcor : public Estimator {
 public:
  explicit Dcor(const DcorOptions& options = {});

  const DcorOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  AxisNames axes() const override { return {"dCor(T,X)", "dCor(T,Y)"}; }
  Unit unit() const override { return Unit::none; }
  bool differentiable() const override { return true; }

 private:
  DcorOptions options_;
};

}  // namespace glow
