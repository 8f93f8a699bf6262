// The plane as one array, for programs that compute with it.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "glow/dynamics/plane.h"

namespace glow {

/// (epochs, snapshots an epoch, evaluators, layers, 2) float64 of the rows of one network, NaN
/// where there is no number; epoch 0, where probes are measured before training, is left out unless
/// `before_training`. Throws ValueError for rows of several networks.
at::Tensor plane_array(const std::vector<PlaneRow>& rows, bool before_training = false);

}  // namespace glow
