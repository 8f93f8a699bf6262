// The nearest-neighbour estimators on a segment.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "glow/information/estimator.h"

namespace glow {

/// Fits which layers have ties, as units after a relu do: where the labels are measured with
/// `mixed_ksg` for `ross`. `glow measure` shows it the whole run.
class NeighbourEstimator : public InformationEstimator {
 public:
  void fit(const Segment& segment, Fit& fit) const override;
  bool fits_whole_runs() const override { return true; }

 protected:
  using InformationEstimator::InformationEstimator;
};

/// How labels are measured.
struct LabelOptions {
  int64_t k = 3;
  bool standardize = true;
  double jitter = 1e-10;
  bool errors = false;
};

template <class O>
LabelOptions label_options(const O& options) {
  return {options.k, options.standardize, options.jitter, options.errors};
}

/// The two coordinates of every layer: `complexity` of t with noise, for which see
/// `layer_coordinates`; I(T; Y) by `label_information` for classes, by `estimator` itself for
/// targets.
std::vector<Coordinates> neighbour_coordinates(const Segment& segment, const Fit& fit,
                                               const Estimator& estimator,
                                               std::optional<double> noise,
                                               const LabelOptions& labels,
                                               std::function<Estimate(const Tensor& t)> complexity);

/// I(T; Y) of a layer and its label: `ross`, or `mixed_ksg` where a `NeighbourEstimator` found more
/// than a twentieth of some column tied.
Estimate label_information(const std::string& layer, const Tensor& t, const Tensor& labels,
                           const Fit& fit, const LabelOptions& options);

/// The share of values that another of their column equals, at most, over columns of t (n, d): at
/// most 64 evenly spaced ones are looked at.
double tie_share(const Tensor& t);

}  // namespace glow
