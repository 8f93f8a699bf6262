// The digamma function.
#pragma once

#include <cstdint>
#include <vector>

namespace glow {

/// ψ(x) = d ln Γ(x)/dx for x > 0, to about 1e-15 (relative, or absolute near its root). NaN for
/// any other x. Abramowitz & Stegun 1964, 6.3.5 and 6.3.18.
double digamma(double x);

/// ψ(1) … ψ(n), looked up.
class DigammaTable {
 public:
  explicit DigammaTable(int64_t n);
  double operator()(int64_t m) const { return values_[static_cast<size_t>(m)]; }

 private:
  std::vector<double> values_;
};

}  // namespace glow
