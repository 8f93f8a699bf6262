#include "glow/information/uncertainty.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

#include "glow/core/random.h"
#include "glow/information/estimate.h"

namespace glow {

double subsampling_error(int64_t n, int64_t least,
                         const std::function<double(const Tensor& rows)>& estimate) {
  double squares = 0, freedom = 0;
  for (const int64_t subsets : {5, 10}) {
    if (n / subsets < least) return kUnknown;
    const Tensor order = at::randperm(n, make_generator(0, "subsampling", subsets), at::kLong);
    std::vector<double> values;
    double mean = 0;
    for (int64_t s = 0; s < subsets; ++s) {
      values.push_back(estimate(order.slice(0, s * n / subsets, (s + 1) * n / subsets)));
      mean += values.back() / static_cast<double>(subsets);
    }
    for (const double value : values) {
      squares += (value - mean) * (value - mean) / static_cast<double>(subsets);
    }
    freedom += static_cast<double>(subsets - 1);
  }
  return std::sqrt(squares / freedom);
}

}  // namespace glow
