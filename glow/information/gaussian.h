// The information of Gaussian variables, from covariances alone: the cheap baseline.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"

namespace glow {

/// Of `gaussian`, `cca` and `gaussian_copula`.
struct GaussianOptions {
  bool bias_correction = true;  // raw values grow by about dx dy / 2n
  std::optional<double> noise = {};

  static constexpr auto fields() {
    using O = GaussianOptions;
    return std::tuple{Field{"bias_correction", &O::bias_correction,
                            "subtract the bias of log-determinants of Gaussian samples"},
                      Field{"noise", &O::noise,
                            "standard deviation of Gaussian noise added to y, or to a layer"}};
  }
};

/// I(X;Y) = ½ ln(|Σx||Σy|/|Σ|) in nats, of x (n, dx) and y (n, dy) taken to be jointly Gaussian,
/// computed in float64; n > dx + dy. Not clipped. Invariant under invertible linear maps of either.
///
/// Corrected by default: B(dx) + B(dy) − B(dx+dy), B(d) = ½ Σ_{i=1..d} ψ((n−i)/2), is the exact
/// bias for Gaussian samples (the mean of the log-determinant of a Wishart matrix), not for others.
/// The standard error is that of Gaussian samples: √(Σ ρ_k²/n + ¼ Σ_i [ψ'((n−dx−i)/2) −
/// ψ'((n−i)/2)]), ρ_k the canonical correlations: their asymptotic variances, and the exact
/// variance without dependence (of Wilks' Λ). `null_mean` is exact for Gaussian samples too: 0 when
/// corrected.
///
/// Constant columns, and columns that others of the same variable determine, contribute 0 and are
/// dropped, the first with a warning; a constant variable gives 0. Where a linear combination of y
/// is one of x the information is infinite, and a warning says so. Throws ValueError on NaN or
/// infinity, n <= dx + dy, or rows that differ. O(n d² + d³), d = dx + dy.
///
/// `noise`: N(0, noise²) is added to each column of y first, the same numbers at each call.
/// Differentiable: where x or y requires a gradient the value keeps its graph.
///
/// Cover and Thomas 2006, theorem 8.4.1; Misra, Singh, Demchuk 2005, J. Multivariate Anal. 92
/// (the bias); Anderson 2003, theorems 8.4.1 and 13.4.1 (the variances).
Estimate gaussian(const Tensor& x, const Tensor& y, const GaussianOptions& options = {});

/// −½ Σ_k ln(1−ρ_k²) in nats, from the canonical correlations ρ_k of x (n, dx) and y (n, dy): the
/// same information by another road, and in all else as `gaussian`.
///
/// Hotelling 1936; Kay 1992, ISIT.
Estimate cca(const Tensor& x, const Tensor& y, const GaussianOptions& options = {});

/// The canonical correlations of x (n, dx) and y (n, dy), largest first, float64 (min(dx, dy)) of
/// what is left of dependent columns; n > dx + dy. Keeps its graph. Errors as `gaussian`.
Tensor canonical_correlations(const Tensor& x, const Tensor& y);

/// `gaussian` of the normal scores Φ⁻¹(rank/(n+1)) of each column, ranks of ties averaged:
/// invariant under increasing maps of each column, exact for Gaussian copulas. It knows no other
/// dependence: heavy tails and links that are not monotone lower it. Warns where more than 5 % of
/// the values of a variable are tied. O(d n log n) more. Not differentiable.
Estimate gaussian_copula(const Tensor& x, const Tensor& y, const GaussianOptions& options = {});

/// h(T) = ½ ln |2πe Σ| in nats of t (n, d), taken to be Gaussian; n > d. Corrected: the bias
/// ½ Σ_{i=1..d} ψ((n−i)/2) + (d/2) ln(2/(n−1)) is taken off. Constant columns are dropped with a
/// warning; others that are determined by the rest make it −infinity, with a warning. The standard
/// error is that of a Gaussian sample, exact: √(¼ Σ_i ψ'((n−i)/2)). Keeps its graph.
Estimate gaussian_entropy(const Tensor& t, const GaussianOptions& options = {});

/// I(T;Y) = h(T) − Σ p(y) h(T|y) in nats of t (n, d), Gaussian as a whole and in each class, and
/// class numbers (n) in [0, classes). Not an information of any one law: a mixture of Gaussians is
/// no Gaussian, so h(T), and with it the value, is too large where the classes lie apart, and may
/// pass H(Y), its ceiling. Columns that are constant, or constant within a class, are dropped with
/// a warning, as are those that the rest determine. Classes need more rows than columns are left.
/// Keeps its graph.
Estimate gaussian_class_information(const Tensor& t, const Tensor& labels, int64_t classes,
                                    const GaussianOptions& options = {});

/// What `glow estimate` and a spec name: the functions above. On a layer: see docs/estimators.md.
class Gaussian : public InformationEstimator {
 public:
  explicit Gaussian(const GaussianOptions& options = {});
  const GaussianOptions& options() const { return options_; }
  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  bool differentiable() const override { return true; }

 private:
  GaussianOptions options_;
};

class CCA : public InformationEstimator {
 public:
  explicit CCA(const GaussianOptions& options = {});
  const GaussianOptions& options() const { return options_; }
  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  bool differentiable() const override { return true; }

 private:
  GaussianOptions options_;
};

class GaussianCopula : public InformationEstimator {
 public:
  explicit GaussianCopula(const GaussianOptions& options = {});
  const GaussianOptions& options() const { return options_; }
  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  GaussianOptions options_;
};

}  // namespace glow
