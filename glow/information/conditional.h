// Information among more than two variables by nearest neighbours.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"

namespace glow {

struct CMIOptions {
  int64_t k = 3;
  bool standardize = true;
  double jitter = 1e-10;
  bool errors = false;

  static constexpr auto fields() {
    using O = CMIOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours", true},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Conditional mutual information I(X;Y|Z) in nats of continuous x (n, dx), y (n, dy), z (n, dz):
/// ψ(k) − ⟨ψ(n_xz+1) + ψ(n_yz+1) − ψ(n_z+1)⟩, counts of rows strictly nearer than the k-th joint
/// neighbour. A constant z gives I(X;Y) of `ksg`. Ceiling ψ(n) − ψ(k). As `ksg` otherwise.
///
/// Frenzel & Pompe 2007, Phys. Rev. Lett. 99, 204101, eq. 6.
Estimate conditional_mutual_information(const Tensor& x, const Tensor& y, const Tensor& z,
                                        const CMIOptions& options = {});

struct MultiInformationOptions {
  int64_t k = 3;
  int64_t variant = 1;
  bool standardize = true;
  double jitter = 1e-10;
  bool errors = false;

  static constexpr auto fields() {
    using O = MultiInformationOptions;
    return std::tuple{
        Field{"k", &O::k, "neighbours", true},
        Field{"variant", &O::variant, "1: cubes, less variance; 2: boxes, less bias"},
        Field{"standardize", &O::standardize, "give each column standard deviation 1"},
        Field{"jitter", &O::jitter, "breaks ties: noise in standard deviations of each column"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// Multi-information (total correlation) Σ h(X_j) − h(X_1, …, X_m) in nats of m >= 2 continuous
/// variables (n, d_j): ψ(k) + (m−1)ψ(n) − Σ_j ⟨ψ(n_j+1)⟩, or variant 2. A constant variable adds
/// nothing and is left out with a warning. Ceiling (m−1)(ψ(n) − ψ(k)). As `ksg` otherwise.
///
/// Kraskov, Stögbauer, Grassberger 2004, Phys. Rev. E 69, 066138, eqs. 23 and 30.
Estimate multi_information(const std::vector<Tensor>& variables,
                           const MultiInformationOptions& options = {});

/// Of the columns of x (n, m).
Estimate multi_information(const Tensor& x, const MultiInformationOptions& options = {});

/// Of all columns of x and y. Not on a layer: throws ValueError there.
class MultiInformation : public Estimator {
 public:
  explicit MultiInformation(const MultiInformationOptions& options = {});

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  Unit unit() const override { return Unit::nats; }

 private:
  MultiInformationOptions options_;
};

}  // namespace glow
