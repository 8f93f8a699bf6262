// What figures and page agree on: scales, names and words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "glow/report/report_data.h"
#include "glow/report/scale.h"

namespace glow::report {

/// One plane of one run, as it is drawn.
struct View {
  const RunData* run;
  const PlaneData* plane;
};

/// The axes that several planes share.
struct PlaneScales {
  Scale complexity, generalization;              // of the plane, its limits and its null
  Scale complexity_curve, generalization_curve;  // against epochs; from 0 on where there is a null
  Scale epochs;
};
PlaneScales plane_scales(const std::vector<View>& views);

/// One member along a trajectory.
std::vector<double> values(const std::vector<TrajectoryPoint>& points,
                           double TrajectoryPoint::*member);

/// One of the two coordinates: where its numbers and words are.
struct Coordinate {
  double TrajectoryPoint::*value;
  double TrajectoryPoint::*error;
  double TrajectoryPoint::*null_mean;
  std::string PlaneData::*label;
  std::vector<Limit> PlaneData::*limits;
  Scale PlaneScales::*curve;
};
inline constexpr Coordinate kComplexity{
    &TrajectoryPoint::complexity,      &TrajectoryPoint::complexity_error,
    &TrajectoryPoint::complexity_null, &PlaneData::complexity_label,
    &PlaneData::complexity_limits,     &PlaneScales::complexity_curve};
inline constexpr Coordinate kGeneralization{
    &TrajectoryPoint::generalization,      &TrajectoryPoint::generalization_error,
    &TrajectoryPoint::generalization_null, &PlaneData::generalization_label,
    &PlaneData::generalization_limits,     &PlaneScales::generalization_curve};

/// The point of a layer's largest complexity, where these axes show it apart from its start and
/// end.
std::optional<size_t> turning_mark(const Trajectory& layer, const PlaneScales& scales);
bool any_turn(const std::vector<View>& views, const PlaneScales& scales);

/// Planes of several runs that belong on the same axes: of the same evaluator and place, else at
/// the same position in the list and in the same unit. Every plane is in one group.
std::vector<std::vector<View>> matching_planes(const std::vector<RunData>& runs);

/// Planes of one run by the same estimator in several settings, on the same data and in the same
/// unit: what a verdict depends on.
std::vector<std::vector<View>> planes_by_settings(const RunData& run);

bool has_null(const PlaneTrajectories& plane);

/// Whether complexity is unknown throughout and generalization is not: then there is no plane to
/// draw, only generalization against epochs.
bool lacks_complexity(const PlaneTrajectories& plane);

/// `dense_6 (2, output)`: a layer's name with its size.
std::string layer_label(const View& view, size_t layer);

/// `I(X;T) [bits]`
std::string axis_label(const std::string& quantity, Unit unit);

/// `binned, 29 cells`: an estimator in words, its spec where there are none.
std::string estimator_words(const std::string& spec);

/// `Mean of 6 networks, bars and bands: one standard error; n = 4096`: the caption that is given,
/// or one of what is known.
std::string caption_of(const PlaneData& plane);

/// `44`, `1.2`
std::string epoch_text(double epoch);

}  // namespace glow::report
