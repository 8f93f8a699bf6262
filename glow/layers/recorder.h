// Collects the representations of one forward pass.
#pragma once

#include <utility>
#include <vector>

#include "glow/information/segment.h"

namespace glow {

class Layer;

/// While it lives, layers on this thread report to it; the innermost one counts. Only outermost
/// layers with parameters make a representation; an activation or normalization that follows one
/// directly amends it.
class Recorder {
 public:
  Recorder();
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Null when nobody listens.
  static Recorder* current();

  /// Layers call these. `logits` became `output` by a softmax or log_softmax, or by a sigmoid.
  static void note_logits(const Tensor& logits, const Tensor& output, bool sigmoid);
  /// Dropout, noise or batch statistics were at work.
  static void note_random();

  std::vector<Representation>& layers() { return layers_; }
  bool deterministic() const { return deterministic_; }
  /// The logits behind `output`, if it is the result of a softmax, log_softmax or sigmoid.
  Tensor logits_of(const Tensor& output) const;
  /// Whether `output` is the result of a sigmoid.
  bool is_sigmoid(const Tensor& output) const;

 private:
  friend class Layer;
  void enter() { ++depth_; }
  void leave(const Layer& layer, const Tensor& input, const Tensor& output);
  void abandon() { --depth_; }

  Recorder* outer_;
  int depth_ = 0;
  bool deterministic_ = true;
  std::vector<Representation> layers_;
  struct Activated {
    Tensor logits, output;
    bool sigmoid;
  };
  const Activated* find(const Tensor& output) const;
  std::vector<Activated> activated_;
};

}  // namespace glow
