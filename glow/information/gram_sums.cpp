#include "glow/information/gram_sums.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/information/checks.h"
#include "glow/information/gram_loops.h"

namespace glow {
namespace {

using namespace gram_loops;

constexpr int64_t kTile = 64;     // rows and columns of a tile: its Gram entries stay in L1
constexpr int64_t kRowStep = 16;  // rows are padded to a multiple: whole blocks, whole vectors
constexpr int64_t kStripes = 16;  // partial sums, a number that does not depend on threads
constexpr int64_t kWorthThreads = 50'000'000;  // products: some 0.3 ms of work

int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

// One variable, its column means subtracted. One tile of rows is multiplied at once, piece by
// piece, and only the products are kept; else the rows are, padded with zeros to whole vectors and
// blocks.
template <class T>
struct Centred {
  const KernelVariable* variable = nullptr;
  int64_t padded_rows = 0, columns = 0;
  std::vector<double> products;  // (padded_rows, padded_rows)
  Tensor storage;                // (padded_rows, stride)
  int64_t stride = 0;
  std::vector<double>
      norms;  // ‖x_i‖², by the arithmetic of all products: equal rows are at distance 0

  const T* row(int64_t i) const { return storage.template const_data_ptr<T>() + i * stride; }
};

// An uninitialised matrix but for zeros in the padding.
Tensor padded(int64_t rows, int64_t padded_rows, int64_t columns, int64_t stride,
              at::ScalarType type) {
  Tensor out = at::empty({padded_rows, stride}, type);
  out.slice(0, rows).zero_();
  out.slice(1, columns).zero_();
  return out;
}

template <class T>
void multiply_centred(const Tensor& rows, Centred<T>& out) {
  const int64_t n = out.padded_rows;
  const int64_t last = (out.columns - 1) % kChunk<T> + 1;  // columns of the last chunk
  const Tensor chunk =
      padded(rows.size(0), n, std::min(last, kChunk<T>), kChunk<T>, rows.scalar_type());
  const T* in = rows.const_data_ptr<T>();
  T* centred = chunk.mutable_data_ptr<T>();
  out.products.assign(static_cast<size_t>(n * n), 0.0);
  vectorized([&](auto bytes) GLOW_INLINE_BODY {
    // The short chunk first: only there the padding is zero.
    for (int64_t k = out.columns - last, width = last; k >= 0; k -= kChunk<T>, width = kChunk<T>) {
      subtract_means(in + k, out.columns, rows.size(0), width, centred, kChunk<T>);
      add_products<T, bytes>(centred, n, centred, n, kChunk<T>, round_up(width, kColumnStep<T>),
                             true, out.products.data());
    }
    mirror(out.products.data(), n);
  });
  for (int64_t i = 0; i < n; ++i) {
    out.norms.push_back(out.products[static_cast<size_t>(i * n + i)]);
  }
}

template <class T>
void keep_centred(const Tensor& rows, Centred<T>& out) {
  out.stride = round_up(out.columns, kColumnStep<T>);
  out.storage = padded(rows.size(0), out.padded_rows, out.columns, out.stride, rows.scalar_type());
  const T* in = rows.const_data_ptr<T>();
  T* centred = out.storage.template mutable_data_ptr<T>();
  vectorized([&](auto bytes) GLOW_INLINE_BODY {
    for (int64_t k = 0; k < out.columns; k += kChunk<T>) {
      subtract_means(in + k, out.columns, rows.size(0), std::min(kChunk<T>, out.columns - k),
                     centred + k, out.stride);
    }
    for (int64_t i = 0; i < out.padded_rows; i += 4) {
      double block[16];
      inner_products<T, bytes>(out.row(i), 4, out.row(i), 4, out.stride, true, block);
      for (int64_t r = 0; r < 4; ++r) out.norms.push_back(block[r * 4 + r]);
    }
  });
}

template <class T>
Centred<T> centre(const KernelVariable& variable) {
  constexpr auto type = std::is_same_v<T, float> ? at::kFloat : at::kDouble;
  const Tensor rows = variable.rows.detach().to(type).contiguous();
  Centred<T> out;
  out.variable = &variable;
  out.padded_rows = round_up(rows.size(0), kRowStep);
  out.columns = rows.size(1);
  if (out.padded_rows <= kTile) {
    multiply_centred(rows, out);
  } else {
    keep_centred(rows, out);
  }
  const double sum = std::accumulate(out.norms.begin(), out.norms.end(), 0.0);
  if (!std::isfinite(sum)) {
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
    rows_ = variables[0].rows.size(0);
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
    return collect(partial);
  }

 private:
  struct Partial {
    std::vector<std::vector<double>> rows;  // of each variable
    std::vector<double> products;           // of each pair
  };

  int64_t products() const {
    int64_t columns = 0;
    for (const auto& variable : variables_) columns += variable.columns;
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
    double computed[kTile * kTile];
    const double* inner = x.products.data();
    if (x.products.empty()) {
      inner_products<T, bytes>(x.row(i.first), i.padded, x.row(j.first), j.padded, x.stride,
                               i.first == j.first, computed);
      inner = computed;
    }
    const Kernel& kernel = x.variable->kernel;
    const double scale =
        kernel.kind == Kernel::Kind::gaussian ? -0.5 / (kernel.sigma * kernel.sigma) : 1;
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
        if (kernel.kind == Kernel::Kind::gaussian) {
          for (int64_t c = 0; c < j.padded; ++c) row[c] = exp_negative(row[c]);
        } else {
          for (int64_t c = 0; c < j.padded; ++c) row[c] = std::sqrt(row[c]);
        }
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
      const Kernel::Kind kind = variables_[v].variable->kernel.kind;
      const auto& norms = variables_[v].norms;
      GramSums sums;
      sums.rows.assign(rows, 0.0);
      sums.diagonal.assign(rows, kind == Kernel::Kind::gaussian ? 1.0 : 0.0);
      for (size_t i = 0; i < rows; ++i) {
        for (const auto& part : partial) sums.rows[i] += part.rows[v][i];
        if (kind == Kernel::Kind::linear) {
          sums.diagonal[i] = static_cast<double>(static_cast<T>(norms[i]));
        }
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
