// Nearest neighbours for mixtures of discrete and continuous parts.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/information/neighbour_estimator.h"

namespace glow {

struct MixedKSGOptions {
  int64_t k = 5;  // as the authors
  bool standardize = true;
  std::optional<double> noise = {};
  bool errors = false;

  static constexpr auto fields() {
    using O = MixedKSGOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours; where more rows coincide, those", true},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"noise", &O::noise, "standard deviation of noise added to a layer"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Mutual information I(X;Y) in nats of x (n, dx) and y (n, dy), each of which may be discrete,
/// continuous, or both by parts, as units after a relu are:
///   ln n + ⟨ψ(k̃) − ψ(n_x) − ψ(n_y)⟩. Where the k-th joint distance is positive, k̃ = k and n_x
///   counts the rows strictly nearer in x, itself included; where it is 0, k̃ counts the rows that
///   coincide with it, n_x those that do in x.
///
/// This is the form of the authors' program; the printed one, with ln(n_x + 1) for ψ(n_x), is
/// biased low at finite n. No jitter: it would destroy the ties. Ceiling ln n − ψ(k), which a
/// lattice may pass: there, fewer than k rows are strictly nearer. As `ksg` otherwise.
///
/// Gao, Kannan, Oh, Viswanath 2017, NeurIPS, algorithm 1.
Estimate mixed_ksg(const Tensor& x, const Tensor& y, const MixedKSGOptions& options = {});

class MixedKSG : public NeighbourEstimator {
 public:
  explicit MixedKSG(const MixedKSGOptions& options = {});

  const MixedKSGOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  MixedKSGOptions options_;
};

}  // namespace glow
