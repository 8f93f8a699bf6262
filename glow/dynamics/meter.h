// Puts the snapshots of one network on the plane, one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "glow/dynamics/plane.h"
#include "glow/dynamics/segment_file.h"
#include "glow/information/estimator.h"

namespace glow {

/// Keeps what each evaluator has fitted to the first snapshot, and says a warning once a layer:
/// what the tracker and Python's watcher of torch modules share.
class Meter {
 public:
  using WarningSink = std::function<void(const std::string& evaluator, const std::string& layer,
                                         const std::string& text)>;

  /// Throws ValueError on an evaluator that is given twice or needs the whole run.
  explicit Meter(std::vector<EstimatorPtr> evaluators, Unit unit = Unit::nats);

  /// Where warnings of estimators go; without a sink, to `warn`.
  void set_warning_sink(WarningSink sink) { warning_ = std::move(sink); }

  /// Forgets all that was fitted and said: another network follows.
  void reset();

  /// A row an evaluator and layer. Evaluators that need more rows than there are are left out.
  std::vector<PlaneRow> measure(const SavedSegment& snapshot);

 private:
  void report(const Estimate& estimate, const std::string& layer);

  std::vector<EstimatorPtr> evaluators_;
  Unit unit_;
  WarningSink warning_;
  std::vector<Fit> fits_;         // of each evaluator, to the first snapshot
  std::set<std::string> warned_;  // evaluator, layer and the warning without its numbers
};

}  // namespace glow
