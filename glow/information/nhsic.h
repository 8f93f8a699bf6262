// The normalised Hilbert-Schmidt independence criterion.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/bandwidth.h"
#include "glow/information/estimator.h"

namespace glow {

struct NHSICOptions {
  Bandwidth sigma = 5;  // as Ma et al.
  std::optional<Bandwidth> sigma_x = {};
  std::optional<Bandwidth> sigma_t = {};
  std::optional<Bandwidth> sigma_y = {};
  double epsilon = 1e-5;            // as Ma et al.
  bool scale_by_dimension = true;   // as Ma et al.: sigma² d
  std::string reference = "first";  // one width a run, or epochs are not on one scale

  static constexpr auto fields() {
    using O = NHSICOptions;
    return std::tuple{
        Field{"sigma", &O::sigma, "width of the gaussian kernel, or median", true},
        Field{"sigma_x", &O::sigma_x, "width for X, or the first variable"},
        Field{"sigma_t", &O::sigma_t, "width for the layers"},
        Field{"sigma_y", &O::sigma_y, "width for Y, or the second variable"},
        Field{"epsilon", &O::epsilon, "regularisation, of the mean eigenvalue that K can have"},
        Field{"scale_by_dimension", &O::scale_by_dimension,
              "multiply widths given as numbers by the square root of the number of columns"},
        Field{"reference", &O::reference, "what a median is fitted to: first, snapshot or run"}};
  }
};

/// nHSIC of x (n, dx) and y (n, dy), a dependence without a unit: tr(R_x R_y), R = K̄ (K̄ + εnI)⁻¹,
/// K̄ = HKH of a gaussian kernel; n >= 2.
///
/// Between 0 and `ceiling`, the fewer distinct rows of x or y, minus 1: the classes minus 1 for
/// one-hot labels. `null_mean`, tr(R_x) tr(R_y)/(n−1), is its mean under permutation of the rows of
/// y. A constant variable gives 0 and a warning; so does a kernel too narrow, for which R is nearly
/// the identity and the value that of independent data. Throws ValueError on NaN or infinity, too
/// few rows, or rows that differ.
///
/// By Cholesky: O(n² d + n³), O(n²) memory; of a variable of k distinct rows, O(k³ + n²). In
/// float64; from 1024 rows on, variables of float32 in float32 (measured: 1e-5 of the value),
/// unless epsilon is below 1e-6. Differentiable.
///
/// Ma, Lewis, Kleijn 2020, AAAI, eq. 5 (arXiv:1908.01580).
Estimate nhsic(const Tensor& x, const Tensor& y, const NHSICOptions& options = {});

/// nHSIC(T, X) and nHSIC(T, one-hot Y) of every layer; each R is computed once a segment.
class NHSIC : public Estimator {
 public:
  explicit NHSIC(const NHSICOptions& options = {});

  const NHSICOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }
  AxisNames axes() const override { return {"nHSIC(T,X)", "nHSIC(T,Y)"}; }
  Unit unit() const override { return Unit::none; }
  bool differentiable() const override { return true; }

 private:
  NHSICOptions options_;
};

}  // namespace glow
