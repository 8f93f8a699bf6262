#include "glow/models/ib_sequential.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "glow/core/clock.h"
#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/dynamics/plane_file.h"

namespace glow {
namespace {

std::string new_folder(const std::string& name) {
  namespace fs = std::filesystem;
  const std::string base = fmt::format("runs/{}-{}", name, compact_time());
  std::string folder = base;
  for (int i = 2; fs::exists(folder); ++i) folder = fmt::format("{}-{}", base, i);
  fs::create_directories(folder);
  return folder;
}

}  // namespace

IBSequential::IBSequential(Shape input_shape, IBSequentialOptions options)
    : Sequential(std::move(input_shape), {.device = options.device, .seed = options.seed}),
      options_(std::move(options)) {}

void IBSequential::attach_evaluator(EstimatorPtr estimator) {
  if (!options_.track_dynamics) {
    throw StateError("attach_evaluator: this model was made with track_dynamics = false");
  }
  for (const auto& other : evaluators_) {
    if (other->spec() == estimator->spec()) {
      throw ValueError("an evaluator '{}' is attached already", estimator->spec());
    }
  }
  evaluators_.push_back(std::move(estimator));
}

void IBSequential::attach_evaluator(const std::string& spec) {
  attach_evaluator(make_estimator(spec));
}

void IBSequential::set_probe(const Tensor& x, const Tensor& y) { probe_ = Batch{x, y}; }

std::vector<CallbackPtr> IBSequential::own_callbacks() {
  plane_.clear();
  if (!options_.track_dynamics || (evaluators_.empty() && !options_.save_dynamics)) return {};
  TrackerOptions tracking = options_.dynamics;
  tracking.save = options_.save_dynamics ? Saving::last : Saving::none;
  std::shared_ptr<PlaneFile> file;
  if (options_.save_dynamics) {
    folder_ = new_folder(options_.name);
    file = std::make_shared<PlaneFile>(folder_ + "/plane.csv");
    say("dynamics are saved in " + folder_);
  }
  auto tracker = std::make_shared<Tracker>(evaluators_, tracking,
                                           [this, file](const std::vector<PlaneRow>& rows) {
                                             plane_.insert(plane_.end(), rows.begin(), rows.end());
                                             if (file) file->append(rows);
                                           });
  if (options_.save_dynamics) {
    tracker->set_store(std::make_shared<SegmentStore>(folder_ + "/segments", options_.save_limit));
  }
  if (probe_) tracker->set_probe(*probe_);
  return {tracker};
}

Tensor IBSequential::evaluated_dynamics() const {
  // Positions on each axis by the values that occur there, in order of appearance.
  std::map<int64_t, std::map<int64_t, int64_t>> snapshots;  // epoch → step → position
  std::vector<std::string> evaluators;
  std::vector<int64_t> layers;
  const auto position = [](auto& seen, const auto& value) {
    const auto it = std::find(seen.begin(), seen.end(), value);
    if (it != seen.end()) return static_cast<int64_t>(it - seen.begin());
    seen.push_back(value);
    return static_cast<int64_t>(seen.size()) - 1;
  };
  int64_t most = 0;
  for (const auto& row : plane_) {
    if (row.epoch == 0) continue;
    auto& steps = snapshots[row.epoch];
    steps.try_emplace(row.step, static_cast<int64_t>(steps.size()));
    most = std::max(most, static_cast<int64_t>(steps.size()));
    position(evaluators, row.evaluator);
    position(layers, row.layer);
  }
  Tensor out =
      at::full({static_cast<int64_t>(snapshots.size()), most,
                static_cast<int64_t>(evaluators.size()), static_cast<int64_t>(layers.size()), 2},
               kUnknown, at::kDouble);
  auto cells = out.accessor<double, 5>();
  for (const auto& row : plane_) {
    const auto epoch = snapshots.find(row.epoch);
    if (epoch == snapshots.end()) continue;
    auto cell = cells[std::distance(snapshots.begin(), epoch)][epoch->second.at(row.step)]
                     [position(evaluators, row.evaluator)][position(layers, row.layer)];
    cell[0] = row.complexity;
    cell[1] = row.generalization;
  }
  return out;
}

}  // namespace glow
