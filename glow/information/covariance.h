// Covariances and their Cholesky factors, as estimators of Gaussian variables need them.
//
// On the CPU and without a graph by loops of our own: the same bits at any number of threads, and
// no threads of a BLAS, whose start costs a small matrix more than its sums. Else by torch.
#pragma once

#include <ATen/core/Tensor.h>

namespace glow {

using at::Tensor;

/// XᵀX/(n−1), (d, d), of centred rows (n, d), float64. O(n d²).
Tensor covariance(const Tensor& rows);

/// The lower factor L of a symmetric matrix (d, d) = L Lᵀ, float64; undefined where the matrix is
/// not positive definite. O(d³).
Tensor cholesky_factor(const Tensor& matrix);

/// L⁻¹ B of a lower factor (d, d) and B (d, m), float64. O(d² m).
Tensor solve_lower(const Tensor& factor, const Tensor& b);

}  // namespace glow
