// How losses and metrics read a target.
#pragma once

#include <ATen/ATen.h>

#include "glow/core/error.h"

namespace glow {

/// Class numbers of a target: (n) or (n, 1) of whole numbers, or (n, k) one-hot. Throws ValueError.
inline at::Tensor classes_of_target(const at::Tensor& target) {
  if (target.dim() == 2 && target.size(1) > 1) return target.argmax(1);
  if (!target.is_floating_point()) return target.dim() == 2 ? target.squeeze(1) : target;
  if (!target.eq(target.round()).all().item<bool>()) {
    throw ValueError("the targets are no class numbers: they are not whole");
  }
  return target.reshape({-1}).to(at::kLong);
}

}  // namespace glow
