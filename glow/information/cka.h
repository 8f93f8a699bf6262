// Centred kernel alignment.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/bandwidth.h"
#include "glow/information/estimator.h"
#include "glow/information/kernel_variables.h"

namespace glow {

struct CKAOptions {
  std::string kernel = "linear";  // as Kornblith et al.
  Bandwidth sigma = "median";     // of the gaussian kernel
  std::optional<Bandwidth> sigma_x = {};
  std::optional<Bandwidth> sigma_t = {};
  std::optional<Bandwidth> sigma_y = {};
  bool debiased = true;             // biased, independent data of few samples look alike
  std::string reference = "first";  // one width a run, or epochs are not on one scale

  static constexpr auto fields() {
    using O = CKAOptions;
    return std::tuple{
        Field{"kernel", &O::kernel, "linear, or gaussian: exp(-|a-b|^2/(2 sigma^2))", true},
        Field{"sigma", &O::sigma, "width of the gaussian kernel, or median"},
        Field{"sigma_x", &O::sigma_x, "width for X, or the first variable"},
        Field{"sigma_t", &O::sigma_t, "width for the layers"},
        Field{"sigma_y", &O::sigma_y, "width for Y, or the second variable"},
        Field{"debiased", &O::debiased, "of U-statistics; may be negative", true},
        Field{"reference", &O::reference, "what a median is fitted to: first, snapshot or run"}};
  }
};

/// CKA of x (n, dx) and y (n, dy), at most 1, without a unit:
/// HSIC(x, y)/√(HSIC(x, x) HSIC(y, y)), of unbiased HSIC when debiased (it may be negative and is
/// not clipped), else of biased HSIC. n >= 4.
///
/// Never NaN: where x or y is constant, or all its rows are as far from each other, so that HSIC
/// with itself is nothing but rounding, CKA is defined as 0, with a warning. `null_mean`: 0 when
/// debiased. Invariant under rotation and, the linear one, under scaling. Throws ValueError on NaN
/// or infinity, too few rows, or rows that differ. Differentiable. Cost as `hsic`; the linear
/// kernel of fewer columns than rows O(n d²).
///
/// Kornblith et al. 2019, ICML, eq. 1 to 4; Nguyen, Raghu, Kornblith 2021, ICLR, eq. 3 (debiased).
Estimate cka(const Tensor& x, const Tensor& y, const CKAOptions& options = {});

/// CKA over many batches of one variable pair: HSIC is averaged over the batches, weighted by their
/// rows, and the ratio is taken once. With debiased=true, batches of any size >= 4 estimate the
/// same number. A median width is that of the first batch.
class CKAAccumulator {
 public:
  explicit CKAAccumulator(const CKAOptions& options = {});

  /// x (n, dx) and y (n, dy), n >= 4; keeps their graph where they have one.
  void add(const Tensor& x, const Tensor& y);

  /// Of all that was added. Throws StateError when that is nothing.
  Estimate estimate() const;

 private:
  CKAOptions options_;
  KernelWidths widths_;
  int64_t rows_ = 0;
  Tensor sums_, rounding_;  // (3): of HSIC(x, y), HSIC(x, x), HSIC(y, y), times rows
  double null_ = 0;         // Σ of the numerators' null means, times rows
  std::vector<std::string> warnings_;
};

/// CKA(T, X) and CKA(T, one-hot Y) of every layer, in one pass over all.
class CKA : public Estimator {
 public:
  explicit CKA(const CKAOptions& options = {});

  const CKAOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }
  int64_t least_rows() const override { return 4; }
  AxisNames axes() const override { return {"CKA(T,X)", "CKA(T,Y)"}; }
  Unit unit() const override { return Unit::none; }
  bool differentiable() const override { return true; }

 private:
  CKAOptions options_;
};

}  // namespace glow
