// What the estimators of Gaussian variables have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "glow/information/estimate.h"

namespace glow {

/// 1 − ρ² below which only rounding is left: the information is infinite.
inline constexpr double kInfiniteInformation = 1e-13;

/// Centred columns of one scale, none of them constant.
struct ScaledColumns {
  Tensor rows;   // (n, d) float64, with its graph
  Tensor scale;  // (d): what they were divided by, without a graph
  std::vector<std::string> warnings;

  int64_t columns() const { return rows.size(1); }
};

/// Of x (n, d) float64; constant columns are dropped, with a warning.
ScaledColumns scale_columns(const Tensor& x, const std::string& name);

/// Rows (n, d) without the columns that others determine, rotated: in this no information changes.
Tensor independent_columns(const Tensor& rows);

/// A variable with its columns scaled and independent of each other: made once for any partners.
struct GaussianVariable {
  Tensor given;  // (n, d) float64
  ScaledColumns scaled;
  int64_t varying = 0;  // columns, those that others determine included
};

GaussianVariable gaussian_variable(const Tensor& x, const std::string& name);

/// Two variables, each of independent columns, and the factor of their joint covariance.
struct GaussianPair {
  int64_t n = 0, dx = 0, dy = 0;
  Tensor y_factor;      // of Σy
  Tensor y_given_x;     // of Σ_{y|x}; undefined where y is not independent of x at all
  Tensor correlations;  // (dy, dx): its singular values are the canonical correlations
  std::vector<std::string> warnings;

  bool constant() const { return dx == 0 || dy == 0; }
  bool infinite() const { return !y_given_x.defined(); }
};

/// Throws NoEstimate unless there are more rows than columns.
GaussianPair gaussian_pair(const GaussianVariable& x, const GaussianVariable& y,
                           const std::string& estimator);

/// B(d) = ½ Σ_{i=1..d} ψ((n−i)/2): what ½ ln|S| of a Gaussian sample is off, but for terms that are
/// linear in d.
double half_log_determinant_bias(int64_t n, int64_t d);

/// Σ_{i=1..d} ψ'((n−i)/2): the variance of ln|S| of a Gaussian sample.
double log_determinant_variance(int64_t n, int64_t d);

/// By which formula: ½ ln(|Σx||Σy|/|Σ|), or −½ Σ ln(1−ρ²).
enum class Road { determinants, correlations };

/// I(X;Y) of the pair in nats, with its standard error and null.
Estimate gaussian_estimate(const GaussianVariable& x, const GaussianVariable& y, Road road,
                           bool bias_correction, const std::string& name, const std::string& spec);

}  // namespace glow
