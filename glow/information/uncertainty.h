// How far off an estimate may be.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

namespace glow {

using at::Tensor;

/// The standard error of a nearest-neighbour estimate on n rows: `estimate` is called on the rows
/// (int64 indices) of 5, then 10 disjoint random subsets. Its variance there is taken as B/size; B
/// is fitted by maximum likelihood to all of them, and B/n is the variance on all rows. 13 degrees
/// of freedom: itself known to about a fifth. Costs up to two further estimates. A bootstrap would
/// draw rows twice, and ties break such estimators. NaN when a subset has fewer than `least` rows.
///
/// Always the same subsets. Says nothing of the bias.
///
/// Holmes & Nemenman 2019, Phys. Rev. E 100, 022404.
double subsampling_error(int64_t n, int64_t least,
                         const std::function<double(const Tensor& rows)>& estimate);

}  // namespace glow
