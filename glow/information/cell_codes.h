// The inner loops of a ruler: cell numbers of many values. Without branches, so that the compiler
// makes vectors of them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "glow/information/vectorized.h"

namespace glow::cell_codes {

/// Equal cells of [low, high). Edge k is low + k step, each operation rounded, as numpy.linspace
/// computes it; its comparison with a value is exact.
struct Steps {
  double low, high;
  double end;            // the largest number that lies below both `high` and the last edge
  double step, inverse;  // 1/step; infinity and 0 for a range of one point
  int32_t last;          // the cell of `high` and above

  // Of a cell: far more than rounding, for up to 2^20 cells.
  static constexpr double kSlack = 0x1.0p-20;

  /// Sets `odd` where v is not in [low, high): for the caller to look at again.
  GLOW_INLINE int32_t operator()(double v, int32_t& odd) const {
    const double inside = std::min(std::max(low, v), end);
    odd |= static_cast<int32_t>(v != inside);
    // Never too low, and too high by one at most, which the cell's own lower edge tells.
    const auto guess = static_cast<int32_t>((inside - low) * inverse + kSlack);
    // The maximum changes nothing: it keeps the compiler from fusing the product into the sum,
    // which would round the edge otherwise.
    const double edge = std::max(0.0, static_cast<double>(guess) * step) + low;
    const int32_t cell = guess - static_cast<int32_t>(inside < edge);
    return v >= high ? last : cell;
  }
};

/// Cells floor(v / width).
struct Widths {
  double width;

  static constexpr double kFarthest = 0x1.0p31 - 1;  // a number must fit into 32 bits

  /// Sets `odd` where v has no number: it is too far out, or not finite.
  GLOW_INLINE int32_t operator()(double v, int32_t& odd) const {
    const double exact = v / width;
    const double number = std::min(std::max(-kFarthest, exact), kFarthest);
    odd |= static_cast<int32_t>(number != exact);
    const auto towards_zero = static_cast<int32_t>(number);
    return towards_zero - static_cast<int32_t>(static_cast<double>(towards_zero) > number);
  }
};

/// codes[i] of n values by one rule; whether any was odd.
template <class T, class Rule>
GLOW_INLINE bool apply(Rule rule, const T* values, int64_t n, uint32_t* codes) {
  int32_t odd = 0;
  for (int64_t i = 0; i < n; ++i) {
    codes[i] = static_cast<uint32_t>(rule(static_cast<double>(values[i]), odd));
  }
  return odd != 0;
}

}  // namespace glow::cell_codes
