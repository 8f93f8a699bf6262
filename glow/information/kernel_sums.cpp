#include "glow/information/kernel_sums.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <type_traits>
#include <utility>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/information/checks.h"
#include "glow/information/gram_loops.h"

namespace glow {
namespace {

constexpr int64_t kSumTile = 64;     // rows and columns of a tile: its entries stay in L1
constexpr int64_t kSumStripes = 16;  // partial sums, a number that does not depend on threads
constexpr int64_t kSumWorthThreads = 2'000'000;  // multiplications: some 0.3 ms of work
constexpr int64_t kSumExpWork = 16;              // an exponential costs as much as so many
// Up to so many columns distances are sums of squared differences, without cancellation; of more,
// ‖a‖² + ‖b‖² − 2⟨a,b⟩, half the work.
constexpr int64_t kNarrow = 96;
// What rounding may change a logarithm of a kernel by, at worst, in float32.
constexpr double kSeenRounding = 1e-3;

// exp of x <= 0, as in gram_loops.h but without divisions: Horner's rule with 1/n!.
template <class T>
GLOW_INLINE T fast_exp_negative(T x) {
  constexpr bool single = std::is_same_v<T, float>;
  using Bits = std::conditional_t<single, uint32_t, uint64_t>;
  constexpr int mantissa = single ? 23 : 52;
  constexpr T magic = T(1.5) * T(Bits(1) << mantissa);  // adding it rounds to an integer
  constexpr T ln2_high = single ? T(0.693359375) : T(0x1.62e42fee00000p-1);
  constexpr T ln2_low = single ? T(-2.12194440e-4) : T(0x1.a39ef35793c76p-33);
  constexpr int degree = single ? 7 : 12;
  constexpr double inverse_factorial[] = {1.0,
                                          1.0,
                                          1.0 / 2,
                                          1.0 / 6,
                                          1.0 / 24,
                                          1.0 / 120,
                                          1.0 / 720,
                                          1.0 / 5040,
                                          1.0 / 40320,
                                          1.0 / 362880,
                                          1.0 / 3628800,
                                          1.0 / 39916800,
                                          1.0 / 479001600};
  x = std::max(x, single ? T(-87) : T(-708));
  const T shifted = x * T(1.4426950408889634) + magic;
  const T k = shifted - magic;
  const T r = (x - k * ln2_high) - k * ln2_low;
  T series = static_cast<T>(inverse_factorial[degree]);
#pragma GCC unroll 16
  for (int n = degree - 1; n >= 0; --n) series = series * r + static_cast<T>(inverse_factorial[n]);
  const Bits exponent = (std::bit_cast<Bits>(shifted) + Bits(single ? 127 : 1023)) << mantissa;
  return series * std::bit_cast<T>(exponent);
}

// Rows in the order of their groups, so that those of one group lie side by side.
struct GroupedOrder {
  std::vector<int64_t> row;         // which row comes at each place
  std::vector<int64_t> begin, end;  // of the group at each place; empty without groups

  GroupedOrder(int64_t rows, const std::vector<int32_t>& groups) : row(static_cast<size_t>(rows)) {
    std::iota(row.begin(), row.end(), 0);
    if (groups.empty()) return;
    const auto group = [&](int64_t i) { return groups[static_cast<size_t>(i)]; };
    std::stable_sort(row.begin(), row.end(),
                     [&](int64_t i, int64_t j) { return group(i) < group(j); });
    begin.resize(row.size());
    end.resize(row.size());
    for (size_t first = 0, last = 0; first < row.size(); first = last) {
      while (last < row.size() && group(row[last]) == group(row[first])) ++last;
      std::fill(begin.begin() + static_cast<std::ptrdiff_t>(first),
                begin.begin() + static_cast<std::ptrdiff_t>(last), static_cast<int64_t>(first));
      std::fill(end.begin() + static_cast<std::ptrdiff_t>(first),
                end.begin() + static_cast<std::ptrdiff_t>(last), static_cast<int64_t>(last));
    }
  }
};

// One variable in that order, centred, scaled so that its kernel is exp(−‖a−b‖²), and cut into
// tiles of kSumTile rows that lie column by column: a vector holds one column of several rows.
template <class T>
struct PreparedRows {
  int64_t columns = 0;
  std::vector<T> values;      // (tiles, columns, kSumTile)
  std::vector<double> norms;  // ‖x_i‖², by the arithmetic of all products; not of a narrow one

