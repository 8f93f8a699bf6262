#include "glow/information/gram_sums.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/information/checks.h"
#include "glow/information/vectorized.h"

namespace glow {
namespace {

constexpr int64_t kTile = 64;          // rows and columns of a tile: its Gram entries stay in L1
constexpr int64_t kRowStep = 16;       // rows are padded to a multiple: whole blocks, whole vectors
constexpr int64_t kChunkBytes = 4096;  // of a row at a time: a tile's rows stay in L2
constexpr int64_t kStripes = 16;       // partial sums, a number that does not depend on threads
constexpr int64_t kWorthThreads = 50'000'000;  // products: some 0.3 ms of work

int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

// By reference: vectors as return values would make the ABI depend on the target.
template <class V, class T>
GLOW_INLINE void load(const T* from, V& out) {
  __builtin_memcpy(&out, from, sizeof(V));
}

template <class T, int bytes>
GLOW_INLINE T lane_sum(const Vector<T, bytes>& v) {
  if constexpr (bytes == sizeof(T)) {
    return v[0];
  } else {
    const T* lanes = reinterpret_cast<const T*>(&v);
    Vector<T, bytes / 2> low, high;
    load(lanes, low);
    load(lanes + bytes / 2 / sizeof(T), high);
    return lane_sum<T, bytes / 2>(low + high);
  }
}

// The inner products of `rows` x `columns` rows of a and b over k entries, added to out. One vector
// accumulator a product: k runs along memory, so nothing needs packing or transposing.
template <class T, int bytes, int rows, int columns>
GLOW_INLINE void add_block(const T* a, const T* b, int64_t stride, int64_t k, double* out,
                           int64_t out_stride) {
  using V = Vector<T, bytes>;
  V sum[rows][columns] = {};
  for (int64_t i = 0; i < k; i += bytes / static_cast<int64_t>(sizeof(T))) {
    V left[rows];
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r) load(a + r * stride + i, left[r]);
#pragma GCC unroll 4
    for (int c = 0; c < columns; ++c) {
      V right;
      load(b + c * stride + i, right);
#pragma GCC unroll 4
      for (int r = 0; r < rows; ++r) sum[r][c] += left[r] * right;
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < columns; ++c) out[r * out_stride + c] += lane_sum<T, bytes>(sum[r][c]);
  }
}

// Inner products of n rows of a with m rows of b, both multiples of four. Of a diagonal tile only
// what is on or above the diagonal is computed.
template <class T, int bytes>
GLOW_INLINE void inner_products(const T* a, int64_t n, const T* b, int64_t m, int64_t stride,
                                bool diagonal, double* out) {
  constexpr int kRows = 4;
  constexpr int kColumns = bytes == 64 ? 4 : 2;  // accumulators must fit into 32 or 16 registers
  constexpr int64_t chunk = kChunkBytes / static_cast<int64_t>(sizeof(T));
  std::fill(out, out + n * m, 0.0);
  for (int64_t k = 0; k < stride; k += chunk) {
    const int64_t width = std::min(chunk, stride - k);
    for (int64_t i = 0; i < n; i += kRows) {
      for (int64_t j = diagonal ? i : 0; j < m; j += kColumns) {
        add_block<T, bytes, kRows, kColumns>(a + i * stride + k, b + j * stride + k, stride, width,
                                             out + i * m + j, m);
      }
    }
  }
  if (!diagonal) return;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < i; ++j) out[i * m + j] = out[j * m + i];
  }
}

