// Samples that share a box, for densities by box kernels.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace glow {

using at::Tensor;

/// How many samples lie within the box around each, itself and the faces included.
struct BoxCounts {
  std::vector<int64_t> x, y, both;
};

/// Of x (n, dx) and y (n, dy), float64, with the sides of the box in each column. One column each
/// O(n log n), else O(n² (dx + dy)); O(n) memory.
BoxCounts box_counts(const Tensor& x, const std::vector<double>& x_sides, const Tensor& y,
                     const std::vector<double>& y_sides);

}  // namespace glow