  bool narrow() const { return columns <= kNarrow; }
  const T* tile(int64_t first) const { return values.data() + first * columns; }
};

template <class S>
std::vector<double> finite_means(const KernelRows& variable, const Tensor& rows) {
  const int64_t n = rows.size(0), columns = rows.size(1);
  std::vector<double> mean(static_cast<size_t>(columns));
  const S* first = rows.const_data_ptr<S>();
  constexpr int64_t kColumns = 512;
  parallel_for(columns, kColumns, [&](int64_t begin, int64_t end) {
    vectorized([&](auto) GLOW_INLINE_BODY {
      double* sum = mean.data();
      // Differences to the first row: a constant column becomes exactly zero.
      for (int64_t i = 1; i < n; ++i) {
        const S* row = first + i * columns;
        for (int64_t j = begin; j < end; ++j) {
          sum[j] += static_cast<double>(row[j]) - static_cast<double>(first[j]);
        }
      }
      for (int64_t j = begin; j < end; ++j) {
        sum[j] = static_cast<double>(first[j]) + sum[j] / static_cast<double>(n);
      }
    });
  });
  const double total = std::accumulate(mean.begin(), mean.end(), 0.0);
  if (!std::isfinite(total)) {
    check_finite(rows, variable.name);
    throw ValueError("{} is too large for its precision: sums overflow; scale it down",
                     variable.name);
  }
  return mean;
}

// −‖a−b‖² of the rows of two tiles, row by row.
template <class T, int bytes>
GLOW_INLINE void negative_distances(const T* a, const T* b, int64_t columns, T* out) {
  using V = Vector<T, bytes>;
  constexpr int lanes = bytes / static_cast<int>(sizeof(T));
  constexpr int kVectors = 4;
  for (int64_t r = 0; r < kSumTile; ++r) {
    for (int64_t c = 0; c < kSumTile; c += kVectors * lanes) {
      V sum[kVectors] = {};
      for (int64_t k = 0; k < columns; ++k) {
#pragma GCC unroll 4
        for (int u = 0; u < kVectors; ++u) {
          V right;
          gram_loops::load(b + k * kSumTile + c + u * lanes, right);
          const V difference = a[k * kSumTile + r] - right;
          sum[u] -= difference * difference;
        }
      }
      __builtin_memcpy(out + r * kSumTile + c, sum, sizeof(sum));
    }
  }
}

// The inner products of the rows of two tiles. Nothing is summed across lanes, so chunks of columns
// can be as short as the first-level cache wants them.
template <class T, int bytes>
GLOW_INLINE void tile_products(const T* a, const T* b, int64_t columns, double* out) {
  using V = Vector<T, bytes>;
  constexpr int lanes = bytes / static_cast<int>(sizeof(T));
  constexpr int kRows = 4;
  constexpr int kVectors = bytes == 64 ? 4 : 2;  // accumulators must fit into 32 or 16 registers
  constexpr int64_t kChunkColumns = 256 / static_cast<int64_t>(sizeof(T));  // 16 kB of b
  std::fill(out, out + kSumTile * kSumTile, 0.0);
  for (int64_t first = 0; first < columns; first += kChunkColumns) {
    const int64_t last = std::min(columns, first + kChunkColumns);
    for (int64_t r = 0; r < kSumTile; r += kRows) {
      for (int64_t c = 0; c < kSumTile; c += kVectors * lanes) {
        V sum[kRows][kVectors] = {};
        for (int64_t k = first; k < last; ++k) {
          V right[kVectors];
#pragma GCC unroll 4
          for (int u = 0; u < kVectors; ++u) {
            gram_loops::load(b + k * kSumTile + c + u * lanes, right[u]);
          }
#pragma GCC unroll 4
          for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
            for (int u = 0; u < kVectors; ++u) sum[i][u] += a[k * kSumTile + r + i] * right[u];
          }
        }
        for (int i = 0; i < kRows; ++i) {
          const T* row = reinterpret_cast<const T*>(sum[i]);
          double* to = out + (r + i) * kSumTile + c;
          for (int u = 0; u < kVectors * lanes; ++u) to[u] += static_cast<double>(row[u]);
        }
      }
    }
  }
}

template <class T, class S>
PreparedRows<T> prepare_rows(const KernelRows& variable, const Tensor& rows,
                             const GroupedOrder& order) {
  PreparedRows<T> out;
  const int64_t n = rows.size(0), tiles = (n + kSumTile - 1) / kSumTile;
  out.columns = rows.size(1);
  out.values.assign(static_cast<size_t>(tiles * kSumTile * out.columns), 0);
  if (!out.narrow()) out.norms.resize(static_cast<size_t>(tiles * kSumTile));
  const std::vector<double> mean = finite_means<S>(variable, rows);
  const double factor = std::sqrt(variable.scale);
  const S* in = rows.const_data_ptr<S>();
  parallel_for(n, kSumTile, [&](int64_t begin, int64_t end) {
    T* tile = out.values.data() + begin * out.columns;
    for (int64_t i = begin; i < end; ++i) {
      const S* row = in + order.row[static_cast<size_t>(i)] * out.columns;
      for (int64_t k = 0; k < out.columns; ++k) {
        const double centred = static_cast<double>(row[k]) - mean[static_cast<size_t>(k)];
        tile[k * kSumTile + i - begin] = static_cast<T>(centred * factor);
      }
    }
    if (out.narrow()) return;
    double products[kSumTile * kSumTile];
    vectorized([&](auto bytes) GLOW_INLINE_BODY {
      tile_products<T, bytes>(tile, tile, out.columns, products);
    });
    for (int64_t i = begin; i < end; ++i) {
      out.norms[static_cast<size_t>(i)] = products[(i - begin) * (kSumTile + 1)];
    }
  });
  return out;
}

struct SumRange {
  int64_t first, valid;  // row of the tile, and how many there are
};

template <class T>
class KernelPass {
 public:
  KernelPass(const KernelRows& variable, const std::vector<KernelSum>& sums,
             const GroupedOrder& order)
      : sums_(sums), order_(order), rows_(variable.rows.size(0)) {
    const Tensor rows = variable.rows.detach().contiguous();
    x_ = rows.scalar_type() == at::kFloat ? prepare_rows<T, float>(variable, rows, order)
                                          : prepare_rows<T, double>(variable, rows, order);
  }

