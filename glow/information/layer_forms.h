// The two coordinates of a layer by estimators for continuous variables.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "glow/information/estimator.h"

namespace glow {

/// How an estimator makes the coordinates of one layer t (n, d).
struct LayerForm {
  std::string spec;
  std::optional<double> noise = {};
  /// I(X; T + noise), given t with its noise.
  std::function<Estimate(const Tensor& t)> complexity = {};
  /// I(T; Y), Y class numbers (n); `name` is the layer's.
  std::function<Estimate(const std::string& name, const Tensor& t, const Tensor& labels)> labels =
      {};
  /// I(T; Y), Y targets (n, d).
  std::function<Estimate(const Tensor& t, const Tensor& y)> targets = {};
};

/// The coordinates of every layer. Without noise there is no complexity: it is infinite for a
/// deterministic layer, and a warning says so. The noise N(0, noise²) is the same at every
/// snapshot, so that what moves is the network.
///
/// Amjad & Geiger 2019, IEEE Trans. PAMI 42(9) (the infinity).
std::vector<Coordinates> layer_coordinates(const Segment& segment, const LayerForm& form);

/// The form of nearest-neighbour estimators: `complexity` on the noisy layer, `label_information`
/// for classes, `estimator` itself for targets.
std::vector<Coordinates> neighbour_coordinates(const Segment& segment, const Fit& fit,
                                               const Estimator& estimator,
                                               std::optional<double> noise, int64_t k,
                                               bool standardize,
                                               std::function<Estimate(const Tensor& t)> complexity);

/// The same with `estimator` itself for I(X; T + noise).
std::vector<Coordinates> neighbour_coordinates(const Segment& segment, const Fit& fit,
                                               const Estimator& estimator,
                                               std::optional<double> noise, int64_t k,
                                               bool standardize);

/// The share of values that another of their column equals, at most, over columns of t (n, d): at
/// most 64 evenly spaced ones are looked at.
double tie_share(const Tensor& t);

/// Notes for `label_information` which layers have ties, as units after a relu do.
void fit_ties(const Segment& segment, Fit& fit);

/// I(T; Y) of a layer and its label: `ross`, or `mixed_ksg` where `fit_ties` found more than a
/// twentieth tied.
Estimate label_information(const std::string& layer, const Tensor& t, const Tensor& labels,
                           const Fit& fit, int64_t k, bool standardize);

}  // namespace glow
