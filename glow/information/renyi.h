// The matrix-based entropy and mutual information of Rényi's order alpha.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/bandwidth.h"
#include "glow/information/estimator.h"

namespace glow {

struct RenyiOptions {
  double alpha = 1.01;  // as Yu et al.: close to Shannon's
  Bandwidth sigma = "median";
  std::optional<Bandwidth> sigma_x = {};
  std::optional<Bandwidth> sigma_t = {};
  std::optional<Bandwidth> sigma_y = {};
  std::string reference = "first";  // one width a run, or epochs are not on one scale

  static constexpr auto fields() {
    using O = RenyiOptions;
    return std::tuple{
        Field{"alpha", &O::alpha, "the order; 1 is von Neumann's, 2 needs no eigenvalues", true},
        Field{"sigma", &O::sigma, "width of the gaussian kernel, or median", true},
        Field{"sigma_x", &O::sigma_x, "width for X, or the first variable"},
        Field{"sigma_t", &O::sigma_t, "width for the layers"},
        Field{"sigma_y", &O::sigma_y, "width for Y, or the second variable"},
        Field{"reference", &O::reference, "what a median is fitted to: first, snapshot or run"}};
  }
};

/// Matrix-based entropy S_α of x (n, d) in nats: ln(Σ λ_i^α)/(1−α) over the eigenvalues λ of
/// A = K/n, K a gaussian Gram matrix; n >= 2. From 0, all rows equal, to `ceiling`, the logarithm
/// of the number of distinct rows, which it reaches when the kernel sees them all far apart: the
/// width decides. Eigenvalues below rounding are left out. O(n² d + n³) time and O(n²) memory in
/// float64; alpha = 2, −ln ‖A‖², O(n² d) and O(n), in the precision of the input. Differentiable.
/// Throws ValueError on NaN or infinity or too few rows.
///
/// Sánchez Giraldo, Rao, Príncipe 2015, IEEE Trans. Inf. Theory 61, definition 3.1.
Estimate renyi_entropy(const Tensor& x, const RenyiOptions& options = {});

/// Matrix-based mutual information of x (n, dx) and y (n, dy) in nats: S_α(A) + S_α(B) −
/// S_α(A∘B/tr), at least 0 but for rounding, at most the entropy of either. No estimate of
/// Shannon's: it depends on the widths, and never compare across them. Warns of a width at which
/// the entropy of a variable is nearly ln n, or nearly 0, and of a constant, which gives 0. Cost,
/// precision and errors as `renyi_entropy`.
///
/// Sánchez Giraldo et al. 2015, definition 4.1 and eq. 27.
Estimate renyi(const Tensor& x, const Tensor& y, const RenyiOptions& options = {});

/// I(T;X) and I(T; one-hot Y) of every layer; each matrix and entropy is computed once a segment.
///
/// The kernel of a layer of feature maps (n, channels, ...) of three dimensions or more is the
/// product of its channels' kernels; a median width is each channel's own: Yu, Wickstrøm, Jenssen,
/// Príncipe 2020, IEEE Trans. Neural Netw. Learn. Syst. 32, eq. 10.
class Renyi : public InformationEstimator {
 public:
  explicit Renyi(const RenyiOptions& options = {});

  const RenyiOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }
  bool differentiable() const override { return true; }

 private:
  RenyiOptions options_;
};

}  // namespace glow
