// One snapshot on the plane: what the tracker does with live segments and `glow measure` with saved
// ones.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "glow/dynamics/plane.h"
#include "glow/dynamics/segment_file.h"
#include "glow/information/estimator.h"

namespace glow {

/// Called for each estimate with its layer's name: for its warnings.
using EstimateSink = std::function<void(const Estimate&, const std::string& layer)>;

/// A row a layer, in `unit` where the estimator has one. An empty `fit` is fitted to this snapshot
/// (and always is by an estimator whose reference is the snapshot); otherwise it is used as it is.
std::vector<PlaneRow> measure_snapshot(const Estimator& estimator, const SavedSegment& snapshot,
                                       Fit& fit, Unit unit, const EstimateSink& seen);

}  // namespace glow
