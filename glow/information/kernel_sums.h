// Row sums of Gaussian kernels and of products of them, without ever keeping a Gram matrix.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

/// A variable (n, d) of a floating type, seen through exp(−scale ‖a−b‖²).
struct KernelRows {
  std::string name;  // what messages call it
  Tensor rows;
  double scale = 0.5;
};

/// What is summed over all j, j = i included: K_ij, of the variable with that number; to the fourth
/// power (a kernel of a quarter of the variance); times the kernel of another; over the rows of i's
/// group only.
struct KernelSum {
  size_t variable = 0;
  bool fourth_power = false;
  std::optional<size_t> times = {};
  bool within_group = false;
};

/// Each of the sums asked for, of every row. One pass over all pairs, upper triangle only, in
/// tiles: O(n² d) time, O(n) memory beside a centred copy of the variables. `groups` is the group
/// number of each row, from 0; empty where no sum needs it. Sums in float64; entries in the widest
/// of the variables' precisions, and of float32 in float64 too where its rounding could be seen.
/// Equal rows have exactly 1. The same bits at any number of threads. Variables on the CPU, of as
/// many rows, no graph. Throws ValueError on NaN or infinity.
std::vector<std::vector<double>> kernel_sums(const std::vector<KernelRows>& variables,
                                             const std::vector<KernelSum>& sums,
                                             const std::vector<int32_t>& groups = {});

}  // namespace glow
