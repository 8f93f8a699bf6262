// Differential entropies from nearest-neighbour distances.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/neighbour_estimator.h"

namespace glow {

struct KLOptions {
  int64_t k = 3;
  bool standardize = true;
  double jitter = 1e-10;
  std::optional<double> noise = {};
  bool errors = false;

  static constexpr auto fields() {
    using O = KLOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours", true},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"noise", &O::noise, "standard deviation of noise added to a layer"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

struct WeightedKLOptions {
  int64_t k = 10;  // the weights of few neighbours are large, and so is their variance
  bool standardize = true;
  double jitter = 1e-10;
  std::optional<double> noise = {};
  bool errors = false;

  static constexpr auto fields() {
    using O = WeightedKLOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours, at least a quarter of the columns and one", true},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"noise", &O::noise, "standard deviation of noise added to a layer"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Differential entropy h(X) in nats of continuous x (n, d): ψ(n) − ψ(k) + d ln 2 + (d/n) Σ ln ε_i,
/// ε_i the distance to the k-th neighbour under the maximum norm. In the units of x, standardised
/// or not; it has no ceiling and may be negative. n > k. Warns of ties and many columns. Throws
/// ValueError on NaN or infinity, n <= k, a constant column (its entropy is −∞), or rows that
/// coincide when there is no jitter. Not differentiable.
///
/// Kozachenko & Leonenko 1987, Probl. Inf. Transm. 23, 95; Kraskov et al. 2004, eq. 20.
Estimate kl_entropy(const Tensor& x, const KLOptions& options = {});

/// The weights w_1 … w_k with Σ w_j = 1 and Σ_j w_j Γ(j + 2ℓ/d)/Γ(j) = 0 for ℓ = 1 … ⌊d/4⌋ of least
/// Σ w_j², of the j among ⌊k/d⌋, ⌊2k/d⌋, …, k. Below four columns the last is 1. Throws ValueError
/// when k is too small for so many conditions.
///
/// Berrett, Samworth, Yuan 2019, Ann. Stat. 47, 288, eq. 2.
std::vector<double> kl_weights(int64_t k, int64_t columns);

/// Σ_j w_j h_j, the entropies h_j of `kl_entropy` with k = j and the weights above: the leading
/// terms of the bias cancel in four dimensions and more.
Estimate weighted_kl_entropy(const Tensor& x, const WeightedKLOptions& options = {});

/// I(X;Y) = h(X) + h(Y) − h(X,Y) in nats of x (n, dx) and y (n, dy), each entropy with an error of
/// its own: `ksg`, where they cancel, is better nearly always. A constant variable gives 0 and a
/// warning, constant columns contribute nothing. As the entropies otherwise.
Estimate kl_mutual_information(const Tensor& x, const Tensor& y, const KLOptions& options = {});
Estimate weighted_kl_mutual_information(const Tensor& x, const Tensor& y,
                                        const WeightedKLOptions& options = {});

class KL : public NeighbourEstimator {
 public:
  explicit KL(const KLOptions& options = {});

  const KLOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  KLOptions options_;
};

class WeightedKL : public NeighbourEstimator {
 public:
  explicit WeightedKL(const WeightedKLOptions& options = {});

  const WeightedKLOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  WeightedKLOptions options_;
};

}  // namespace glow
