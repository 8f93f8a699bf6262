#include "glow/information/gaussian_pairs.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "glow/information/checks.h"
#include "glow/information/covariance.h"

namespace glow {
namespace {

constexpr double kDependentColumns = 1e-10;  // eigenvalues of correlations, of the largest

double largest_entry(const Tensor& values) { return values.max().item<double>(); }
double smallest_entry(const Tensor& values) { return values.min().item<double>(); }

double pair_bias(const GaussianPair& pair) {
  return half_log_determinant_bias(pair.n, pair.dx) + half_log_determinant_bias(pair.n, pair.dy) -
         half_log_determinant_bias(pair.n, pair.dx + pair.dy);
}

double pair_variance(const GaussianPair& pair) {
  const double without = 0.25 * (log_determinant_variance(pair.n - pair.dx, pair.dy) -
                                 log_determinant_variance(pair.n, pair.dy));
  // The mean of the ρ_k² is too large by chance, as R² is: adjusted as R² is.
  const auto rows = static_cast<double>(pair.n);
  const auto pairs = static_cast<double>(std::min(pair.dx, pair.dy));
  const double by_chance = static_cast<double>(std::max(pair.dx, pair.dy)) / (rows - 1);
  const double squares = pair.correlations.detach().pow(2).sum().item<double>();
  return std::max(0.0, squares - pairs * by_chance) / (1 - by_chance) / rows + without;
}

Tensor pair_value(const GaussianPair& pair, Road road) {
  if (road == Road::determinants) {
    return pair.y_factor.diagonal().log().sum() - pair.y_given_x.diagonal().log().sum();
  }
  const Tensor rho = at::linalg_svdvals(pair.correlations);
  return -0.5 * at::log1p(-rho * rho).sum();
}

}  // namespace

ScaledColumns scale_columns(const Tensor& x, const std::string& name) {
  // Differences to the first row: a constant column becomes exactly zero.
  const Tensor shifted = x - x.detach().slice(0, 0, 1);
  const Tensor varies = shifted.detach().ne(0).any(0);
  const Tensor kept = varies.nonzero().squeeze(1);
  ScaledColumns out;
  const int64_t constant = x.size(1) - kept.size(0);
  if (constant == x.size(1)) {
    out.warnings.push_back(fmt::format("{} is constant", name));
  } else if (constant > 0) {
    out.warnings.push_back(
        fmt::format("{} of {} columns of {} are constant: dropped", constant, x.size(1), name));
  }
  const Tensor centred = constant > 0 ? shifted.index_select(1, kept) : shifted;
  out.rows = centred - centred.mean(0, /*keepdim=*/true);
  out.scale = out.rows.detach().pow(2).mean(0).sqrt();
  out.rows = out.rows / out.scale;
  return out;
}

Tensor independent_columns(const Tensor& rows) {
  if (rows.size(1) < 2) return rows;
  const Tensor matrix = covariance(rows.detach());
  const Tensor factor = cholesky_factor(matrix);
  if (factor.defined() && smallest_entry(factor.diagonal()) > std::sqrt(kDependentColumns)) {
    return rows;
  }
  const auto [values, vectors] = at::linalg_eigh(matrix);
  const Tensor kept = values.gt(kDependentColumns * largest_entry(values)).nonzero().squeeze(1);
  const Tensor whiten = vectors.index_select(1, kept) / values.index_select(0, kept).sqrt();
  return at::mm(rows, whiten);
}

GaussianVariable gaussian_variable(const Tensor& x, const std::string& name) {
  GaussianVariable out{x, scale_columns(x, name)};
  out.varying = out.scaled.columns();
  const bool enough = out.varying > 0 && out.varying < x.size(0);  // or there is no estimate
  if (enough) out.scaled.rows = independent_columns(out.scaled.rows);
  return out;
}

double half_log_determinant_bias(int64_t n, int64_t d) {
  if (d == 0) return 0;
  const Tensor halves = (static_cast<double>(n) - at::arange(1, d + 1, at::kDouble)) / 2;
  return 0.5 * at::digamma(halves).sum().item<double>();
}

double log_determinant_variance(int64_t n, int64_t d) {
  if (d == 0) return 0;
  const Tensor halves = (static_cast<double>(n) - at::arange(1, d + 1, at::kDouble)) / 2;
  return at::polygamma(1, halves).sum().item<double>();
}

GaussianPair gaussian_pair(const GaussianVariable& x, const GaussianVariable& y,
                           const std::string& estimator) {
  const ScaledColumns &first = x.scaled, &second = y.scaled;
  GaussianPair out;
  out.n = x.given.size(0);
  out.warnings = first.warnings;
  out.warnings.insert(out.warnings.end(), second.warnings.begin(), second.warnings.end());
  if (x.varying == 0 || y.varying == 0) {
    out.warnings.back() += ": the information is 0";
    return out;
  }
  if (out.n <= x.varying + y.varying) {
    throw NoEstimate("{} needs more rows than columns: got {} rows, {} + {} columns", estimator,
                     out.n, x.varying, y.varying);
  }
  out.dx = first.columns();
  out.dy = second.columns();
  const Tensor joint = covariance(at::cat({first.rows, second.rows}, 1));
  const Tensor sigma_y = joint.slice(0, out.dx).slice(1, out.dx);
  out.y_factor = cholesky_factor(sigma_y);
  const Tensor factor = cholesky_factor(joint);
  if (factor.defined()) {
    const Tensor rest = factor.slice(0, out.dx).slice(1, out.dx);
    const Tensor left = rest.diagonal() / out.y_factor.diagonal();
    if (smallest_entry(left.detach()) > std::sqrt(kInfiniteInformation)) out.y_given_x = rest;
  }
  if (out.infinite()) {
    out.warnings.push_back(
        "a linear combination of y is one of x: the information is infinite; add noise, or drop "
        "the columns in common");
    return out;
  }
  out.correlations = solve_lower(out.y_factor, factor.slice(0, out.dx).slice(1, 0, out.dx));
  return out;
}

Estimate gaussian_estimate(const GaussianVariable& x, const GaussianVariable& y, Road road,
                           bool bias_correction, const std::string& name, const std::string& spec) {
  const GaussianPair pair = gaussian_pair(x, y, name);
  Estimate out;
  out.estimator = spec;
  out.n = pair.n;
  out.warnings = pair.warnings;
  if (pair.constant()) {
    out.value = x.given.sum() * 0 + y.given.sum() * 0;
  } else if (pair.infinite()) {
    out.value = at::scalar_tensor(HUGE_VAL, at::kDouble);
  } else {
    const double bias = pair_bias(pair);
    out.value = pair_value(pair, road) - (bias_correction ? bias : 0);
    out.null_mean = bias_correction ? 0 : bias;
    out.standard_error = std::sqrt(pair_variance(pair));
  }
  return out;
}

}  // namespace glow
