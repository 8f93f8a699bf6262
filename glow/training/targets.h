// How losses and metrics read a target.
#pragma once

#include <ATen/ops/argmax.h>

namespace glow {

/// Class numbers of a target (n) of classes, or (n, k) one-hot.
inline at::Tensor class_numbers(const at::Tensor& target) {
  return target.dim() == 2 ? target.argmax(1) : target;
}

}  // namespace glow
