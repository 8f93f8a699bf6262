#include "glow/information/layer_forms.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "glow/core/random.h"
#include "glow/information/checks.h"
#include "glow/information/mixed_ksg.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/ross.h"

namespace glow {
namespace {

constexpr double kTied = 0.05;
constexpr int64_t kColumnsLookedAt = 64;

std::string ties_of(const std::string& layer) { return "ties " + layer; }

Tensor with_noise(const Tensor& t, double noise, const std::string& layer) {
  const Tensor wide = t.detach().to(at::kCPU, at::kDouble);
  return wide +
         noise * at::randn(wide.sizes(), make_generator(0, "noise/" + layer), wide.options());
}

Estimate no_complexity(const LayerForm& form, int64_t n) {
  Estimate none;
  none.estimator = form.spec;
  none.n = n;
  none.warnings = {
      "I(X;T) is infinite for a deterministic layer of continuous inputs: give noise, its standard "
      "deviation, for I(X; T + noise)"};
  return none;
}

}  // namespace

std::vector<Coordinates> layer_coordinates(const Segment& segment, const LayerForm& form) {
  const bool classes = holds_class_numbers(segment);
  const Tensor y = classes ? class_numbers(segment.y, segment.classes) : flatten_rows(segment.y);
  std::vector<Coordinates> out;
  for (const auto& layer : segment.layers) {
    const Tensor t = flatten_rows(layer.value).detach();
    check_same_rows(t, layer.name, segment.y, "y");
    Coordinates both{form.noise ? form.complexity(with_noise(t, *form.noise, layer.name))
                                : no_complexity(form, t.size(0)),
                     classes ? form.labels(layer.name, t, y) : form.targets(t, y)};
    both.complexity.estimator = both.generalization.estimator = form.spec;
    // Here it is a layer, and the noise has been added.
    std::erase(both.complexity.warnings, kNoiseIsForLayers);
    std::erase(both.generalization.warnings, kNoiseIsForLayers);
    out.push_back(std::move(both));
  }
  return out;
}

std::vector<Coordinates> neighbour_coordinates(
    const Segment& segment, const Fit& fit, const Estimator& estimator, std::optional<double> noise,
    int64_t k, bool standardize, std::function<Estimate(const Tensor& t)> complexity) {
  LayerForm form{estimator.spec(), noise, std::move(complexity)};
  form.labels = [&](const std::string& name, const Tensor& t, const Tensor& labels) {
    return label_information(name, t, labels, fit, k, standardize);
  };
  form.targets = [&](const Tensor& t, const Tensor& y) { return estimator.estimate(t, y); };
  return layer_coordinates(segment, form);
}

std::vector<Coordinates> neighbour_coordinates(const Segment& segment, const Fit& fit,
                                               const Estimator& estimator,
                                               std::optional<double> noise, int64_t k,
                                               bool standardize) {
  const Tensor x = flatten_rows(segment.x);
  return neighbour_coordinates(segment, fit, estimator, noise, k, standardize,
                               [&](const Tensor& t) { return estimator.estimate(x, t); });
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

void fit_ties(const Segment& segment, Fit& fit) {
  for (const auto& layer : segment.layers) fit.add(ties_of(layer.name), tie_share(layer.value));
}

Estimate label_information(const std::string& layer, const Tensor& t, const Tensor& labels,
                           const Fit& fit, int64_t k, bool standardize) {
  if (fit.largest(ties_of(layer)) > kTied) {
    return mixed_ksg(t, labels.unsqueeze(1), {.k = k, .standardize = standardize});
  }
  return ross(t, labels, {.k = k, .standardize = standardize});
}

}  // namespace glow
