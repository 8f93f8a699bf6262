// The plane as one array, for programs that compute with it.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "glow/dynamics/plane.h"

namespace glow {

/// (epochs, snapshots an epoch, evaluators, layers, 2) float64 of the rows of one network, NaN
/// where there is no number; the measurement before training, of probes, is left out.
at::Tensor plane_array(const std::vector<PlaneRow>& rows);

}  // namespace glow
