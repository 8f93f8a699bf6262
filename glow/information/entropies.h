// Entropies by name.
#pragma once

#include <functional>

#include "glow/core/registry.h"
#include "glow/information/estimate.h"

namespace glow {

/// The entropy of x (n, d).
using EntropyFunction = std::function<Estimate(const Tensor& x)>;

/// auto, those of discrete variables (plugin and its corrections), binned, kl, weighted_kl,
/// gaussian (differential entropies) and renyi. `auto` takes `grassberger` for what
/// `choose_estimator` takes for classes, else `kl`, and says so. A program may add its own.
Registry<EntropyFunction>& entropies();

}  // namespace glow
