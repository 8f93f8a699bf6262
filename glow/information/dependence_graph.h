// The dependence graph of two hashed variables: its nodes are cells, an edge joins two that share
// samples.
#pragma once

#include <cstdint>

#include "glow/information/symbols.h"

namespace glow {

struct GraphInformation {
  double nats = 0;
  double capped = 0;  // the share of samples on edges that were capped
};

/// Î − c Î₀ in nats: Î = Σ_ij (N_ij/n) min{ln(N_ij n/(N_i N_j)), cap} over the edges, Î₀ its mean
/// under permutation and c = (K − M + 1)/(K₀ − M + 1), K edges where permuted rows have K₀, M the
/// more of both variables' cells. `stream` is which permutations. O(n).
///
/// Noshad, Zeng, Hero 2018, arXiv 1801.09125 (Î).
GraphInformation graph_information(const Symbols& x, const Symbols& y, double cap, int64_t stream);

}  // namespace glow
