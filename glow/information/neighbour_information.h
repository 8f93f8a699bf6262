// What the nearest-neighbour estimators have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "glow/information/estimate.h"
#include "glow/information/neighbours.h"
#include "glow/information/scaled.h"

namespace glow {

/// One of several variables: its points, prepared once, and the order in which its rows stand
/// beside those of the others; none is their own.
struct OrderedPoints {
  const PointSet* points;
  Tensor order = {};  // int64 (n) on the CPU, a permutation

  Tensor rows() const;
};

/// An information in nats and the joint distances that it came from.
struct NeighbourInformation {
  double nats = 0;
  std::vector<double> distances;  // of each row, to its k-th neighbour
  std::vector<int32_t> indices;   // (n, k), its neighbours; of variant 2 only
};

/// Estimators 1 and 2 of Kraskov et al. for m variables,
///   I₁ = ψ(k) + (m−1)ψ(N) − Σ_j ⟨ψ(n_j + 1)⟩           (eqs. 8 and 23), n_j strictly nearer than
///                                                        the k-th joint neighbour;
///   I₂ = ψ(k) + (m−1)(ψ(N) − 1/k) − Σ_j ⟨ψ(n_j)⟩        (eqs. 9 and 30), n_j at most as far as
///                                                        any of the k is in variable j.
NeighbourInformation ksg_information(const std::vector<OrderedPoints>& parts, int64_t k,
                                     int64_t variant);

/// The same of variables (n, d) that are prepared for this once.
NeighbourInformation ksg_information(const std::vector<Tensor>& variables, int64_t k,
                                     int64_t variant);

/// Points of every variable, built side by side.
std::vector<PointSet> point_sets(const std::vector<Tensor>& variables);

/// Throws ValueError unless 1 <= k, and NoEstimate unless there are more than k rows.
void check_neighbours(const std::string& estimator, int64_t k);
void check_neighbours(const std::string& estimator, int64_t k, int64_t rows);

/// From here on neighbours are far: at 10 000 rows, information of five and five columns is lost by
/// a quarter.
inline constexpr int64_t kManyColumns = 10;

/// An estimate of variables, with what is to be said of them all: too many columns, constants.
Estimate neighbour_estimate(const std::string& spec, const std::vector<const Scaled*>& variables);

/// Where a variable is constant, sets the value to 0, says so, and gives true.
bool settle_constant(Estimate& estimate, const std::vector<const Scaled*>& variables);

/// What is said of `noise` where two variables are given, not a layer.
inline constexpr const char* kNoiseIsForLayers =
    "noise is added to layers only: x and y are taken as they are";

/// Warns when more than a twentieth of the distances were 0 before the jitter.
void warn_of_ties(Estimate& estimate, const std::vector<double>& distances, double grain);

/// Warns where estimates of entropies, whose errors do not cancel, leave a value that is below 0 by
/// far more than chance.
void warn_of_negative(Estimate& estimate);

/// Sets the ceiling and warns when the value comes within a nat of it.
void set_ceiling(Estimate& estimate, double ceiling);

/// Sets the standard error, or warns that there are too few rows for one.
void set_error(Estimate& estimate, int64_t k,
               const std::function<double(const Tensor& rows)>& subset_estimate);

}  // namespace glow
