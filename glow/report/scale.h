// Where a value stands along an axis, and what the axis says beside it.
#pragma once

#include <string>
#include <vector>

namespace glow::report {

struct Tick {
  double position = 0;  // in [0, 1] along the axis
  double value = 0;
  std::string label;  // empty for a minor one
};

/// A linear or logarithmic mapping of values to [0, 1].
class Scale {
 public:
  /// Holds [low, high] and a little beside it; a single value in the middle.
  static Scale linear(double low, double high);

  /// Epochs from 0 on: linear for fewer than 100, else logarithmic. There 0 stands half a decade
  /// below `first`, the first that is positive: before training is not infinitely long ago. A
  /// single epoch ends an axis that begins with training.
  static Scale epochs(double first, double last, bool has_zero);

  double at(double value) const;
  /// The value that stands for `value` on the axis: itself but for 0 on a logarithmic one.
  double shown(double value) const { return logarithmic_ && value < low_ ? low_ : value; }

  bool logarithmic() const { return logarithmic_; }
  double low() const { return low_; }
  double high() const { return high_; }

  /// At 1, 2 or 5 times a power of ten, about `count` with a label; powers of ten where
  /// logarithmic.
  std::vector<Tick> ticks(int count) const;

 private:
  std::vector<Tick> linear_ticks(int count) const;
  std::vector<Tick> log_ticks(int count) const;

  bool logarithmic_ = false;
  bool has_zero_ = false;
  double low_ = 0, high_ = 1;
  double first_ = 0;  // the smallest value that is not drawn as 0
};

/// "−0.25", "2×10⁻⁶": a number as figures and tables write it, with `digits` that count.
std::string pretty_number(double value, int digits = 3);

/// "4.27 ± 0.36": as many digits as the error gives, four at most; without a known error as
/// `pretty_number`.
std::string pretty_number_with_error(double value, double error);

}  // namespace glow::report
