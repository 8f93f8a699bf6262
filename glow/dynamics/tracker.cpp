#include "glow/dynamics/tracker.h"

#include <algorithm>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow {
namespace {

Segment detached(Segment segment) {
  segment.x = segment.x.detach();
  segment.y = segment.y.detach();
  for (auto& layer : segment.layers) {
    layer.value = layer.value.detach();
    layer.logits = Tensor();
  }
  return segment;
}

}  // namespace

Tracker::Tracker(std::vector<EstimatorPtr> evaluators, TrackerOptions options, RowSink rows)
    : meter_(std::move(evaluators), options.unit),
      options_(std::move(options)),
      rows_(std::move(rows)) {
  static const std::vector<std::string> places{"batch", "train", "validation", "test", "all"};
  if (std::find(places.begin(), places.end(), options_.on) == places.end()) {
    throw ValueError("on is one of {}, got '{}'{}", join(places, ", "), options_.on,
                     did_you_mean(options_.on, places));
  }
  if (on_batch() && options_.every.kind == Every::Kind::log) {
    throw ValueError(
        "every = \"log\" measures at the ends of epochs, where there is no batch: give "
        "a probe, on = \"train\", \"validation\", \"test\" or \"all\"");
  }
  if (options_.snapshots < 2 || options_.snapshots > 1'000'000) {
    throw ValueError("snapshots must be between 2 and 1000000, got {}", options_.snapshots);
  }
}

void Tracker::set_probe(Batch probe) {
  if (probe.x.size(0) < 2) {
    throw ValueError("a probe needs at least 2 examples, got {}", probe.x.size(0));
  }
  probe_ = std::move(probe);
}

void Tracker::on_train_begin(Training& training) {
  // Another training is another network: nothing fitted to the last one serves it.
  meter_.reset();
  measured_ = -1;
  if (options_.every.kind == Every::Kind::log) {
    epochs_ = log_spaced_epochs(training.epochs, options_.snapshots);
  }
  if (on_batch()) return;
  if (!probe_) throw StateError("on = \"{}\" needs a probe: call set_probe first", options_.on);
  measure_probe(training, training.epoch, training.updates);
  save_pending();
}

void Tracker::on_train_batch_end(Training& training, const Step& step) {
  const Every& every = options_.every;
  if (!on_batch()) {
    // The probe sees the weights after this update, but the epoch's last update belongs to its end.
    const bool epoch_over = step.batch + 1 == training.batches;
    if (every.kind == Every::Kind::batches && training.updates % every.batches == 0 &&
        !epoch_over) {
      measure_probe(training, training.epoch - 1, training.updates);
    }
    return;
  }
  const SnapshotInfo info{options_.network, training.epoch, step.updates, "batch", "train"};
  if (every.kind == Every::Kind::epoch) {
    last_batch_ = SavedSegment{info, detached(step.pass.forward.segment), {}};
  } else if (step.updates % every.batches == 0) {
    measure(detached(step.pass.forward.segment), info);
  }
}

void Tracker::on_epoch_end(Training& training, Logs&) {
  if (last_batch_) {
    measure(std::move(last_batch_->segment), last_batch_->info);
    last_batch_.reset();
  }
  if (!on_batch()) {
    const Every& every = options_.every;
    const bool now = every.kind == Every::Kind::epoch ||
                     (every.kind == Every::Kind::log && epochs_.count(training.epoch) > 0) ||
                     (every.kind == Every::Kind::batches && training.updates % every.batches == 0);
    // Where the source does not know its length, the last batch was measured already.
    if (now && measured_ != training.updates) {
      measure_probe(training, training.epoch, training.updates);
    }
  }
  save_pending();
}

void Tracker::on_train_end(Training&) {
  last_batch_.reset();
  save_pending();
}

int64_t Tracker::planned_saves(int64_t epochs, int64_t batches) const {
  if (options_.save == Saving::none) return 0;
  const int64_t before = on_batch() ? 0 : 1;
  const Every& every = options_.every;
  if (every.kind == Every::Kind::log) {
    return static_cast<int64_t>(log_spaced_epochs(epochs, options_.snapshots).size());
  }
  if (options_.save == Saving::last || every.kind == Every::Kind::epoch) return epochs + before;
  return (epochs * batches + every.batches - 1) / every.batches + before;
}

void Tracker::measure_probe(Training& training, int64_t epoch, int64_t step) {
  measured_ = step;
  Segment segment = training.network.observe(probe_->x, probe_->y);
  segment.classes = training.network.classes;
  measure(std::move(segment), {options_.network, epoch, step, options_.on, "eval"});
}

void Tracker::measure(Segment segment, const SnapshotInfo& info) {
  SavedSegment saved{info, std::move(segment), {}};
  saved.numbers = select(saved.segment);
  const std::vector<PlaneRow> rows = meter_.measure(saved);
  if (!rows.empty()) rows_(rows);
  if (!store_ || options_.save == Saving::none) return;
  if (options_.save == Saving::all) {
    store_->save(saved);
  } else {
    pending_ = std::move(saved);
  }
}

std::vector<int64_t> Tracker::select(Segment& segment) const {
  std::vector<Representation> kept;
  std::vector<int64_t> numbers;
  std::vector<std::string> names;
  for (size_t i = 0; i < segment.layers.size(); ++i) {
    const std::string& name = segment.layers[i].name;
    names.push_back(name);
    const bool wanted =
        options_.layers.empty() ||
        std::any_of(options_.layers.begin(), options_.layers.end(),
                    [&](const std::string& pattern) { return matches_glob(pattern, name); });
    if (!wanted) continue;
    kept.push_back(std::move(segment.layers[i]));
    numbers.push_back(static_cast<int64_t>(i) + 1);
  }
  if (kept.empty()) {
    throw ValueError("no layer matches {}; the network has {}", join(options_.layers, ", "),
                     join(names, ", "));
  }
  segment.layers = std::move(kept);
  return numbers;
}

void Tracker::save_pending() {
  if (pending_ && store_) store_->save(*pending_);
  pending_.reset();
}

}  // namespace glow
