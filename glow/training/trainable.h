// What the loop can train: a network, or anything with steps.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "glow/datasets/dataset.h"
#include "glow/training/forward.h"

namespace glow {

/// A pass over one batch: what came out, and its loss.
struct Pass {
  Forward forward;
  double loss = 0;
};

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

class Trainable {
 public:
  virtual ~Trainable() = default;

  /// Forward, loss, backward, one update; paradigms override it. `step` is the number of updates
  /// made before: it is the clock of all random streams.
  virtual Pass train_step(const Batch& batch, int64_t step) = 0;

  /// Forward and loss in evaluation mode, without graph.
  virtual Pass test_step(const Batch& batch) = 0;

  /// The segment of these inputs in evaluation mode, without graph. Changes nothing.
  virtual Segment observe(const Tensor& x, const Tensor& y) = 0;

  /// Parameters and buffers by name, not copied; `load_weights` copies into them. Throws ValueError
  /// naming the first tensor that is missing, too many or of another shape.
  virtual NamedTensors weights() const = 0;
  virtual void load_weights(const NamedTensors& weights) = 0;

  /// What the optimizer has gathered, which resuming needs beside the weights.
  virtual NamedTensors optimizer_state() const = 0;

  /// Of the data it is trained on; 0 for targets.
  int64_t classes = 0;
};

}  // namespace glow
