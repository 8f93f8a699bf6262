#include "glow/information/bandwidth.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "glow/core/error.h"
#include "glow/core/fields.h"

namespace glow {
namespace {

constexpr int64_t kMostRows = 2048;  // two million distances settle a median
constexpr int64_t kDistanceBlock = 128;

}  // namespace

Bandwidth::Bandwidth(const std::string& word) : median(true) {
  if (word != "median") throw ValueError("expected a number or 'median', got '{}'", word);
}

void check_bandwidth(const Bandwidth& width, const std::string& name) {
  // Its square, and one over that, must be numbers too.
  if (width.median || (width.value > 1e-150 && width.value < 1e150)) return;
  throw ValueError("{} must be a positive number (1e-150 to 1e150) or 'median', got {}", name,
                   width.value);
}

void read_value(const Value& in, Bandwidth& out) {
  if (const auto* word = std::get_if<std::string>(&in.data)) {
    out = Bandwidth(*word);
  } else {
    double number = 0;
    read_value(in, number);
    out = Bandwidth(number);
  }
}

Value write_value(const Bandwidth& in) {
  return in.median ? write_value(std::string("median")) : write_value(in.value);
}

double median_distance(const Tensor& x) {
  Tensor rows = x.detach().to(at::kCPU, at::kDouble);
  if (const int64_t n = rows.size(0); n > kMostRows) {
    rows = rows.index_select(0, at::arange(kMostRows, at::kLong).mul_(n).div_(kMostRows, "floor"));
  }
  rows = rows - rows.mean(0, /*keepdim=*/true);
  const int64_t n = rows.size(0);
  const Tensor norms = (rows * rows).sum(1);
  const double* norm = norms.const_data_ptr<double>();
  std::vector<double> positive;
  for (int64_t begin = 0; begin < n; begin += kDistanceBlock) {
    const int64_t end = std::min(n, begin + kDistanceBlock);
    const Tensor products = at::mm(rows.slice(0, begin, end), rows.slice(0, begin).t());
    const double* product = products.const_data_ptr<double>();
    for (int64_t i = begin; i < end; ++i, product += n - begin) {
      for (int64_t j = i + 1; j < n; ++j) {
        const double squared = norm[i] + norm[j] - 2 * product[j - begin];
        // Below the rounding of the sum the rows are equal.
        if (squared > 1e-14 * (norm[i] + norm[j])) positive.push_back(squared);
      }
    }
  }
  if (positive.empty()) return 0;
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::nth_element(positive.begin(), middle, positive.end());
  if (positive.size() % 2 == 1) return std::sqrt(*middle);
  const double below = *std::max_element(positive.begin(), middle);
  return (std::sqrt(*middle) + std::sqrt(below)) / 2;
}

}  // namespace glow
