// What a plane says, in one sentence with its number.
#pragma once

#include <string>

#include "glow/report/report_data.h"

namespace glow::report {

/// "dense_5 compressed by 4.3 ± 0.4 bits after epoch 44". A layer counts as compressed when its
/// complexity fell from its largest to its last value by more than two standard errors; where no
/// error is known, by more than 1 % of the largest. Where a null is known it says what share of the
/// last values it is. Where complexity is not known it says which layer knows most of the label.
std::string finding(const PlaneData& plane);

/// The finding and what it rests on: "… after epoch 44 (binned, 29 cells; mean of 6 networks)."
std::string verdict(const PlaneData& plane);

}  // namespace glow::report