  // Whether float32 is wide enough: a distance has an error of a few units in the last place of the
  // norms that it is the difference of.
  bool precise() const {
    double largest = 0;
    for (const double norm : x_.norms) {
      largest = std::isfinite(norm) ? std::max(largest, norm) : HUGE_VAL;
    }
    return 4 * largest * static_cast<double>(std::numeric_limits<T>::epsilon()) <= kSeenRounding;
  }

  std::vector<std::vector<double>> run() const {
    // A thread costs more than it saves on a small batch; the chunks are the same.
    std::optional<SerialScope> serial;
    if (work() < kSumWorthThreads) serial.emplace();
    const int64_t tiles = (rows_ + kSumTile - 1) / kSumTile;
    std::vector<std::pair<int64_t, int64_t>> upper;
    // Two rows of tiles at a time: each tile that is met on the way is read from memory once.
    for (int64_t i = 0; i < tiles; i += 2) {
      for (int64_t j = i; j < tiles; ++j) {
        upper.emplace_back(i, j);
        if (i < j) upper.emplace_back(i + 1, j);
      }
    }
    const auto count = static_cast<int64_t>(upper.size());
    const int64_t grain = (count + kSumStripes - 1) / kSumStripes;
    std::vector<Partial> partial(static_cast<size_t>((count + grain - 1) / grain));
    parallel_for(count, grain, [&](int64_t begin, int64_t end) {
      Partial& own = partial[static_cast<size_t>(begin / grain)];
      own.assign(sums_.size(), std::vector<double>(static_cast<size_t>(tiles * kSumTile)));
      std::vector<T> entries(2 * kSumTile * kSumTile);
      for (int64_t t = begin; t < end; ++t) {
        if (stop_requested()) return;
        const auto [i, j] = upper[static_cast<size_t>(t)];
        vectorized([&](auto width) GLOW_INLINE_BODY {
          add_tile<width>(range(i), range(j), entries.data(), own);
        });
      }
    });
    return collect(partial);
  }

 private:
  using Partial = std::vector<std::vector<double>>;  // of each sum, of each place

  int64_t work() const { return rows_ * rows_ * (x_.columns + kSumExpWork) / 2; }

  SumRange range(int64_t tile) const {
    const int64_t first = tile * kSumTile;
    return {first, std::min(kSumTile, rows_ - first)};
  }

