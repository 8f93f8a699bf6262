#include "glow/information/box_counts.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/core/parallel.h"
#include "glow/core/vectorized.h"

namespace glow {
namespace {

// Of whole columns: gap[j] = max_k |a_ik − a_jk| − half_k is not positive within the box.
class BoxColumns {
 public:
  BoxColumns(const Tensor& rows, const std::vector<double>& sides)
      : columns_(rows.t().contiguous()), n_(rows.size(0)) {
    for (const double side : sides) half_.push_back(side / 2);
  }

  GLOW_INLINE void gaps(int64_t i, int64_t first, int64_t count, double* out) const {
    const double* column = columns_.const_data_ptr<double>();
    std::fill(out, out + count, -HUGE_VAL);
    for (size_t k = 0; k < half_.size(); ++k, column += n_) {
      const double a = column[i], half = half_[k];
      for (int64_t j = 0; j < count; ++j) {
        out[j] = std::max(out[j], std::abs(a - column[first + j]) - half);
      }
    }
  }

 private:
  Tensor columns_;  // (d, n)
  int64_t n_;
  std::vector<double> half_;
};

BoxCounts count_boxes(const BoxColumns& x, const BoxColumns& y, int64_t n) {
  constexpr int64_t kBlock = 256;
  const auto rows = static_cast<size_t>(n);
  BoxCounts out{std::vector<int64_t>(rows), std::vector<int64_t>(rows), std::vector<int64_t>(rows)};
  parallel_for(n, 64, [&](int64_t begin, int64_t end) {
    vectorized([&](auto) GLOW_INLINE_BODY {
      double x_gap[kBlock], y_gap[kBlock];
      for (int64_t first = 0; first < n; first += kBlock) {
        const int64_t count = std::min(kBlock, n - first);
        for (int64_t i = begin; i < end; ++i) {
          x.gaps(i, first, count, x_gap);
          y.gaps(i, first, count, y_gap);
          int64_t in_x = 0, in_y = 0, in_both = 0;
          for (int64_t j = 0; j < count; ++j) {
            in_x += x_gap[j] <= 0 ? 1 : 0;
            in_y += y_gap[j] <= 0 ? 1 : 0;
            in_both += std::max(x_gap[j], y_gap[j]) <= 0 ? 1 : 0;
          }
          out.x[static_cast<size_t>(i)] += in_x;
          out.y[static_cast<size_t>(i)] += in_y;
          out.both[static_cast<size_t>(i)] += in_both;
        }
      }
    });
  });
  return out;
}

// The samples of one column in order, and the window of each that its box takes.
struct SortedWindows {
  std::vector<size_t> order;        // by value
  std::vector<size_t> first, last;  // of each sample: places in that order, from first to last − 1

  SortedWindows(const double* value, size_t n, double half) : order(n), first(n), last(n) {
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return value[a] < value[b]; });
    size_t low = 0, high = 0;
    for (const size_t i : order) {
      while (value[i] - value[order[low]] > half) ++low;
      while (high < n && value[order[high]] - value[i] <= half) ++high;
      first[i] = low;
      last[i] = high;
    }
  }
};

// Counts of places that are taken, in a tree of partial sums: Fenwick 1994.
class TakenPlaces {
 public:
  explicit TakenPlaces(size_t n) : tree_(n + 1) {}
  void add(size_t place, int64_t count) {
    for (size_t i = place + 1; i < tree_.size(); i += i & (~i + 1)) tree_[i] += count;
  }
  int64_t before(size_t place) const {
    int64_t sum = 0;
    for (size_t i = place; i > 0; i -= i & (~i + 1)) sum += tree_[i];
    return sum;
  }

 private:
  std::vector<int64_t> tree_;
};

// One column each: the window of x slides over the samples in order, those of y in it are in a
// tree.
BoxCounts count_sorted_boxes(const Tensor& x, double x_side, const Tensor& y, double y_side) {
  const auto n = static_cast<size_t>(x.numel());
  const Tensor x_values = x.contiguous(), y_values = y.contiguous();
  const SortedWindows along_x(x_values.const_data_ptr<double>(), n, x_side / 2);
  const SortedWindows along_y(y_values.const_data_ptr<double>(), n, y_side / 2);
  std::vector<size_t> y_place(n);
  for (size_t place = 0; place < n; ++place) y_place[along_y.order[place]] = place;
  TakenPlaces taken(n);
  BoxCounts out{std::vector<int64_t>(n), std::vector<int64_t>(n), std::vector<int64_t>(n)};
  size_t low = 0, high = 0;
  for (const size_t i : along_x.order) {
    for (; high < along_x.last[i]; ++high) taken.add(y_place[along_x.order[high]], 1);
    for (; low < along_x.first[i]; ++low) taken.add(y_place[along_x.order[low]], -1);
    out.x[i] = static_cast<int64_t>(along_x.last[i] - along_x.first[i]);
    out.y[i] = static_cast<int64_t>(along_y.last[i] - along_y.first[i]);
    out.both[i] = taken.before(along_y.last[i]) - taken.before(along_y.first[i]);
  }
  return out;
}

}  // namespace

BoxCounts box_counts(const Tensor& x, const std::vector<double>& x_sides, const Tensor& y,
                     const std::vector<double>& y_sides) {
  if (x.size(1) == 1 && y.size(1) == 1) return count_sorted_boxes(x, x_sides[0], y, y_sides[0]);
  return count_boxes(BoxColumns(x, x_sides), BoxColumns(y, y_sides), x.size(0));
}

}  // namespace glow
