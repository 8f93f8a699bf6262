#include "glow/information/sorted_distances.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/information/checks.h"

namespace glow {
namespace {

constexpr double kSortsWorthThreads = 20'000;

// One column, its mean subtracted.
struct Column {
  std::vector<double> values;
  std::vector<int32_t> order;  // rows by ascending value
  double squares = 0;          // Σ values²
};

Column sorted_column(const KernelVariable& variable) {
  check_finite(variable.rows, variable.name);
  const Tensor rows = variable.rows.detach().to(at::kDouble).contiguous();
  const double* in = rows.const_data_ptr<double>();
  Column out;
  out.values.assign(in, in + rows.size(0));
  // From the first row, so that a constant becomes exactly zero.
  const double first = in[0];
  double mean = 0;
  for (double& value : out.values) mean += value -= first;
  mean /= static_cast<double>(out.values.size());
  for (double& value : out.values) {
    value -= mean;
    out.squares += value * value;
  }
  std::vector<std::pair<double, int32_t>> pairs;
  for (const double value : out.values) {
    pairs.emplace_back(value, static_cast<int32_t>(pairs.size()));
  }
  std::sort(pairs.begin(), pairs.end());
  for (const auto& [value, row] : pairs) out.order.push_back(row);
  return out;
}

GramSums distance_sums(const Column& column) {
  const size_t n = column.values.size();
  const double total = std::accumulate(column.values.begin(), column.values.end(), 0.0);
  GramSums out;
  out.rows.resize(n);
  out.diagonal.assign(n, 0.0);
  double before = 0;  // Σ of the smaller values
  for (size_t rank = 0; rank < n; ++rank) {
    const auto row = static_cast<size_t>(column.order[rank]);
    const double value = column.values[row];
    const double smaller = static_cast<double>(rank), larger = static_cast<double>(n - rank - 1);
    out.rows[row] = (value * smaller - before) + (total - before - value - value * larger);
    out.total += out.rows[row];
    before += value;
  }
  out.constant = column.squares == 0;
  return out;
}

struct Point {
  double x, y;
};

// Σ (x_r − x_l)(y_r − y_l) over l of the left half and r of the right with y_l <= y_r; merges the
// halves, each in ascending y.
double merge_halves(const Point* left, const Point* middle, const Point* end, Point* out) {
  const Point* right = middle;
  double count = 0, x = 0, y = 0, xy = 0, sum = 0;  // of the left ones that have been taken
  while (left < middle && right < end) {
    if (left->y <= right->y) {
      count += 1;
      x += left->x;
      y += left->y;
      xy += left->x * left->y;
      *out++ = *left++;
    } else {
      sum += right->x * (count * right->y - y) - (right->y * x - xy);
      *out++ = *right++;
    }
  }
  for (const Point* rest = right; rest < end; ++rest) {
    sum += rest->x * (count * rest->y - y) - (rest->y * x - xy);
  }
  std::copy(right, end, std::copy(left, middle, out));
  return sum;
}

// Σ_ij |x_i − x_j| |y_i − y_j|: over pairs in ascending x, twice those that ascend in y too, less
// all of them with their sign.
double distance_product(const Column& x, const Column& y) {
  const size_t n = x.values.size();
  std::vector<Point> points, merged(n);
  double xy = 0;
  for (const int32_t row : x.order) {
    const auto i = static_cast<size_t>(row);
    points.push_back({x.values[i], y.values[i]});
    xy += x.values[i] * y.values[i];
  }
  double concordant = 0;
  for (size_t half = 1; half < n; half *= 2) {
    check_stop();
    for (size_t begin = 0; begin < n; begin += 2 * half) {
      const size_t middle = std::min(n, begin + half), end = std::min(n, begin + 2 * half);
      concordant += merge_halves(points.data() + begin, points.data() + middle, points.data() + end,
                                 merged.data() + begin);
    }
    points.swap(merged);
  }
  return 2 * (2 * concordant - static_cast<double>(n) * xy);
}

}  // namespace

GramStatistics sorted_distances(const std::vector<KernelVariable>& variables,
                                const std::vector<GramPair>& pairs) {
  const auto rows = static_cast<double>(variables[0].rows.size(0));
  const auto each = [&](size_t count, const std::function<void(size_t)>& body) {
    const auto n = static_cast<int64_t>(count);
    parallel_for(n, rows < kSortsWorthThreads ? n : 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) body(static_cast<size_t>(i));
    });
  };
  std::vector<Column> columns(variables.size());
  GramStatistics out{std::vector<GramSums>(variables.size()), std::vector<double>(pairs.size())};
  each(variables.size(), [&](size_t v) {
    columns[v] = sorted_column(variables[v]);
    out.variables[v] = distance_sums(columns[v]);
  });
  each(pairs.size(), [&](size_t p) {
    const auto [k, l] = pairs[p];
    out.products[p] = k == l ? 2 * rows * columns[k].squares  // Σ_ij (x_i − x_j)²
                             : distance_product(columns[k], columns[l]);
  });
  return out;
}

}  // namespace glow
