#include "glow/models/ib_sequential.h"

#include <filesystem>

#include "glow/core/clock.h"
#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/dynamics/plane_array.h"
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
  warnings_.clear();
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
  tracker->set_warning_sink(
      [this](const std::string& evaluator, const std::string& layer, const std::string& text) {
        warnings_.push_back(fmt::format("{} of {}: {}", evaluator, layer, text));
        warn(warnings_.back());
      });
  if (probe_) tracker->set_probe(*probe_);
  return {tracker};
}

Tensor IBSequential::evaluated_dynamics() const { return plane_array(plane_); }

}  // namespace glow
