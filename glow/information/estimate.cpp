#include "glow/information/estimate.h"

namespace glow {

std::string to_string(BoundKind bound) {
  return bound == BoundKind::estimate ? "estimate" : bound == BoundKind::lower ? "lower" : "upper";
}

double Estimate::number() const { return value.defined() ? value.item<double>() : kUnknown; }

Estimate in_unit(Estimate estimate, Unit unit) {
  const double factor = unit_factor(estimate.unit, unit);
  if (factor == 1.0) return estimate;
  if (estimate.value.defined()) estimate.value = estimate.value * factor;
  estimate.standard_error *= factor;
  estimate.ceiling *= factor;
  estimate.null_mean *= factor;
  estimate.unit = unit;
  return estimate;
}

}  // namespace glow
