// What is known exactly of the examples that are measured, and examples joined for a probe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "glow/datasets/dataset.h"

namespace glow {

/// The entropies of a finite set of examples taken with equal probability, in nats: "H(X)", and
/// "I(X;Y)" where y are class numbers. Counts distinct rows.
std::map<std::string, double> data_limits(const Batch& examples);

/// All examples of several data sets as one batch; with a limit, a random choice of so many, the
/// same every time.
Batch joined(const std::vector<const Dataset*>& parts, std::optional<int64_t> limit);

}  // namespace glow
