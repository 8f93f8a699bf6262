// Row sums of a Gaussian kernel, without ever keeping its matrix.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

/// A variable (n, d), float32 or float64 on the CPU, seen through K_ij = exp(−scale ‖x_i−x_j‖²).
struct KernelRows {
  std::string name;  // what messages call it
  Tensor rows;
  double scale = 0.5;
};

/// What is summed over all j, j = i included: K_ij, or its fourth power (a kernel of a quarter of
/// the variance); over the rows of i's group only, or over all.
struct KernelSum {
  bool fourth_power = false;
  bool within_group = false;
};

/// Each of the sums asked for, of every row. One pass over all pairs, upper triangle only, in
/// tiles: O(n² d) time, O(n) memory beside a centred copy of the variable. `groups` is the group
/// number of each row, from 0; empty where no sum needs it. Sums in float64; entries in the
/// variable's precision, and of float32 in float64 too where its rounding could be seen. Equal rows
/// have exactly 1. The same bits at any number of threads. Throws ValueError on NaN or infinity.
std::vector<std::vector<double>> kernel_sums(const KernelRows& variable,
                                             const std::vector<KernelSum>& sums,
                                             const std::vector<int32_t>& groups = {});

}  // namespace glow
