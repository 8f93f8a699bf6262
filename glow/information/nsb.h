// The entropy of Nemenman, Shafee and Bialek.
#pragma once

#include "glow/information/entropy.h"

namespace glow {

struct Posterior {
  double mean = 0, deviation = 0;
};

/// Posterior mean and standard deviation of the entropy in nats of a law over `alphabet` symbols,
/// under Dirichlet priors of all concentrations β, mixed so that the entropy that is expected
/// before any sample, ξ(β) = ψ(Aβ+1) − ψ(β+1), is uniform. Both moments are exact for each β; over
/// ln β they are integrated by the trapezoidal rule, to about ten digits. `alphabet` is at least
/// the number of seen symbols; 0 for one symbol. O(groups) a point, a few hundred points.
///
/// Nemenman, Shafee, Bialek 2002, NeurIPS, arXiv physics/0108025, eqs. 6-9; the moments: Wolpert &
/// Wolf 1995, Phys. Rev. E 52, 6841, theorem 4 and its corollaries.
Posterior nsb_entropy(const CountGroups& counts, double alphabet);

}  // namespace glow
