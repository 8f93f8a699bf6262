// The way of each layer through the plane: means and spread over networks, first, turning, last.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "glow/dynamics/plane.h"

namespace glow {

/// One coordinate pair of one layer at one time: of one network, or the mean over several.
struct TrajectoryPoint {
  double epoch = 0;  // epochs completed, fractional inside one: step / steps an epoch
  int64_t step = 0;
  double complexity = kUnknown, generalization = kUnknown;
  double complexity_error = kUnknown, generalization_error = kUnknown;  // one standard error
  double complexity_null = kUnknown, generalization_null = kUnknown;
};

struct Trajectory {
  int64_t layer = 1;
  std::string name;
  std::vector<TrajectoryPoint> mean;                   // over networks, in order of step
  std::vector<std::vector<TrajectoryPoint>> networks;  // each of them, in the order of `networks`
};

/// All layers as one evaluator saw them at one place (batch, or a probe).
struct PlaneTrajectories {
  std::string evaluator, on, mode;
  Unit unit = Unit::nats;
  int64_t n = 0;                  // samples of one measurement
  std::vector<int64_t> networks;  // their numbers
  std::vector<Trajectory> layers;
};

/// Groups rows by evaluator and place. A step counts when every network that got that far has it,
/// so an unfinished run shows what it has. A point's error is the standard error over networks,
/// with one network the estimator's own. Where a layer has more than `most` points, neighbours are
/// averaged in windows that keep the first and last point. `batches` is the number of updates in an
/// epoch; where it is not known (0) the rows tell, if they can. O(rows log rows).
std::vector<PlaneTrajectories> trajectories(const std::vector<PlaneRow>& rows, int64_t most = 400,
                                            int64_t batches = 0);

/// First, turning and last point of a layer; the turning point is that of the largest mean
/// complexity. Indices into `mean`. Where no complexity is known nothing turns: the second is the
/// first.
struct Turning {
  size_t first = 0, turn = 0, last = 0;
  /// How far the complexity ends below its turning point, and one standard error of that fall over
  /// the networks (paired; unknown for one network).
  double fall = kUnknown, fall_error = kUnknown;
};
Turning turning(const Trajectory& trajectory);

}  // namespace glow
