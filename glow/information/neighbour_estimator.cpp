#include "glow/information/neighbour_estimator.h"

#include <ATen/ATen.h>

#include <utility>

#include "glow/information/layer_forms.h"
#include "glow/information/mixed_ksg.h"
#include "glow/information/ross.h"

namespace glow {
namespace {

constexpr double kTied = 0.05;
constexpr int64_t kColumnsLookedAt = 64;

std::string ties_of(const std::string& layer) { return "ties " + layer; }

}  // namespace

void NeighbourEstimator::fit(const Segment& segment, Fit& fit) const {
  for (const auto& layer : segment.layers) fit.add(ties_of(layer.name), tie_share(layer.value));
}

std::vector<Coordinates> neighbour_coordinates(
    const Segment& segment, const Fit& fit, const Estimator& estimator, std::optional<double> noise,
    const LabelOptions& options, std::function<Estimate(const Tensor& t)> complexity) {
  LayerForm form{estimator.spec(), noise, std::move(complexity)};
  form.labels = [&](const std::string& name, const Tensor& t, const Tensor& labels) {
    return label_information(name, t, labels, fit, options);
  };
  form.targets = [&](const Tensor& t, const Tensor& y) { return estimator.estimate(t, y); };
  return layer_coordinates(segment, form);
}

Estimate label_information(const std::string& layer, const Tensor& t, const Tensor& labels,
                           const Fit& fit, const LabelOptions& options) {
  const auto [k, standardize, jitter, errors] = options;
  if (fit.largest(ties_of(layer)) > kTied) {
    return mixed_ksg(t, labels.unsqueeze(1),
                     {.k = k, .standardize = standardize, .errors = errors});
  }
  return ross(t, labels, {k, standardize, jitter, errors});
}

double tie_share(const Tensor& t) {
  const Tensor rows = flatten_rows(t).detach();
  const int64_t n = rows.size(0), step = (rows.size(1) + kColumnsLookedAt - 1) / kColumnsLookedAt;
  if (n < 2) return 0;
  const Tensor sorted = std::get<0>(rows.slice(1, 0, rows.size(1), step).sort(0));
  const Tensor equal = sorted.slice(0, 1).eq(sorted.slice(0, 0, n - 1));
  // A constant column says nothing of how the others are spread.
  const Tensor shares = equal.to(at::kDouble).mean(0);
  const Tensor varied = shares.lt(1);
  return varied.any().item<bool>() ? shares.masked_select(varied).max().item<double>() : 0;
}

}  // namespace glow
