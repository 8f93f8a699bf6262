// Sums over the distance matrices of variables in one dimension, by sorting.
#pragma once

#include <vector>

#include "glow/information/gram_sums.h"

namespace glow {

/// What `gram_statistics` gives of distances |x_i − x_j|, from one column each: O(n log n) a
/// variable and a pair, in float64. Variables (n, 1) on the CPU; their graphs are not looked at.
/// Throws ValueError on NaN or infinity.
///
/// Huo and Székely 2016, Technometrics 58, section 3; merge sort as Chaudhuri and Hu 2019, CSDA
/// 135.
GramStatistics sorted_distances(const std::vector<KernelVariable>& variables,
                                const std::vector<GramPair>& pairs);

}  // namespace glow
