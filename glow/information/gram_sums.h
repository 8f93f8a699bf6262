// What HSIC and its kin need of Gram matrices, without ever keeping one.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "glow/information/gram.h"

namespace glow {

/// Sums over one Gram matrix.
struct GramSums {
  std::vector<double> rows;      // K 1
  std::vector<double> diagonal;  // K_ii
  double total = 0;              // 1ᵀ K 1
  double trace = 0;
  bool constant = false;  // all rows of the variable are equal
};

struct GramStatistics {
  std::vector<GramSums> variables;  // in the order given
  std::vector<double> products;     // Σ_ij K_ij L_ij of each pair asked for
};

using GramPair = std::pair<size_t, size_t>;

/// One pass over all Gram matrices, upper triangles only, in tiles: O(m² d) time, O(m) memory
/// beside a centred copy of the variables. Entries in the widest of the variables' precisions, sums
/// in float64; the same bits at any number of threads. Variables (m, d) on the CPU, at least one
/// row, no graph. Throws ValueError on NaN or infinity.
GramStatistics gram_statistics(const std::vector<KernelVariable>& variables,
                               const std::vector<GramPair>& pairs);

}  // namespace glow
