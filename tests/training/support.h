// What the tests of this room share.
#pragma once

#include "glow/training/forward.h"

namespace glow {

inline Forward forward(const Tensor& prediction, const Tensor& y, const Tensor& logits = {}) {
  Forward f;
  f.prediction = prediction;
  f.logits = logits;
  f.segment.y = y;
  return f;
}

}  // namespace glow