// exp of x <= 0 to about one unit in the last place: x = k ln 2 + r, Taylor series in r, exponent k
// by bits. Branch-free, so that it vectorises.
template <class T>
GLOW_INLINE T exp_negative(T x) {
  constexpr bool single = std::is_same_v<T, float>;
  using Bits = std::conditional_t<single, uint32_t, uint64_t>;
  constexpr int mantissa = single ? 23 : 52;
  constexpr T magic = T(1.5) * T(Bits(1) << mantissa);  // adding it rounds to an integer
  constexpr T ln2_high = single ? T(0.693359375) : T(0x1.62e42fee00000p-1);
  constexpr T ln2_low = single ? T(-2.12194440e-4) : T(0x1.a39ef35793c76p-33);
  constexpr int degree = single ? 7 : 13;

  x = std::max(x, single ? T(-87) : T(-708));
  const T shifted = x * T(1.4426950408889634) + magic;
  const T k = shifted - magic;
  const T r = (x - k * ln2_high) - k * ln2_low;
  T series = 1;
#pragma GCC unroll 16
  for (int n = degree; n >= 1; --n) series = series * (r / T(n)) + T(1);
  const Bits exponent = (std::bit_cast<Bits>(shifted) + Bits(single ? 127 : 1023)) << mantissa;
  return series * std::bit_cast<T>(exponent);
}

template <class T, int bytes>
GLOW_INLINE void load_double(const T* from, Vector<double, bytes>& out) {
  Vector<T, bytes / 8 * static_cast<int>(sizeof(T))> narrow;
  load(from, narrow);
  out = __builtin_convertvector(narrow, Vector<double, bytes>);
}

