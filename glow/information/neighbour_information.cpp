#include "glow/information/neighbour_information.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/information/checks.h"
#include "glow/information/special.h"
#include "glow/information/uncertainty.h"

namespace glow {
namespace {

constexpr double kManyTiedRows = 0.05;
constexpr double kNeighbourCeilingShare = 0.2;  // share of a ceiling of few rows
constexpr int64_t kWidthGrain = 4096;           // rows

// How far the k neighbours of each row are at most in one variable.
std::vector<double> half_widths(const Tensor& rows, const std::vector<int32_t>& indices,
                                int64_t k) {
  const int64_t n = rows.size(0), d = rows.size(1);
  const double* values = rows.const_data_ptr<double>();
  std::vector<double> widths(static_cast<size_t>(n));
  parallel_for(n, kWidthGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      double width = 0;
      for (int64_t c = 0; c < k; ++c) {
        const double* other = values + indices[static_cast<size_t>(i * k + c)] * d;
        for (int64_t j = 0; j < d; ++j) {
          width = std::max(width, std::abs(other[j] - values[i * d + j]));
        }
      }
      widths[static_cast<size_t>(i)] = width;
    }
  });
  return widths;
}

// Σ_i ψ(n_i + more), n_i counted by `count` of the radii of each row.
template <class Count>
double digamma_sum(const OrderedPoints& part, const std::vector<double>& radii, int64_t more,
                   const DigammaTable& psi, Count count) {
  if (!part.order.defined()) {
    double sum = 0;
    for (const int32_t n : count(radii)) sum += psi(n + more);
    return sum;
  }
  const int64_t* order = part.order.const_data_ptr<int64_t>();
  std::vector<double> own(radii.size());
  for (size_t i = 0; i < radii.size(); ++i) own[static_cast<size_t>(order[i])] = radii[i];
  const std::vector<int32_t> counts = count(own);
  double sum = 0;
  for (size_t i = 0; i < radii.size(); ++i)
    sum += psi(counts[static_cast<size_t>(order[i])] + more);
  return sum;
}

}  // namespace

Tensor OrderedPoints::rows() const {
  return order.defined() ? points->points().index_select(0, order) : points->points();
}

NeighbourInformation ksg_information(const std::vector<OrderedPoints>& parts, int64_t k,
                                     int64_t variant) {
  std::vector<Tensor> rows;
  for (const OrderedPoints& part : parts) rows.push_back(part.rows());
  const PointSet together(joint_space(rows));
  const int64_t n = together.size();
  const bool projected = variant == 2;
  Neighbours neighbours = together.nearest(k, projected);
  const DigammaTable psi(n);
  const auto others = static_cast<double>(parts.size() - 1), count = static_cast<double>(n);
  double nats = psi(k) + others * psi(n);
  if (projected) nats -= others / static_cast<double>(k);
  for (size_t p = 0; p < parts.size(); ++p) {
    const PointSet& points = *parts[p].points;
    const double sum =
        projected ? digamma_sum(parts[p], half_widths(rows[p], neighbours.indices, k), 0, psi,
                                [&](const auto& radii) { return points.within(radii); })
                  : digamma_sum(parts[p], neighbours.distances, 1, psi,
                                [&](const auto& radii) { return points.nearer(radii); });
    nats -= sum / count;
  }
  return {nats, std::move(neighbours.distances), std::move(neighbours.indices)};
}

NeighbourInformation ksg_information(const std::vector<Tensor>& variables, int64_t k,
                                     int64_t variant) {
  const std::vector<PointSet> sets = point_sets(variables);
  std::vector<OrderedPoints> parts;
  for (const PointSet& set : sets) parts.push_back({&set});
  return ksg_information(parts, k, variant);
}

std::vector<PointSet> point_sets(const std::vector<Tensor>& variables) {
  std::vector<std::optional<PointSet>> made(variables.size());
  parallel_for(static_cast<int64_t>(variables.size()), 1, [&](int64_t v, int64_t) {
    made[static_cast<size_t>(v)].emplace(variables[static_cast<size_t>(v)]);
  });
  std::vector<PointSet> out;
  for (auto& set : made) out.push_back(std::move(*set));
  return out;
}

void check_neighbours(const std::string& estimator, int64_t k) {
  if (k < 1) throw ValueError("{}: k must be at least 1, got {}", estimator, k);
}

void check_neighbours(const std::string& estimator, int64_t k, int64_t rows) {
  if (rows > k) return;
  throw NoEstimate("{} with k = {} needs more than {} rows, got {}", estimator, k, k, rows);
}

Estimate neighbour_estimate(const std::string& spec, const std::vector<const Scaled*>& variables) {
  Estimate out;
  out.estimator = spec;
  out.n = variables[0]->size();
  int64_t columns = 0;
  for (const Scaled* variable : variables) {
    columns += variable->columns;
    out.warnings.insert(out.warnings.end(), variable->warnings.begin(), variable->warnings.end());
  }
  if (columns > kManyColumns || columns >= out.n) {
    out.warnings.push_back(fmt::format(
        "{} columns in all for {} rows: nearest neighbours are far in so many dimensions and the "
        "estimate is biased, most often towards 0 (Gao et al. 2015)",
        columns, out.n));
  }
  return out;
}

bool settle_constant(Estimate& estimate, const std::vector<const Scaled*>& variables) {
  for (const Scaled* variable : variables) {
    if (!variable->constant()) continue;
    estimate.value = at::scalar_tensor(0, at::kDouble);
    estimate.warnings = {fmt::format("{} is constant: the information is 0", variable->name)};
    return true;
  }
  return false;
}

void warn_of_ties(Estimate& estimate, const std::vector<double>& distances, double grain) {
  const auto tied = static_cast<double>(
      std::count_if(distances.begin(), distances.end(), [&](double r) { return r <= grain; }));
  const double share = tied / static_cast<double>(distances.size());
  if (share <= kManyTiedRows) return;
  estimate.warnings.push_back(fmt::format(
      "{:.0f} % of the rows have a zero k-th distance: a mixed distribution; use mixed_ksg",
      100 * share));
}

void warn_of_negative(Estimate& estimate) {
  const double chance = 0.1 + 3 / std::sqrt(static_cast<double>(estimate.n));
  if (estimate.number() >= -chance) return;
  estimate.warnings.emplace_back(
      "far below 0, as no information is: x, y or both have no density in all their columns, for "
      "they lie on a curve or surface, or there are too many columns");
}

void set_ceiling(Estimate& estimate, double ceiling) {
  estimate.ceiling = ceiling;
  if (estimate.number() > ceiling - std::min(1.0, kNeighbourCeilingShare * ceiling)) {
    estimate.warnings.push_back(
        fmt::format("saturated: the estimate is close to {:.3g} nats, the most that {} rows can "
                    "show; the information may be far larger",
                    ceiling, estimate.n));
  }
}

void set_error(Estimate& estimate, int64_t k,
               const std::function<double(const Tensor& rows)>& subset_estimate) {
  const int64_t least = 4 * (k + 1);
  estimate.standard_error = subsampling_error(estimate.n, least, subset_estimate);
  if (!std::isnan(estimate.standard_error)) return;
  estimate.warnings.push_back(
      fmt::format("no standard error: a tenth of {} rows is fewer than {}", estimate.n, least));
}

}  // namespace glow
