// A forward pass, as losses and metrics see it.
#pragma once

#include "glow/information/segment.h"

namespace glow {

struct Forward {
  Segment segment;       // every layer, with its graph in a training step
  Tensor prediction;     // what the network gave
  Tensor logits;         // behind the prediction when it is a softmax, log_softmax or sigmoid
  bool sigmoid = false;  // which of them
};

}  // namespace glow
