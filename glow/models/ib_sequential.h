// A Sequential whose layers are watched on the information plane.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "glow/dynamics/tracker.h"
#include "glow/models/sequential.h"

namespace glow {

struct IBSequentialOptions {
  std::string device = "auto";
  int64_t seed = 0;
  bool track_dynamics = true;
  /// Rows and raw segments go to a run folder, runs/<name>-<time>/, named once on stderr.
  bool save_dynamics = false;
  std::string name = "ib_sequential";
  /// When and where it is measured; `save` and `network` are the model's own business.
  TrackerOptions dynamics = {};
  int64_t save_limit = 2'000'000'000;  // bytes of raw segments
};

/// Attached evaluators give two coordinates a layer: how much T keeps of X, how much it knows of Y.
class IBSequential : public Sequential {
 public:
  explicit IBSequential(Shape input_shape, IBSequentialOptions options = {});

  /// Several may be attached. Throws StateError when track_dynamics is false.
  template <std::derived_from<Estimator> E>
  void attach_evaluator(E estimator) {
    attach_evaluator(std::make_shared<E>(std::move(estimator)));
  }
  void attach_evaluator(EstimatorPtr estimator);
  /// By its spec, `hsic(sigma=median)`.
  void attach_evaluator(const std::string& spec);

  /// What a probe is measured on, when `dynamics.on` is not "batch".
  void set_probe(const Tensor& x, const Tensor& y);

  /// All rows of the last training.
  const std::vector<PlaneRow>& plane() const { return plane_; }

  /// (epochs, snapshots an epoch, evaluators, layers, 2) float64, NaN where there is no number; the
  /// measurement before training, of probes, is in `plane` only.
  Tensor evaluated_dynamics() const;

  /// What the evaluators warned of in the last training, each once a layer.
  const std::vector<std::string>& warnings() const { return warnings_; }

  /// The run folder of the last training with save_dynamics; empty without.
  const std::string& folder() const { return folder_; }

 protected:
  std::vector<CallbackPtr> own_callbacks() override;

 private:
  IBSequentialOptions options_;
  std::vector<EstimatorPtr> evaluators_;
  std::optional<Batch> probe_;
  std::vector<PlaneRow> plane_;
  std::vector<std::string> warnings_;
  std::string folder_;
};

}  // namespace glow