  template <int bytes>
  GLOW_INLINE void add_tile(const SumRange& i, const SumRange& j, T* entries,
                            Partial& partial) const {
    constexpr int64_t kEntries = kSumTile * kSumTile;
    T* fourth = entries + kEntries;
    fill_tile<bytes>(i, j, entries);
    if (fourth_powers_) {
      for (int64_t e = 0; e < kEntries; ++e) {
        const T square = entries[e] * entries[e];
        fourth[e] = square * square;
      }
    }
    for (size_t s = 0; s < sums_.size(); ++s) {
      add_sums<bytes>(i, j, sums_[s].within_group, sums_[s].fourth_power ? fourth : entries,
                      partial[s].data());
    }
  }

  template <int bytes>
  GLOW_INLINE void add_sums(const SumRange& i, const SumRange& j, bool within_group, const T* tile,
                            double* sums) const {
    for (int64_t r = 0; r < i.valid; ++r) {
      int64_t first = 0, last = kSumTile;
      if (within_group) {
        const auto place = static_cast<size_t>(i.first + r);
        first = std::max(order_.begin[place] - j.first, int64_t{0});
        last = std::min(order_.end[place] - j.first, j.valid);
        if (first == 0 && last == j.valid) last = kSumTile;
      }
      if (first >= last) continue;
      const T* row = tile + r * kSumTile;
      if (first == 0 && last == kSumTile) {
        sums[i.first + r] += gram_loops::sum_of_row<T, bytes>(row, kSumTile);
      } else {
        double part = 0;
        for (int64_t c = first; c < last; ++c) part += static_cast<double>(row[c]);
        sums[i.first + r] += part;
      }
      if (i.first == j.first) continue;
      for (int64_t c = first; c < last; ++c) sums[j.first + c] += static_cast<double>(row[c]);
    }
  }

  // The entries of a tile; zero where there is no sample.
  template <int bytes>
  GLOW_INLINE void fill_tile(const SumRange& i, const SumRange& j, T* tile) const {
    const T* a = x_.tile(i.first);
    const T* b = x_.tile(j.first);
    if (x_.narrow()) {
      negative_distances<T, bytes>(a, b, x_.columns, tile);
    } else {
      double products[kSumTile * kSumTile];
      tile_products<T, bytes>(a, b, x_.columns, products);
      const double* norms = x_.norms.data() + j.first;
      for (int64_t r = 0; r < kSumTile; ++r) {
        const double norm = x_.norms[static_cast<size_t>(i.first + r)];
        for (int64_t c = 0; c < kSumTile; ++c) {
          const double negative = 2 * products[r * kSumTile + c] - norm - norms[c];
          tile[r * kSumTile + c] = static_cast<T>(std::min(0.0, negative));
        }
      }
    }
    for (int64_t e = 0; e < kSumTile * kSumTile; ++e) tile[e] = fast_exp_negative(tile[e]);
    for (int64_t r = 0; r < kSumTile; ++r) {
      T* row = tile + r * kSumTile;
      std::fill(r < i.valid ? row + j.valid : row, row + kSumTile, T(0));
    }
  }

  std::vector<std::vector<double>> collect(const std::vector<Partial>& partial) const {
    std::vector<std::vector<double>> out(sums_.size());
    for (size_t s = 0; s < sums_.size(); ++s) {
      out[s].resize(static_cast<size_t>(rows_));
      for (size_t place = 0; place < out[s].size(); ++place) {
        double sum = 0;
        for (const Partial& part : partial) sum += part[s][place];
        out[s][static_cast<size_t>(order_.row[place])] = sum;
      }
    }
    return out;
  }

  const std::vector<KernelSum>& sums_;
  const GroupedOrder& order_;
  PreparedRows<T> x_;
  int64_t rows_ = 0;
  bool fourth_powers_ = std::any_of(sums_.begin(), sums_.end(),
                                    [](const KernelSum& sum) { return sum.fourth_power; });
};

}  // namespace

std::vector<std::vector<double>> kernel_sums(const KernelRows& variable,
                                             const std::vector<KernelSum>& sums,
                                             const std::vector<int32_t>& groups) {
  const GroupedOrder order(variable.rows.size(0), groups);
  if (variable.rows.scalar_type() == at::kFloat) {
    const KernelPass<float> pass(variable, sums, order);
    if (pass.precise()) return pass.run();
  }
  return KernelPass<double>(variable, sums, order).run();
}

}  // namespace glow
