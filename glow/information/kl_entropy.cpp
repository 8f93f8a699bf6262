#include "glow/information/kl_entropy.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>

#include "glow/core/error.h"
#include "glow/information/checks.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/neighbours.h"
#include "glow/information/scaled.h"
#include "glow/information/special.h"

namespace glow {
namespace {

constexpr double kBearableWeights = 50;

struct Entropy {
  double nats = 0;
  std::vector<double> distances = {};  // to the k-th neighbours
};

// Σ_i ln ε_i.
double log_sum(const std::vector<double>& distances) {
  double sum = 0;
  for (const double distance : distances) {
    if (distance == 0) {
      throw ValueError(
          "rows coincide: ln 0 of their distance has no value; set jitter, or use mixed_ksg for "
          "an information");
    }
    sum += std::log(distance);
  }
  return sum;
}

// The distance of each row to its j-th neighbour, j from 1.
std::vector<double> distances_to(const Tensor& rows, const Neighbours& found, int64_t k,
                                 int64_t j) {
  const int64_t n = rows.size(0), d = rows.size(1);
  const double* values = rows.const_data_ptr<double>();
  std::vector<double> out(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    const double* other = values + found.indices[static_cast<size_t>(i * k + j - 1)] * d;
    for (int64_t c = 0; c < d; ++c) {
      double& distance = out[static_cast<size_t>(i)];
      distance = std::max(distance, std::abs(other[c] - values[i * d + c]));
    }
  }
  return out;
}

// Weights that cancel many terms are huge, and multiply the noise: from twelve columns on they turn
// a thousandth of a nat into one.
std::vector<double> bearable_weights(int64_t k, int64_t columns) {
  std::vector<double> weights = kl_weights(k, columns);
  double size = 0;
  for (const double weight : weights) size += std::abs(weight);
  if (size <= kBearableWeights) return weights;
  throw NoEstimate(
      "weighted_kl has weights of {:.3g} in all for {} columns, which multiply the noise: take "
      "fewer columns",
      size, columns);
}

Entropy entropy_of(const Tensor& rows, int64_t k, bool weighted) {
  const auto n = static_cast<double>(rows.size(0)), d = static_cast<double>(rows.size(1));
  const PointSet points(rows);
  Neighbours found = points.nearest(k, weighted);
  const auto entropy = [&](const std::vector<double>& distances, int64_t j) {
    return digamma(n) - digamma(static_cast<double>(j)) + d * std::log(2.0) +
           d / n * log_sum(distances);
  };
  Entropy out;
  if (weighted) {
    const std::vector<double> weights = bearable_weights(k, rows.size(1));
    for (int64_t j = 1; j <= k; ++j) {
      const double weight = weights[static_cast<size_t>(j - 1)];
      if (weight != 0) out.nats += weight * entropy(distances_to(points.points(), found, k, j), j);
    }
  } else {
    out.nats = entropy(found.distances, k);
  }
  out.distances = std::move(found.distances);
  return out;
}

double three_entropies(const Tensor& x, const Tensor& y, int64_t k, bool weighted) {
  const auto nats = [&](const Tensor& rows) { return entropy_of(rows, k, weighted).nats; };
  return nats(x) + nats(y) - nats(joint_space({x, y}));
}

template <class O>
constexpr bool kWeighted = std::is_same_v<O, WeightedKLOptions>;
template <class O>
constexpr const char* kKLName = kWeighted<O> ? "weighted_kl" : "kl";

template <class O>
void check_kl(const O& options) {
  check_neighbours(kKLName<O>, options.k);
  check_jitter(options.jitter);
}

template <class O>
Estimate kl_entropy_of(const Tensor& x, const O& options) {
  check_kl(options);
  const std::string name = std::string(kKLName<O>) + "_entropy";
  const Scaled variable = scaled(x, "x", options.standardize, options.jitter);
  check_neighbours(name, options.k, variable.size());
  if (const int64_t lost = variable.columns - variable.rows.size(1); lost > 0) {
    throw ValueError("x has {} constant column{}: its differential entropy is minus infinity", lost,
                     lost == 1 ? "" : "s");
  }
  Estimate out = neighbour_estimate(spec_text(name, options), {&variable});
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  const Entropy found = entropy_of(variable.rows, options.k, kWeighted<O>);
  out.value = at::scalar_tensor(found.nats + variable.log_scale, at::kDouble);
  warn_of_ties(out, found.distances, variable.grain);
  if (options.errors) {
    set_error(out, options.k, [&](const Tensor& rows) {
      return entropy_of(variable.rows.index_select(0, rows), options.k, kWeighted<O>).nats;
    });
  }
  return out;
}

// A variable and its entropy, computed once for any partners.
template <class O>
struct KLVariable {
  Scaled scaled;
  double entropy = 0;

