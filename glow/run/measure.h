// Saved segments on the plane again, without training.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "glow/dynamics/plane.h"

namespace glow {

/// Measures every saved segment of a run with these estimators, in `unit` (that of the run's file
/// when empty), and puts the rows into its plane.csv in place of those of the same evaluators.
/// `progress` hears how many segments of how many are done. Throws ValueError when the run has no
/// saved segments, Interrupted when the stop flag is raised: then nothing is changed.
std::vector<PlaneRow> measure_run(const std::string& folder, const std::vector<std::string>& specs,
                                  const std::string& unit,
                                  const std::function<void(int64_t, int64_t)>& progress);

}  // namespace glow
