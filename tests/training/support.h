// What the tests of this room share.
#pragma once

#include "glow/training/forward.h"

namespace glow {

inline Forward forward(const Tensor& prediction, const Tensor& y, const Tensor& logits = {},
                       bool sigmoid = false) {
  Forward f;
  f.prediction = prediction;
  f.logits = logits;
  f.sigmoid = sigmoid;
  f.segment.y = y;
  return f;
}

}  // namespace glow
