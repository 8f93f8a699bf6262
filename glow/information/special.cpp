#include "glow/information/special.h"

#include <cmath>
#include <limits>

namespace glow {

double digamma(double x) {
  if (!(x > 0)) return std::numeric_limits<double>::quiet_NaN();
  double shifted = 0;  // ψ(x) = ψ(x + 1) − 1/x, up to where the series has 16 digits
  for (; x < 10; ++x) shifted += 1 / x;
  const double y = 1 / (x * x);
  const double series =
      y * (1. / 12 -
           y * (1. / 120 -
                y * (1. / 252 - y * (1. / 240 - y * (1. / 132 - y * (691. / 32760 - y / 12))))));
  return std::log(x) - 0.5 / x - series - shifted;
}

DigammaTable::DigammaTable(int64_t n) : values_(static_cast<size_t>(n) + 1) {
  constexpr size_t kAnchor = 64;  // sums of so few keep all digits
  values_[0] = digamma(0);
  for (size_t m = 1; m < values_.size(); ++m) {
    const auto before = static_cast<double>(m - 1);
    values_[m] = m % kAnchor == 1 ? digamma(static_cast<double>(m)) : values_[m - 1] + 1 / before;
  }
}

}  // namespace glow
