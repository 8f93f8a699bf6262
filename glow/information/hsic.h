// The Hilbert-Schmidt independence criterion.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/bandwidth.h"
#include "glow/information/estimator.h"
#include "glow/information/gram.h"

namespace glow {

struct HSICOptions {
  std::string kernel = "gaussian";
  Bandwidth sigma = 5;  // as PyGlow, so that old results can be compared
  std::optional<Bandwidth> sigma_x = {};
  std::optional<Bandwidth> sigma_t = {};
  std::optional<Bandwidth> sigma_y = {};
  bool unbiased = false;
  bool scale_by_dimension = false;
  std::string reference = "first";  // one width a run, or epochs are not on one scale

  static constexpr auto fields() {
    using O = HSICOptions;
    return std::tuple{
        Field{"kernel", &O::kernel, "gaussian: exp(-|a-b|^2/(2 sigma^2)), or linear", true},
        Field{"sigma", &O::sigma, "width of the gaussian kernel, or median", true},
        Field{"sigma_x", &O::sigma_x, "width for X, or the first variable"},
        Field{"sigma_t", &O::sigma_t, "width for the layers"},
        Field{"sigma_y", &O::sigma_y, "width for Y, or the second variable"},
        Field{"unbiased", &O::unbiased, "the U-statistic; may be negative"},
        Field{"scale_by_dimension", &O::scale_by_dimension,
              "multiply widths given as numbers by the square root of the number of columns"},
        Field{"reference", &O::reference, "what a median is fitted to: first, snapshot or run"}};
  }
};

/// HSIC of x (n, dx) and y (n, dy), a dependence without a unit, not an information.
///
/// Biased: tr(KHLH)/(n−1)², at least 0, with the mean under permutation of the rows of y,
/// tr(HKH) tr(HLH)/(n−1)³, as `null_mean`; n >= 2. Unbiased: the U-statistic, which may be negative
/// and is not clipped; n >= 4. It depends on the widths: never compare across them. A constant
/// variable gives 0 and a warning. Gram entries in the precision of the input (integers and half
/// precision: float64), sums in float64. Throws ValueError on NaN or infinity, too few rows, or
/// rows that differ.
///
/// Differentiable: where x or y requires a gradient the value keeps its graph, at O(n²) memory.
/// Otherwise O(n² d) time, half of it saved by symmetry, and O(n) memory beside copies of x and y.
///
/// Gretton et al. 2005, ALT, definition 2 and theorem 1 (biased); Song et al. 2012, JMLR 13, eq. 5
/// (unbiased).
Estimate hsic(const Tensor& x, const Tensor& y, const HSICOptions& options = {});

/// HSIC(T, X) and HSIC(T, one-hot Y) of every layer; each Gram matrix is computed once a segment.
class HSIC : public Estimator {
 public:
  explicit HSIC(const HSICOptions& options = {});

  const HSICOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }
  int64_t least_rows() const override { return options_.unbiased ? 4 : 2; }
  AxisNames axes() const override { return {"HSIC(T,X)", "HSIC(T,Y)"}; }
  Unit unit() const override { return Unit::none; }
  bool differentiable() const override { return true; }

 private:
  HSICOptions options_;
};

}  // namespace glow
