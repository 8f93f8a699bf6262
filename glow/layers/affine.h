// x Wᵀ + b.
#pragma once

#include <ATen/core/Tensor.h>

namespace glow {

/// at::linear(x, weight, bias): x (…, in), weight (out, in), bias (out) or undefined.
///
/// Where a side is narrow a library's matrix product prepares more than it computes, so layers of
/// at most 16 inputs and outputs, in float32 on the CPU, have loops of their own: two fifths off a
/// training step of a 12-10-7-5-4-3-2 network.
at::Tensor affine(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace glow
