// Mutual information by kernel density estimates: a Gaussian or a box around every sample.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"

namespace glow {

struct KernelMIOptions {
  std::string kernel = "gaussian";
  std::optional<double> bandwidth = {};
  std::string reference = "first";  // one ruler a run, or epochs are not on one scale

  static constexpr auto fields() {
    using O = KernelMIOptions;
    return std::tuple{
        Field{"kernel", &O::kernel, "gaussian, or box", true},
        Field{
            "bandwidth", &O::bandwidth,
            "gaussian: the kernel's share of the data's standard deviations; box: the side of the "
            "cube (Scott's rule)"},
        Field{"reference", &O::reference, "what a width is fitted to: first, snapshot or run"}};
  }
};

/// The mean of ln p̂(x,y)/(p̂(x) p̂(y)) over the samples in nats, of x (n, dx) and y (n, dy); n >= 2.
/// p̂ at a sample counts the sample itself ("leave-in", as SciPy's gaussian_kde and infomeasure do):
/// no logarithm of zero, but an upward bias that tends to the ceiling as the bandwidth falls. Not
/// clipped.
///
/// gaussian: the kernel's covariance is bandwidth² times that of the data, as in gaussian_kde; one
/// bandwidth for all three densities, so that those of x and of y are the margins of the joint one.
/// Scott's rule when absent: n^(−1/(d+4)), d = dx + dy. Invariant under invertible linear maps of
/// either variable; linearly dependent columns of one are left out. n > dx + dy. Ceiling ln n plus
/// the information of a Gaussian of the same covariance, which is infinite, as the value then is,
/// where a linear combination of y is one of x.
///
/// box: samples within ± bandwidth/2 in every column, ends included, as in infomeasure; when
/// absent, in each column the box of the variance of Scott's Gaussian, √12 n^(−1/(d+4)) standard
/// deviations wide. Depends on the scale of the columns where bandwidth is given. Ceiling ln n.
///
/// A constant gives 0 and a warning. O(n² d) time, O(n d) memory; where x and y have one column
/// each, the box O(n log n). Computed in float64, of two float32 variables the joint Gaussians in
/// float32. Throws ValueError on NaN or infinity, too few rows, or rows that differ.
///
/// Moon, Rajagopalan, Lall 1995, Phys. Rev. E 52, 2318 (gaussian); Schreiber 2000, Phys. Rev. Lett.
/// 85, 461 (box); Scott 1992, Multivariate Density Estimation, eq. 6.42 (the rule).
Estimate kernel_mi(const Tensor& x, const Tensor& y, const KernelMIOptions& options = {});

/// Of every layer with X and with one-hot Y. No value, and a warning, where a Gaussian would need
/// more rows than there are or the information is infinite. Covariances, or the sides of boxes
/// without a bandwidth, are those of the reference; a unit that is dead there has a tenth of the
/// others' width. Warns of a value above H(Y): one-hot labels have no density.
class KernelMI : public InformationEstimator {
 public:
  explicit KernelMI(const KernelMIOptions& options = {});

  const KernelMIOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }

 private:
  KernelMIOptions options_;
};

}  // namespace glow
