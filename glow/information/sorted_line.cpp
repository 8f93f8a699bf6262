#include "glow/information/sorted_line.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "glow/core/parallel.h"
#include "glow/core/vectorized.h"

namespace glow {
namespace {

constexpr int64_t kLineGrain = 16384;  // points that are worth a thread
constexpr int64_t kSearches = 32;      // side by side: their memory accesses overlap

// How many of the ascending values lie below each query's open interval, and how many below its
// end. Rounded differences are monotonous, so this is what comparing each would give.
GLOW_INLINE void interval_bounds(const double* values, int64_t n, const double* at,
                                 const double* radius, int64_t* below, int64_t* until) {
  for (int q = 0; q < kSearches; ++q) below[q] = until[q] = 0;
  for (int64_t left = n; left > 0;) {
    const int64_t half = (left + 1) / 2;
    for (int q = 0; q < kSearches; ++q) {
      const double low = values[below[q] + half - 1], high = values[until[q] + half - 1];
      below[q] += at[q] - low >= radius[q] ? half : 0;
      until[q] += high - at[q] < radius[q] ? half : 0;
    }
    left -= half;
  }
}

}  // namespace

SortedLine::SortedLine(const double* values, int64_t n)
    : values_(static_cast<size_t>(n)), row_(static_cast<size_t>(n)) {
  std::vector<std::pair<double, int32_t>> pairs(static_cast<size_t>(n));
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {values[i], static_cast<int32_t>(i)};
  std::sort(pairs.begin(), pairs.end());
  for (size_t i = 0; i < pairs.size(); ++i) std::tie(values_[i], row_[i]) = pairs[i];
}

void SortedLine::nearest(int64_t k, double* distances, int32_t* indices) const {
  const auto n = static_cast<int64_t>(values_.size());
  parallel_for(n, kLineGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const double* at = values_.data() + i;
      const int64_t row = row_[static_cast<size_t>(i)];
      int64_t left = 1, right = 1;
      for (int64_t found = 0; found < k; ++found) {
        const bool leftwards =
            left <= i && (i + right >= n || at[0] - at[-left] <= at[right] - at[0]);
        const int64_t step = leftwards ? -left++ : right++;
        distances[row] = leftwards ? at[0] - at[step] : at[step] - at[0];
        if (indices) indices[row * k + found] = row_[static_cast<size_t>(i + step)];
      }
    }
  });
}

void SortedLine::nearer(const double* radii, int32_t* counts) const {
  const auto n = static_cast<int64_t>(values_.size());
  parallel_for(n, kLineGrain, [&](int64_t begin, int64_t end) {
    vectorized([&](auto) GLOW_INLINE_BODY {
      double at[kSearches] = {}, radius[kSearches] = {};
      int64_t below[kSearches], until[kSearches];
      for (int64_t i = begin; i < end; i += kSearches) {
        const int64_t taken = std::min(kSearches, end - i);
        for (int64_t q = 0; q < taken; ++q) {
          at[q] = values_[static_cast<size_t>(i + q)];
          radius[q] = radii[row_[static_cast<size_t>(i + q)]];
        }
        interval_bounds(values_.data(), n, at, radius, below, until);
        for (int64_t q = 0; q < taken; ++q) {
          const int64_t others = radius[q] > 0 ? until[q] - below[q] - 1 : 0;
          counts[row_[static_cast<size_t>(i + q)]] = static_cast<int32_t>(others);
        }
      }
    });
  });
}

}  // namespace glow