// Σ a_i b_i in float64; n is a multiple of four vectors.
template <class T, int bytes>
GLOW_INLINE double sum_of_products(const T* a, const T* b, int64_t n) {
  constexpr int lanes = bytes / 8;
  Vector<double, bytes> sums[4] = {};
  for (int64_t i = 0; i < n; i += 4 * lanes) {
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) {
      Vector<double, bytes> left, right;
      load_double<T, bytes>(a + i + u * lanes, left);
      load_double<T, bytes>(b + i + u * lanes, right);
      sums[u] += left * right;
    }
  }
  return lane_sum<double, bytes>((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

// Σ a_i in float64; n is a multiple of a vector.
template <class T, int bytes>
GLOW_INLINE double sum_of_row(const T* a, int64_t n) {
  Vector<double, bytes> sum = {};
  for (int64_t i = 0; i < n; i += bytes / 8) {
    Vector<double, bytes> next;
    load_double<T, bytes>(a + i, next);
    sum += next;
  }
  return lane_sum<double, bytes>(sum);
}

// One variable, centred, padded with zeros to whole vectors and blocks.
template <class T>
struct Centred {
  const KernelVariable* variable = nullptr;
  Tensor storage;
  const T* data = nullptr;
  int64_t rows = 0, padded_rows = 0, stride = 0;
  std::vector<double> norms;  // ‖x_i‖²
};

// Subtracts the column means. They are taken from differences to the first row, so a constant
// column becomes exactly zero.
template <class T>
GLOW_INLINE void subtract_means(const T* in, int64_t rows, int64_t columns, T* out,
                                int64_t out_stride) {
  constexpr int64_t chunk = kChunkBytes / static_cast<int64_t>(sizeof(T));
  T mean[chunk];
  for (int64_t k = 0; k < columns; k += chunk) {
    const int64_t width = std::min(chunk, columns - k);
    const T* first = in + k;
    std::fill(mean, mean + width, T(0));
    for (int64_t i = 1; i < rows; ++i) {
      const T* row = in + i * columns + k;
      for (int64_t j = 0; j < width; ++j) mean[j] += row[j] - first[j];
    }
    for (int64_t j = 0; j < width; ++j) mean[j] = first[j] + mean[j] / static_cast<T>(rows);
    for (int64_t i = 0; i < rows; ++i) {
      const T* row = in + i * columns + k;
      T* centred = out + i * out_stride + k;
      for (int64_t j = 0; j < width; ++j) centred[j] = row[j] - mean[j];
    }
  }
}

template <class T>
Centred<T> centre(const KernelVariable& variable) {
  constexpr auto type = std::is_same_v<T, float> ? at::kFloat : at::kDouble;
  const Tensor rows = variable.rows.detach().to(type).contiguous();
  Centred<T> out;
  out.variable = &variable;
  out.rows = rows.size(0);
  out.padded_rows = round_up(out.rows, kRowStep);
  out.stride = round_up(rows.size(1), 64 / static_cast<int64_t>(sizeof(T)));
  out.storage = at::empty({out.padded_rows, out.stride}, type);
  out.storage.slice(0, out.rows).zero_();
  out.storage.slice(1, rows.size(1)).zero_();
  T* data = out.storage.template mutable_data_ptr<T>();
  out.data = data;
  out.norms.resize(static_cast<size_t>(out.padded_rows));
  vectorized([&](auto width) GLOW_INLINE_BODY {
    subtract_means(rows.const_data_ptr<T>(), out.rows, rows.size(1), data, out.stride);
    // By the same arithmetic as every other inner product: the distance of equal rows is exactly 0.
    double block[16];
    for (int64_t i = 0; i < out.padded_rows; i += 4) {
      const T* four = data + i * out.stride;
      inner_products<T, width>(four, 4, four, 4, out.stride, true, block);
      for (int64_t r = 0; r < 4; ++r) out.norms[static_cast<size_t>(i + r)] = block[r * 4 + r];
    }
  });
  const double largest = *std::max_element(out.norms.begin(), out.norms.end());
  const double sum = std::accumulate(out.norms.begin(), out.norms.end(), 0.0);
  if (!std::isfinite(largest) || !std::isfinite(sum)) {
    check_finite(rows, variable.name);
    throw ValueError("{} is too large for its precision: squares overflow; scale it down",
                     variable.name);
  }
  return out;
}

struct TileRange {
  int64_t first, padded, valid;  // rows of the tile, with and without padding
};

template <class T>
class TiledPass {
 public:
  TiledPass(const std::vector<KernelVariable>& variables, const std::vector<GramPair>& pairs)
      : pairs_(pairs) {
    for (const auto& variable : variables) variables_.push_back(centre<T>(variable));
    rows_ = variables_[0].rows;
    padded_rows_ = variables_[0].padded_rows;
  }

  GramStatistics run() {
    // A thread costs more than it saves on a small batch; the chunks are the same.
    std::optional<SerialScope> serial;
    if (products() < kWorthThreads) serial.emplace();
    const int64_t tiles = (padded_rows_ + kTile - 1) / kTile;
    std::vector<std::pair<int64_t, int64_t>> upper;
    for (int64_t i = 0; i < tiles; ++i) {
      for (int64_t j = i; j < tiles; ++j) upper.emplace_back(i, j);
    }
    const auto count = static_cast<int64_t>(upper.size());
    const int64_t grain = (count + kStripes - 1) / kStripes;
    std::vector<Partial> partial(static_cast<size_t>((count + grain - 1) / grain));
    parallel_for(count, grain, [&](int64_t begin, int64_t end) {
      Partial& sums = partial[static_cast<size_t>(begin / grain)];
      sums.rows.assign(variables_.size(), std::vector<double>(static_cast<size_t>(padded_rows_)));
      sums.products.assign(pairs_.size(), 0.0);
      std::vector<T> entries(variables_.size() * kTile * kTile);
      for (int64_t t = begin; t < end; ++t) {
        if (stop_requested()) return;
        const auto [i, j] = upper[static_cast<size_t>(t)];
        vectorized([&](auto width) GLOW_INLINE_BODY {
          add_tile<width>(range(i), range(j), entries.data(), sums);
        });
      }
    });
    check_stop();
    return collect(partial);
  }

 private:
  struct Partial {
    std::vector<std::vector<double>> rows;  // of each variable
    std::vector<double> products;           // of each pair
  };

  int64_t products() const {
    int64_t columns = 0;
    for (const auto& variable : variables_) columns += variable.stride;
    return padded_rows_ * padded_rows_ * columns / 2;
  }

  TileRange range(int64_t tile) const {
    const int64_t first = tile * kTile;
    return {first, std::min(kTile, padded_rows_ - first), std::min(kTile, rows_ - first)};
  }

  template <int bytes>
  GLOW_INLINE void add_tile(const TileRange& i, const TileRange& j, T* entries,
                            Partial& sums) const {
    const bool diagonal = i.first == j.first;
    for (size_t v = 0; v < variables_.size(); ++v) {
      T* tile = entries + static_cast<int64_t>(v) * kTile * kTile;
      fill_tile<bytes>(variables_[v], i, j, tile);
      double* row_sums = sums.rows[v].data();
      for (int64_t r = 0; r < i.padded; ++r) {
        row_sums[i.first + r] += sum_of_row<T, bytes>(tile + r * j.padded, j.padded);
      }
      if (diagonal) continue;
      for (int64_t r = 0; r < i.padded; ++r) {
        const T* row = tile + r * j.padded;
        for (int64_t c = 0; c < j.padded; ++c) row_sums[j.first + c] += static_cast<double>(row[c]);
      }
    }
    for (size_t p = 0; p < pairs_.size(); ++p) {
      const T* k = entries + static_cast<int64_t>(pairs_[p].first) * kTile * kTile;
      const T* l = entries + static_cast<int64_t>(pairs_[p].second) * kTile * kTile;
      const double sum = sum_of_products<T, bytes>(k, l, i.padded * j.padded);
      sums.products[p] += diagonal ? sum : 2 * sum;
    }
  }

  // The Gram entries of a tile, (i.padded, j.padded); zero where there is no sample.
  template <int bytes>
  GLOW_INLINE void fill_tile(const Centred<T>& x, const TileRange& i, const TileRange& j,
                             T* tile) const {
    double inner[kTile * kTile];
    inner_products<T, bytes>(x.data + i.first * x.stride, i.padded, x.data + j.first * x.stride,
                             j.padded, x.stride, i.first == j.first, inner);
    const Kernel& kernel = x.variable->kernel;
    const double scale = -0.5 / (kernel.sigma * kernel.sigma);
    const double* norms = x.norms.data() + j.first;
    for (int64_t r = 0; r < i.padded; ++r) {
      const double* products = inner + r * j.padded;
      T* row = tile + r * j.padded;
      if (kernel.kind == Kernel::Kind::linear) {
        for (int64_t c = 0; c < j.padded; ++c) row[c] = static_cast<T>(products[c]);
      } else {
        const double norm = x.norms[static_cast<size_t>(i.first + r)];
        for (int64_t c = 0; c < j.padded; ++c) {
          const double squared = std::max(0.0, norm + norms[c] - 2 * products[c]);
          row[c] = static_cast<T>(squared * scale);
        }
        for (int64_t c = 0; c < j.padded; ++c) row[c] = exp_negative(row[c]);
      }
      std::fill(r < i.valid ? row + j.valid : row, row + j.padded, T(0));
    }
  }

  GramStatistics collect(const std::vector<Partial>& partial) const {
    GramStatistics out;
    out.products.assign(pairs_.size(), 0.0);
    for (const auto& sums : partial) {
      for (size_t p = 0; p < pairs_.size(); ++p) out.products[p] += sums.products[p];
    }
    const auto rows = static_cast<size_t>(rows_);
    for (size_t v = 0; v < variables_.size(); ++v) {
      const bool gaussian = variables_[v].variable->kernel.kind == Kernel::Kind::gaussian;
      const auto& norms = variables_[v].norms;
      GramSums sums;
      sums.rows.assign(rows, 0.0);
      sums.diagonal.assign(rows, 1.0);
      for (size_t i = 0; i < rows; ++i) {
        for (const auto& part : partial) sums.rows[i] += part.rows[v][i];
        if (!gaussian) sums.diagonal[i] = static_cast<double>(static_cast<T>(norms[i]));
        sums.total += sums.rows[i];
        sums.trace += sums.diagonal[i];
      }
      sums.constant = std::all_of(norms.begin(), norms.end(), [](double n) { return n == 0; });
      out.variables.push_back(std::move(sums));
    }
    return out;
  }

  const std::vector<GramPair>& pairs_;
  std::vector<Centred<T>> variables_;
  int64_t rows_ = 0, padded_rows_ = 0;
};

}  // namespace

GramStatistics gram_statistics(const std::vector<KernelVariable>& variables,
                               const std::vector<GramPair>& pairs) {
  const bool wide = std::any_of(variables.begin(), variables.end(), [](const auto& variable) {
    return variable.rows.scalar_type() == at::kDouble;
  });
  return wide ? TiledPass<double>(variables, pairs).run()
              : TiledPass<float>(variables, pairs).run();
}

}  // namespace glow
