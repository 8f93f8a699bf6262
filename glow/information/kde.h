// The bounds of Kolchinsky and Tracey: what noise-added layers keep.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"
#include "glow/information/symbols.h"

namespace glow {

struct KDEOptions {
  double variance = 0.1;  // as Saxe et al. for relu on MNIST; 1e-3 for tanh on the SZT data
  std::string bound = "upper";

  static constexpr auto fields() {
    using O = KDEOptions;
    return std::tuple{
        Field{"variance", &O::variance, "of the Gaussian noise added to each column", true},
        Field{"bound", &O::bound, "upper (by Kullback-Leibler) or lower (by Bhattacharyya)", true}};
  }
};

/// Both bounds in nats, and the label information that the difference of each gives.
struct KDEBounds {
  double upper = 0, lower = 0;
  double label_upper = 0, label_lower = 0;  // 0 without labels
};

/// Both bounds on I(X; T + N(0, variance)) of t (n, d), float32 or float64 on the CPU, and with
/// `labels` I(T; Y) by each, in one pass over pairs: I_up = −(1/n) Σ_i ln (1/n) Σ_j
/// exp(−‖t_i−t_j‖²/(2 variance)), I_low the same with 8 in place of 2. O(n² d) time; O(n) memory
/// beside one copy of t, in its precision, or where the squares of float32 rows are so large
/// against the variance that rounding could be seen, in float64. Throws ValueError on NaN or
/// infinity.
///
/// Kolchinsky and Tracey 2017, Entropy 19(7) 361, eq. 10 with the distances of section 3.2.
KDEBounds kde_bounds(const Tensor& t, double variance, const Symbols* labels = nullptr,
                     const std::string& name = "t");

/// The bound of the options on I(X; T + N(0, variance)) in nats, t (n, d) a function of X that is
/// uniform over the n samples; n >= 2. Ceiling ln n, with a warning near it: then each sample sees
/// only itself. A constant gives 0 and a warning. Throws ValueError on NaN or infinity.
///
/// Differentiable: where t requires a gradient the value keeps its graph, in float64 at O(n²)
/// memory. Otherwise as `kde_bounds`.
Estimate kde_information(const Tensor& t, const KDEOptions& options = {});

/// I(T; Y) in nats as Saxe et al. 2018 take it: the bound on I(X; T + noise) less its mean over the
/// classes, Σ p(y) I(X; T + noise | y). A difference of bounds, itself neither: its bound is
/// `estimate`. y holds class numbers or other discrete rows. Ceiling H(Y). Otherwise as
/// `kde_information`.
Estimate kde_label_information(const Tensor& t, const Tensor& y, const KDEOptions& options = {});

/// The bound on I(X; Y + N(0, variance)) in nats, y (n, dy) taken to be a function of x (n, dx):
/// `kde_information(y)`, with a warning that says so. Throws ValueError where equal rows of x have
/// different y.
Estimate kde(const Tensor& x, const Tensor& y, const KDEOptions& options = {});

/// Complexity: the bound on I(X; T + N(0, variance)). Generalization: the difference of bounds over
/// the classes, called an estimate; none where the targets are not discrete. Both of a layer in one
/// pass. While the network is not deterministic, its own noise counts as information: the upper
/// bound still is one, the lower is not and is called an estimate.
class KDE : public InformationEstimator {
 public:
  explicit KDE(const KDEOptions& options = {});

  const KDEOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  /// The bound of t, a function of x.
  Estimate complexity(const Tensor& t, const Tensor& x) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  bool differentiable() const override { return true; }

 private:
  KDEOptions options_;
};

}  // namespace glow
