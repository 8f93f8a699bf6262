// Measures the layers while a network trains: a callback as any other.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "glow/dynamics/meter.h"
#include "glow/dynamics/plane.h"
#include "glow/dynamics/schedule.h"
#include "glow/dynamics/segment_file.h"
#include "glow/information/estimator.h"
#include "glow/training/callback.h"

namespace glow {

struct TrackerOptions {
  Every every = "batch";
  std::string on = "batch";              // or what the probe is of: train, validation, test, all
  int64_t snapshots = 100;               // with every = "log"
  Unit unit = Unit::nats;                // of estimators that have a unit
  std::vector<std::string> layers = {};  // names or globs; all when empty
  Saving save = Saving::none;
  int64_t network = 1;  // its number in the rows
};

/// Takes segments of the training batch itself, as it trained (no second forward pass), or of a
/// fixed probe in evaluation mode, and gives the rows of the plane to a sink. It draws no random
/// numbers and changes nothing of the network: training is the same to the bit without it.
class Tracker : public Callback {
 public:
  using RowSink = std::function<void(const std::vector<PlaneRow>&)>;

  /// Throws ValueError when `on` and `every` do not go together: the batch has no "log".
  Tracker(std::vector<EstimatorPtr> evaluators, TrackerOptions options, RowSink rows);

  /// The examples to measure on; needed when `on` is not "batch".
  void set_probe(Batch probe);
  /// Where segments go when they are saved.
  void set_store(std::shared_ptr<SegmentStore> store) { store_ = std::move(store); }
  /// Where warnings of estimators go, each once a layer; without a sink, to `warn`.
  void set_warning_sink(Meter::WarningSink sink) { meter_.set_warning_sink(std::move(sink)); }

  void on_train_begin(Training& training) override;
  void on_train_batch_end(Training& training, const Step& step) override;
  void on_epoch_end(Training& training, Logs& logs) override;
  void on_train_end(Training& training) override;

  /// How many segments a training of so many epochs and batches will save.
  int64_t planned_saves(int64_t epochs, int64_t batches) const;

  /// Leaves the layers that are measured, and gives their numbers, from 1. Throws ValueError when
  /// none is.
  std::vector<int64_t> select(Segment& segment) const;

 private:
  bool on_batch() const { return options_.on == "batch"; }
  void measure_probe(Training& training, int64_t epoch, int64_t step);
  void measure(Segment segment, const SnapshotInfo& info);
  void save_pending();

  Meter meter_;
  TrackerOptions options_;
  RowSink rows_;
  std::optional<Batch> probe_;
  std::shared_ptr<SegmentStore> store_;
  int64_t measured_ = -1;                   // the update that the probe was last measured after
  std::set<int64_t> epochs_;                // with every = "log"
  std::optional<SavedSegment> last_batch_;  // of this epoch, for every = "epoch" on the batch
  std::optional<SavedSegment> pending_;     // the last measured segment of the epoch, to be saved
};

}  // namespace glow
