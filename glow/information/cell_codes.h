// The inner loops of a ruler: cell numbers of many values. Without branches, so that the compiler
// makes vectors of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "glow/core/vectorized.h"

namespace glow::cell_codes {

/// Equal cells of [low, high). Edge k is low + k step, each operation rounded, as numpy.linspace
/// computes it; its comparison with a value is exact.
struct Steps {
  double low, high;
  double end;            // the largest number that lies below both `high` and the last edge
  double step, inverse;  // 1/step; infinity and 0 for a range of one point
  int32_t last;          // the cell of `high` and above
  double slack;          // of a cell, more than rounding: of a value, and of an edge far from 0

  /// Sets `odd` where v is not in [low, high): for the caller to look at again.
  GLOW_INLINE int32_t operator()(double v, int32_t& odd) const {
    const double inside = std::min(std::max(low, v), end);
    odd |= static_cast<int32_t>(v != inside);
    // Never too low, and too high by one at most, which the cell's own lower edge tells.
    const auto guess = static_cast<int32_t>((inside - low) * inverse + slack);
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
GLOW_INLINE bool apply(const Rule& rule, const T* values, int64_t n, uint32_t* codes) {
  int32_t odd = 0;
  for (int64_t i = 0; i < n; ++i) {
    codes[i] = static_cast<uint32_t>(rule(static_cast<double>(values[i]), odd));
  }
  return odd != 0;
}

/// The same cells for float32 values, by float32 arithmetic wherever that settles them: twice as
/// many fit into a vector. A value close to an edge sends its piece to the exact rule.
class NarrowSteps {
 public:
  explicit NarrowSteps(const Steps& exact)
      : exact_(exact),
        low_(static_cast<float>(exact.low)),
        inverse_(static_cast<float>(exact.inverse)),
        cells_(static_cast<float>((exact.high - exact.low) * exact.inverse)),
        slack_(slack(exact)),
        low_end_(if_exact(exact.low)),
        high_end_(if_exact(exact.high)) {}

  GLOW_INLINE bool apply(const float* values, int64_t n, uint32_t* codes) const {
    bool odd = false;
    for (int64_t i = 0; i < n; i += kPiece) {
      const int64_t size = std::min(kPiece, n - i);
      if (slack_ < kMostSlack && settle(values + i, size, codes + i)) continue;
      odd |= cell_codes::apply(exact_, values + i, size, codes + i);
    }
    return odd;
  }

 private:
  static constexpr int64_t kPiece = 256;
  static constexpr float kMostSlack = 0.01F;

  // The largest error of a position, in cells, four times over: that of the difference, of the
  // product, and of the low end's own rounding.
  static float slack(const Steps& exact) {
    const double cells = (exact.high - exact.low) * exact.inverse;
    const double low = std::abs(exact.low) * exact.inverse;
    return exact.inverse > 0 ? static_cast<float>(0x1.0p-21 * (cells + low + 1)) : kMostSlack;
  }

  // A number that equals no value where float32 cannot say what `end` is.
  static float if_exact(double end) {
    const auto narrow = static_cast<float>(end);
    return static_cast<double>(narrow) == end ? narrow : std::numeric_limits<float>::quiet_NaN();
  }

  // False where a value is not settled: it is near an edge or not inside. Values at the ends
  // themselves are, for that is where saturated units sit.
  GLOW_INLINE bool settle(const float* values, int64_t n, uint32_t* codes) const {
    int32_t open = 0;
    for (int64_t i = 0; i < n; ++i) {
      const float v = values[i];
      const float position = (v - low_) * inverse_;
      const float inside = std::min(std::max(0.0F, position), cells_);
      const auto cell = static_cast<int32_t>(inside);
      const float part = inside - static_cast<float>(cell);
      const bool clear = (part > slack_) & (part < 1 - slack_) & (inside == position);
      const bool at_low = v == low_end_, at_top = v == high_end_;
      open |= static_cast<int32_t>(!(clear | at_low | at_top));
      codes[i] = static_cast<uint32_t>(at_top ? exact_.last : cell);
    }
    return open == 0;
  }

  Steps exact_;
  float low_, inverse_, cells_, slack_;
  float low_end_, high_end_;
};

/// float32 values by equal cells.
GLOW_INLINE bool apply(const Steps& steps, const float* values, int64_t n, uint32_t* codes) {
  return NarrowSteps(steps).apply(values, n, codes);
}

}  // namespace glow::cell_codes
