// Gram matrices: K_ij = k(x_i, x_j) of one variable under a kernel.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace glow {

using at::Tensor;

/// gaussian: exp(−‖a−b‖²/(2 sigma²)); linear: ⟨a, b⟩ of the centred rows; distance: ‖a−b‖, of which
/// distance correlation is made.
struct Kernel {
  enum class Kind { gaussian, linear, distance };
  Kind kind = Kind::gaussian;
  double sigma = 1;
};

/// Throws ValueError on any other word than `gaussian` and `linear`.
Kernel::Kind parse_kernel(const std::string& text);

/// A variable (m, d) of a floating type and the kernel that it is seen through.
struct KernelVariable {
  std::string name;  // what messages call it
  Tensor rows;
  Kernel kernel;
};

/// The Gram matrix (m, m), with its graph where one is wanted and on any device: O(m²) memory. Rows
/// are centred first, so that distances keep their digits; no (m, m, d) array, and no square root
/// whose derivative would be 0/0 at coincident points: the distance of those is 0, and so is its
/// derivative.
Tensor gram_matrix(const KernelVariable& variable);

}  // namespace glow
