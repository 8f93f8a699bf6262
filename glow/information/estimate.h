// A number that says what it is.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "glow/core/unit.h"

namespace glow {

using at::Tensor;

enum class BoundKind { estimate, lower, upper };

/// "estimate", "lower" or "upper".
std::string to_string(BoundKind bound);

/// Not known.
inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Estimate {
  std::string estimator;  // its spec, `hsic(kernel=gaussian, sigma=5)`
  Tensor value;           // 0-d; undefined when there is none (a warning says why)
  Unit unit = Unit::nats;
  BoundKind bound = BoundKind::estimate;
  int64_t n = 0;                     // samples used
  double standard_error = kUnknown;  // kUnknown where it is not known, as the next two
  double ceiling = kUnknown;         // what no estimate on this sample can exceed
  double null_mean = kUnknown;       // mean under permutation of the rows of y
  std::vector<std::string> warnings = {};

  /// The value as a number; NaN when there is none.
  double number() const;
};

/// The same number in another unit. A unitless one (HSIC) stays as it is.
Estimate in_unit(Estimate estimate, Unit unit);

/// How much a layer keeps of X (complexity) and knows of Y (generalization).
struct Coordinates {
  Estimate complexity, generalization;
};

}  // namespace glow
