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

}  // namespace glow