  KLVariable(const Tensor& x, const std::string& name, const O& options)
      : scaled(glow::scaled(x, name, options.standardize, options.jitter)) {
    check_neighbours(kKLName<O>, options.k, scaled.size());
    if (!scaled.constant()) entropy = entropy_of(scaled.rows, options.k, kWeighted<O>).nats;
  }
};

template <class O>
Estimate kl_information_of(const KLVariable<O>& x, const KLVariable<O>& y, const O& options,
                           const std::string& spec) {
  const Scaled &first = x.scaled, &second = y.scaled;
  check_same_rows(first.rows, first.name, second.rows, second.name);
  Estimate out = neighbour_estimate(spec, {&first, &second});
  if (settle_constant(out, {&first, &second})) return out;
  const Entropy joint = entropy_of(joint_space({first.rows, second.rows}), options.k, kWeighted<O>);
  out.value = at::scalar_tensor(x.entropy + y.entropy - joint.nats, at::kDouble);
  warn_of_negative(out);
  warn_of_ties(out, joint.distances, std::max(first.grain, second.grain));
  if (options.errors) {
    set_error(out, options.k, [&](const Tensor& rows) {
      return three_entropies(first.rows.index_select(0, rows), second.rows.index_select(0, rows),
                             options.k, kWeighted<O>);
    });
  }
  return out;
}

template <class O>
Estimate kl_information_of(const Tensor& x, const Tensor& y, const O& options,
                           const std::string& spec) {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  Estimate out = kl_information_of(KLVariable<O>(x, "x", options), KLVariable<O>(y, "y", options),
                                   options, spec);
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  return out;
}

template <class O>
std::vector<Coordinates> kl_coordinates(const Segment& segment, const Fit& fit,
                                        const Estimator& estimator, const O& options) {
  std::optional<KLVariable<O>> x;
  return neighbour_coordinates(
      segment, fit, estimator, options.noise, label_options(options), [&](const Tensor& t) {
        if (!x) x.emplace(flatten_rows(segment.x), "x", options);
        return kl_information_of(*x, KLVariable<O>(t, "t", options), options, estimator.spec());
      });
}

}  // namespace

std::vector<double> kl_weights(int64_t k, int64_t columns) {
  const int64_t conditions = columns / 4 + 1;
  std::vector<int64_t> support;
  for (int64_t t = 1; t <= columns; ++t) {
    const int64_t j = t * k / columns;
    if (j > 0 && (support.empty() || support.back() != j)) support.push_back(j);
  }
  std::vector<double> weights(static_cast<size_t>(k));
  if (conditions == 1) {
    weights.back() = 1;
    return weights;
  }
  const auto free = static_cast<int64_t>(support.size());
  if (free < conditions) {
    throw NoEstimate("weighted_kl needs k of at least {} for {} columns, got {}", conditions,
                     columns, k);
  }
  Tensor system = at::ones({conditions, free}, at::kDouble),
         right = at::zeros({conditions, 1}, at::kDouble);
  right[0][0] = 1;
  for (int64_t l = 1; l < conditions; ++l) {
    const double power = 2 * static_cast<double>(l) / static_cast<double>(columns);
    for (int64_t s = 0; s < free; ++s) {
      const auto j = static_cast<double>(support[static_cast<size_t>(s)]);
      system[l][s] = std::exp(std::lgamma(j + power) - std::lgamma(j));
    }
  }
  const Tensor solution = at::linalg_pinv(system).mm(right);
  for (int64_t s = 0; s < free; ++s) {
    weights[static_cast<size_t>(support[static_cast<size_t>(s)] - 1)] =
        solution[s][0].item<double>();
  }
  return weights;
}

Estimate kl_entropy(const Tensor& x, const KLOptions& options) { return kl_entropy_of(x, options); }
Estimate weighted_kl_entropy(const Tensor& x, const WeightedKLOptions& options) {
  return kl_entropy_of(x, options);
}

Estimate kl_mutual_information(const Tensor& x, const Tensor& y, const KLOptions& options) {
  return KL(options).estimate(x, y);
}
Estimate weighted_kl_mutual_information(const Tensor& x, const Tensor& y,
                                        const WeightedKLOptions& options) {
  return WeightedKL(options).estimate(x, y);
}

KL::KL(const KLOptions& options) : NeighbourEstimator(spec_text("kl", options)), options_(options) {
  check_kl(options);
}
Estimate KL::estimate(const Tensor& x, const Tensor& y) const {
  return kl_information_of(x, y, options_, spec());
}

WeightedKL::WeightedKL(const WeightedKLOptions& options)
    : NeighbourEstimator(spec_text("weighted_kl", options)), options_(options) {
  check_kl(options);
}
Estimate WeightedKL::estimate(const Tensor& x, const Tensor& y) const {
  return kl_information_of(x, y, options_, spec());
}

std::vector<Coordinates> KL::evaluate(const Segment& segment, const Fit& fit) const {
  return kl_coordinates(segment, fit, *this, options_);
}

std::vector<Coordinates> WeightedKL::evaluate(const Segment& segment, const Fit& fit) const {
  return kl_coordinates(segment, fit, *this, options_);
}

}  // namespace glow
